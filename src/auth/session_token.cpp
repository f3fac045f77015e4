// SPDX-License-Identifier: Apache-2.0
#include "auth/session_token.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace deskwire {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenChars = 43;

std::array<unsigned char, crypto_hash_sha256_BYTES> sha256(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> out{};
  crypto_hash_sha256(out.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return out;
}

}  // namespace

std::string draw_session_token() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  std::array<unsigned char, kTokenBytes> raw{};
  randombytes_buf(raw.data(), raw.size());
  std::string out(kTokenChars + 1, '\0');
  sodium_bin2base64(out.data(), out.size(), raw.data(), raw.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(raw.data(), raw.size());
  out.resize(kTokenChars);
  return out;
}

bool looks_like_session_token(std::string_view token) {
  return token.size() == kTokenChars && std::ranges::all_of(token, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

std::string session_token_hash(std::string_view token) {
  const auto digest = sha256(token);
  std::string out(digest.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), digest.data(), digest.size());
  out.resize(digest.size() * 2);
  return out;
}

bool equal_secrets(std::string_view a, std::string_view b) {
  // Hashing first gives both the same length.
  const auto left = sha256(a), right = sha256(b);
  return sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace deskwire
