// SPDX-License-Identifier: Apache-2.0
// application/x-www-form-urlencoded, as providers post it and want it posted, and the query of a
// request target. Order and repetition are kept, because signatures depend on them.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace deskwire {

inline constexpr std::size_t kMaxParams = 500;

struct Param {
  std::string name, value;  ///< Decoded bytes: any, UTF-8 or not.
};
using Params = std::vector<Param>;

/// Strict: a broken percent escape or more than kMaxParams is an error, which says which.
[[nodiscard]] std::expected<Params, std::string> parse_form(std::string_view text);
/// What stands behind the question mark of a request target.
[[nodiscard]] std::string_view query_of(std::string_view target);
/// First parameter of that name; empty if there is none.
[[nodiscard]] std::string_view param(const Params& params, std::string_view name);
[[nodiscard]] bool has_param(const Params& params, std::string_view name);
/// The decoded query parameter of a target; empty if there is none or the query is broken.
[[nodiscard]] std::string query_param(std::string_view target, std::string_view name);

/// Everything but the unreserved characters of RFC 3986 as %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] std::string write_form(const Params& params);

/// The value of a header that occurs once; empty otherwise, since a second signature is nobody's.
[[nodiscard]] std::string_view only_header(const Headers& headers, std::string_view name);
/// By content-type, whatever its parameters and case.
[[nodiscard]] bool is_form(const Headers& headers);
[[nodiscard]] bool is_json(const Headers& headers);

}  // namespace deskwire
