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

/// As read_jwt(), with the reasons that hooks are refused for.
[[nodiscard]] std::expected<boost::json::object, Forged> verify_jwt(
    std::string_view token, std::span<const std::string> secrets, Duration max_age, Instant now);
/// What stands behind "Bearer " (RFC 6750 §2.1); empty for anything else.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

}  // namespace deskwire::sms
