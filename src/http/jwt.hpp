// SPDX-License-Identifier: Apache-2.0
// The claims of a signed token and their times (RFC 7519 §4.1).
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire {

/// How far clocks may differ.
inline constexpr Duration kJwtLeeway = minutes(1);

enum class JwtRefused : std::uint8_t { malformed, wrong_signature, wrong_time };

/// The claims of a token signed with HS256, and not with anything else its header says. `exp`,
/// `nbf` and `iat` are kept as far as they are there; `iat` may not lie more than `max_age` back.
[[nodiscard]] std::expected<boost::json::object, JwtRefused> read_jwt(
    std::string_view token, std::span<const std::string> secrets, Duration max_age, Instant now);

}  // namespace deskwire
