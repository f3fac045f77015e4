// SPDX-License-Identifier: Apache-2.0
// One-time codes of an authenticator app (RFC 6238: HMAC-SHA-1, six digits, 30 seconds).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire {

/// 20 random bytes in base32, as apps take them.
[[nodiscard]] std::string draw_totp_secret();
/// What an app reads from a QR code: `otpauth://totp/DESK:USER?secret=…&issuer=DESK`.
[[nodiscard]] std::string totp_uri(std::string_view desk, std::string_view user,
                                   std::string_view secret);
/// The code of a time step; empty if the secret is not base32.
[[nodiscard]] std::string totp_code(std::string_view secret, std::int64_t step);
[[nodiscard]] std::int64_t totp_step(Instant now);
/// The step whose code it is: this one, the one before or after. Steps up to `used` are over: a
/// code is good for one log-in. In a time that does not depend on where codes differ.
[[nodiscard]] std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code,
                                                     Instant now, std::int64_t used);
/// For a lost telephone: ten characters that are easy to read out.
[[nodiscard]] std::string draw_recovery_code();

}  // namespace deskwire
