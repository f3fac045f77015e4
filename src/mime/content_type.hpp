// SPDX-License-Identifier: Apache-2.0
// Content-Type and Content-Disposition with parameters (RFC 2045, 2183, 2231), and RFC 2047 words
// where they do not belong.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::mime {

struct Parameter {
  std::string name;      ///< Lower case.
  std::string value;     ///< UTF-8, joined and decoded.
  std::string language;  ///< Of RFC 2231; mostly empty.
};

struct ContentType {
  std::string type;     ///< Lower case, "text"; for a disposition "attachment".
  std::string subtype;  ///< Lower case; may be empty.
  std::vector<Parameter> parameters;

  [[nodiscard]] bool is(std::string_view a_type, std::string_view a_subtype) const {
    return type == a_type && subtype == a_subtype;
  }
  /// The parameter's value, or empty.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  /// "text/plain".
  [[nodiscard]] std::string full() const { return subtype.empty() ? type : type + '/' + subtype; }
};

/// Nothing when there is no type at all.
[[nodiscard]] std::optional<ContentType> parse_content_type(std::string_view raw);

}  // namespace deskwire::mime
