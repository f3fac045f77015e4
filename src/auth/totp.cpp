// SPDX-License-Identifier: Apache-2.0
#include "auth/totp.hpp"

#include <sodium.h>

#include <array>
#include <cstddef>

#include "auth/session_token.hpp"
#include "auth/signatures.hpp"

namespace deskwire {
namespace {

constexpr std::int64_t kStepMs = 30'000;
constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kDigits = 6;
constexpr std::size_t kRecoveryLength = 10;
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Without letters and digits that look alike.
constexpr std::string_view kReadable = "23456789abcdefghjkmnpqrstuvwxyz";

std::string base32(std::string_view bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8) | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; bits -= 5) out += kBase32[(buffer >> (bits - 5)) & 31];
  }
  if (bits > 0) out += kBase32[(buffer << (5 - bits)) & 31];
  return out;
}

std::string from_base32(std::string_view text) {
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = kBase32.find(c);
    if (value == kBase32.npos) return {};
    buffer = (buffer << 5) | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>((buffer >> bits) & 0xff);
  }
  return out;
}

/// All but letters, digits and `-._~` as %XX.
std::string escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      (out += '%').append({kHex[byte >> 4], kHex[byte & 15]});
  }
  return out;
}

}  // namespace

std::string draw_totp_secret() {
  std::string bytes(kSecretBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return base32(bytes);
}

std::string totp_uri(std::string_view desk, std::string_view user, std::string_view secret) {
  std::string out = "otpauth://totp/" + escaped(desk) + ":" + escaped(user) + "?secret=";
  return out.append(secret).append("&issuer=").append(escaped(desk));
}

std::int64_t totp_step(Instant now) { return now.ms / kStepMs; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  const std::string key = from_base32(secret);
  if (key.empty()) return {};
  std::string counter(8, '\0');
  for (int i = 7; i >= 0; --i, step >>= 8)
    counter[static_cast<std::size_t>(i)] = static_cast<char>(step & 0xff);
  const std::string mac = hmac_sha1(key, counter);
  const std::size_t at = static_cast<unsigned char>(mac.back()) & 15;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = (value << 8) | static_cast<unsigned char>(mac[at + i]);
  std::string digits = std::to_string((value & 0x7fffffff) % 1'000'000);
  return std::string(kDigits - digits.size(), '0') + digits;
}

std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code, Instant now,
                                       std::int64_t used) {
  std::optional<std::int64_t> found;
  const std::int64_t here = totp_step(now);
  for (std::int64_t step = here - 1; step <= here + 1; ++step) {
    const std::string right = totp_code(secret, step);
    if (!right.empty() && equal_secrets(right, code) && step > used) found = step;
  }
  return found;
}

std::string draw_recovery_code() {
  std::string out;
  for (std::size_t i = 0; i < kRecoveryLength; ++i)
    out += kReadable[randombytes_uniform(static_cast<std::uint32_t>(kReadable.size()))];
  return out;
}

}  // namespace deskwire
