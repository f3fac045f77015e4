// SPDX-License-Identifier: Apache-2.0
#include "auth/signatures.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "auth/session_token.hpp"

namespace deskwire {
namespace {

/// Base64 of a SHA-256, which every v1 signature is, and room to spare for what is not ours.
constexpr std::size_t kMaxSignatures = 32;
constexpr std::size_t kMaxIdBytes = 256;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.empty() ? "" : text.data());
}

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (HMAC(digest, bytes_of(key), static_cast<int>(key.size()), bytes_of(message), message.size(),
           out.data(), &size) == nullptr)
    return {};
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string encode(std::string_view bytes, int variant) {
  std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes_of(bytes), bytes.size(), variant);
  out.pop_back();
  return out;
}

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, nullptr, variant) != 0)
    return std::nullopt;
  out.resize(size);
  return out;
}

/// Calls `each` for every part between separators, until it answers true; says whether it did.
template <class Each>
bool any_part(std::string_view text, char separator, Each each) {
  for (;;) {
    const auto end = text.find(separator);
    if (each(text.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

/// Whether one of `secrets` makes `signature`. All of them are tried, so that time does not tell
/// which one it was.
template <class Sign>
bool signed_by_any(std::span<const std::string> secrets, std::string_view signature, Sign sign) {
  bool found = false;
  for (const std::string& secret : secrets) {
    const std::optional<std::string> expected = sign(secret);
    found |= expected && !expected->empty() && equal_secrets(*expected, signature);
  }
  return found;
}

std::optional<std::string> webhook_key(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (secret.starts_with(kPrefix)) secret.remove_prefix(kPrefix.size());
  // Many tools drop the padding of a secret.
  auto key = decode(secret, sodium_base64_VARIANT_ORIGINAL);
  if (!key) key = decode(secret, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  return key && !key->empty() ? key : std::nullopt;
}

std::string webhook_message(std::string_view id, std::string_view timestamp,
                            std::string_view body) {
  std::string out;
  out.reserve(id.size() + timestamp.size() + body.size() + 2);
  return out.append(id).append(".").append(timestamp).append(".").append(body);
}

std::optional<std::int64_t> read_seconds(std::string_view text) {
  constexpr std::size_t kMaxDigits = 12;  // In milliseconds still far inside of 64 bits.
  std::int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = ec == std::errc{} && end == text.data() + text.size();
  if (!whole || text.size() > kMaxDigits || seconds < 0) return std::nullopt;
  return seconds;
}

}  // namespace

std::string hmac_sha1(std::string_view key, std::string_view message) {
  return hmac(EVP_sha1(), key, message);
}
std::string hmac_sha256(std::string_view key, std::string_view message) {
  return hmac(EVP_sha256(), key, message);
}
std::string hmac_sha512(std::string_view key, std::string_view message) {
  return hmac(EVP_sha512(), key, message);
}

std::string base64(std::string_view bytes) { return encode(bytes, sodium_base64_VARIANT_ORIGINAL); }
std::string base64url(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
std::optional<std::string> decode_base64(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL);
}
std::optional<std::string> decode_base64url(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string hex(std::string_view bytes) {
  std::string out(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes_of(bytes), bytes.size());
  out.pop_back();
  return out;
}

bool ed25519_verify(std::string_view public_key, std::string_view message,
                    std::string_view signature) {
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(bytes_of(signature), bytes_of(message), message.size(),
                                     bytes_of(public_key)) == 0;
}

std::optional<Jwt> peek_jwt(std::string_view token) {
  const auto first = token.find('.'), last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  auto header = decode_base64url(token.substr(0, first));
  auto claims = decode_base64url(token.substr(first + 1, last - first - 1));
  if (!header || !claims) return std::nullopt;
  return Jwt{.header = std::move(*header), .claims = std::move(*claims)};
}

std::expected<Jwt, JwtFault> open_jwt(std::string_view token,
                                      std::span<const std::string> secrets) {
  auto parts = peek_jwt(token);
  if (!parts) return std::unexpected(JwtFault::malformed);
  const auto last = token.rfind('.');
  const auto signature = decode_base64url(token.substr(last + 1));
  if (!signature) return std::unexpected(JwtFault::malformed);
  const auto sign = [&](const std::string& secret) {
    // An empty secret would be anyone's.
    return secret.empty() ? std::nullopt
                          : std::optional(hmac_sha256(secret, token.substr(0, last)));
  };
  if (!signed_by_any(secrets, *signature, sign)) return std::unexpected(JwtFault::wrong_signature);
  return std::move(*parts);
}

std::string sign_jwt(std::string_view claims, std::string_view secret) {
  std::string out = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
  const std::string signature = hmac_sha256(secret, out);
  return out.append(".").append(base64url(signature));
}

std::string webhook_timestamp(Instant at) { return std::to_string(at.ms / 1000); }

std::optional<std::string> sign_webhook(std::string_view id, Instant at, std::string_view body,
                                        std::string_view secret) {
  const auto key = webhook_key(secret);
  if (!key) return std::nullopt;
  return "v1," + base64(hmac_sha256(*key, webhook_message(id, webhook_timestamp(at), body)));
}

std::expected<void, WebhookFault> verify_webhook(const WebhookHeaders& headers,
                                                 std::string_view body,
                                                 std::span<const std::string> secrets,
                                                 Instant now) {
  if (headers.id.empty() || headers.timestamp.empty() || headers.signature.empty())
    return std::unexpected(WebhookFault::missing_header);
  const auto seconds_then = read_seconds(headers.timestamp);
  if (!seconds_then || headers.id.size() > kMaxIdBytes)
    return std::unexpected(WebhookFault::malformed);
  const Instant at{*seconds_then * 1000};
  if (now - at > kWebhookTolerance) return std::unexpected(WebhookFault::too_old);
  if (at - now > kWebhookTolerance) return std::unexpected(WebhookFault::too_new);
  const std::string message = webhook_message(headers.id, headers.timestamp, body);
  const auto sign = [&](const std::string& secret) -> std::optional<std::string> {
    const auto key = webhook_key(secret);
    return key ? std::optional("v1," + base64(hmac_sha256(*key, message))) : std::nullopt;
  };
  std::size_t tried = 0;
  const auto matches = [&](std::string_view part) {
    return ++tried <= kMaxSignatures && part.starts_with("v1,") &&
           signed_by_any(secrets, part, sign);
  };
  if (!any_part(headers.signature, ' ', matches))
    return std::unexpected(WebhookFault::wrong_signature);
  return {};
}

}  // namespace deskwire
