// SPDX-License-Identifier: Apache-2.0
// The claims of a signed token and their times (RFC 7519 §4.1).
#pragma once
#include <boost/json/object.hpp>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "channels/sms/gateway.hpp"

namespace deskwire::sms {

/// How far clocks may differ.
inline constexpr Duration kJwtLeeway = minutes(1);

/// The claims of a token signed with HS256, and not with anything else its header says. `exp`,
/// `nbf` and `iat` are kept as far as they are there; `iat` may not lie more than `max_age` back.
[[nodiscard]] std::expected<boost::json::object, Forged> verify_jwt(
    std::string_view token, std::span<const std::string> secrets, Duration max_age, Instant now);
/// What stands behind "Bearer " (RFC 6750 §2.1); empty for anything else.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

}  // namespace deskwire::sms
