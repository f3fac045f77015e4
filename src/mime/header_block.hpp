// SPDX-License-Identifier: Apache-2.0
// The fields of a header as views into the mail, split tolerantly and within bounds.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::mime {

struct Field {
  std::string_view name;   ///< As written, without trailing blanks.
  std::string_view value;  ///< Raw: with folds, without the last line end.
};

class HeaderBlock {
 public:
  /// Raw value of the first field of that name, matched without case; empty if there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const;
  /// All raw values of that name, in order.
  [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  /// Fields were left out because of the bounds.
  [[nodiscard]] bool cut() const { return cut_; }

  /// Reads a header at `begin` of `mail`, which is at most `end`; sets `body` to where the body
  /// begins.
  static HeaderBlock read(std::string_view mail, std::size_t begin, std::size_t end,
                          std::size_t& body);

 private:
  std::vector<Field> fields_;
  bool cut_ = false;
};

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace deskwire::mime
