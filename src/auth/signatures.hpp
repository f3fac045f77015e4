// SPDX-License-Identifier: Apache-2.0
// The signatures by which other systems prove that a request is theirs, and ours to them: HMAC,
// Ed25519, JSON Web Tokens and Standard Webhooks. Bytes are std::string; nothing here reads a clock
// or knows JSON. All of it is total on hostile input and thread safe. Secrets are compared in
// constant time.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire {

/// Raw bytes: 20, 32, 64.
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view message);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);
[[nodiscard]] std::string hmac_sha512(std::string_view key, std::string_view message);

/// With padding.
[[nodiscard]] std::string base64(std::string_view bytes);
/// Without padding (RFC 7515 §2).
[[nodiscard]] std::string base64url(std::string_view bytes);
/// Strict: no blanks, the padding complete, the unused bits zero.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
/// As decode_base64, but padding is refused.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);
/// Lower case.
[[nodiscard]] std::string hex(std::string_view bytes);

/// False for a key of other than 32 bytes or a signature of other than 64 (RFC 8032).
[[nodiscard]] bool ed25519_verify(std::string_view public_key, std::string_view message,
                                  std::string_view signature);

// --- JSON Web Tokens, HS256 only (RFC 7515, RFC 7519) ---------------------------------------

/// The decoded parts. The reader of the header still has to refuse an `alg` other than HS256, and
/// the reader of the claims their times: this room knows no JSON.
struct Jwt {
  std::string header;  ///< JSON, or whatever the sender put there.
  std::string claims;
};
enum class JwtFault : std::uint8_t { malformed, wrong_signature };

/// The parts of a token that one of `secrets` signed with HMAC-SHA-256, whatever its header claims:
/// `alg: none` opens nothing.
[[nodiscard]] std::expected<Jwt, JwtFault> open_jwt(std::string_view token,
                                                    std::span<const std::string> secrets);
/// The parts, believed by nobody: only to find out whose secret to try.
[[nodiscard]] std::optional<Jwt> peek_jwt(std::string_view token);
/// A token with the header of HS256 around `claims`, a JSON object.
[[nodiscard]] std::string sign_jwt(std::string_view claims, std::string_view secret);

// --- Standard Webhooks (standardwebhooks.com) ----------------------------------------------

/// Further away from now than this, either way, a webhook is refused.
inline constexpr Duration kWebhookTolerance = minutes(5);

/// The values of `webhook-id`, `webhook-timestamp` (seconds) and `webhook-signature`.
struct WebhookHeaders {
  std::string_view id;
  std::string_view timestamp;
  std::string_view signature;  ///< "v1,<base64>", several with blanks between.
};
enum class WebhookFault : std::uint8_t {
  missing_header,
  malformed,
  too_old,
  too_new,
  wrong_signature
};
inline constexpr auto kWebhookFaultNames = std::to_array<std::string_view>(
    {"missing_header", "malformed", "too_old", "too_new", "wrong_signature"});
[[nodiscard]] constexpr std::string_view name(WebhookFault fault) {
  return kWebhookFaultNames[static_cast<std::size_t>(fault)];
}

/// Any of `secrets` (base64, with or without "whsec_") may have signed it, so that a secret can be
/// replaced without a gap. A secret that is not base64 signs nothing.
[[nodiscard]] std::expected<void, WebhookFault> verify_webhook(const WebhookHeaders& headers,
                                                               std::string_view body,
                                                               std::span<const std::string> secrets,
                                                               Instant now);
/// The signature for `id`, the whole second of `at` and `body`; nothing if `secret` is not base64.
[[nodiscard]] std::optional<std::string> sign_webhook(std::string_view id, Instant at,
                                                      std::string_view body,
                                                      std::string_view secret);
/// What belongs into webhook-timestamp.
[[nodiscard]] std::string webhook_timestamp(Instant at);

}  // namespace deskwire
