// SPDX-License-Identifier: Apache-2.0
#include "auth/keyed_hash.hpp"

#include <sodium.h>

#include <stdexcept>

namespace deskwire {
namespace {

/// Every purpose hashes under its own domain, so that a signature can never be read as a key or the
/// other way round.
void hash(std::uint8_t* out, std::size_t out_bytes, const KeyHasher::Secret& secret,
          std::string_view domain, std::string_view kind, std::string_view value) {
  const auto update = [](crypto_generichash_state& state, std::string_view part) {
    // Each part goes in with its length, so that ("a", "bc") and ("ab", "c") differ.
    std::array<std::uint8_t, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<std::uint8_t>(std::uint64_t{part.size()} >> (8 * i));
    crypto_generichash_update(&state, length.data(), length.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  };
  crypto_generichash_state state;
  crypto_generichash_init(&state, secret.data(), secret.size(), out_bytes);
  update(state, domain);
  update(state, kind);
  update(state, value);
  crypto_generichash_final(&state, out, out_bytes);
  sodium_memzero(&state, sizeof state);
}

std::uint64_t read_u64(const std::uint8_t* bytes) {
  std::uint64_t v = 0;
  for (int i = 0; i < 8; ++i) v = v << 8 | bytes[i];
  return v;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

KeyHasher::KeyHasher(const Secret& secret) : secret_(secret) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

KeyHasher::~KeyHasher() { sodium_memzero(secret_.data(), secret_.size()); }

KeyHasher KeyHasher::from_hex(std::string_view hex) {
  if (hex.size() != 2 * kSecretBytes) throw std::invalid_argument("a secret has 64 hex digits");
  Secret secret{};
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) throw std::invalid_argument("a secret has hex digits only");
    secret[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return KeyHasher(secret);
}

Key KeyHasher::key(std::string_view kind, std::string_view value) const {
  if (value.empty()) return {};
  std::array<std::uint8_t, 16> out{};
  hash(out.data(), out.size(), secret_, "key", kind, value);
  return {read_u64(out.data()), read_u64(out.data() + 8)};
}

std::string KeyHasher::sign(std::string_view kind, std::uint64_t id) const {
  std::array<std::uint8_t, 16> out{};  // BLAKE2b gives at least 16 bytes; the first 10 are used.
  hash(out.data(), out.size(), secret_, "sign", kind, std::to_string(id));
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string text;
  std::uint32_t bits = 0;
  int have = 0;
  for (std::size_t i = 0; text.size() < kSignatureChars; ++i) {
    bits = bits << 8 | out[i];
    for (have += 8; have >= 5; have -= 5) text += kAlphabet[bits >> (have - 5) & 31];
  }
  return text;
}

bool KeyHasher::verify(std::string_view kind, std::uint64_t id, std::string_view signature) const {
  if (signature.size() != kSignatureChars) return false;
  std::string given(signature);
  for (char& c : given)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const std::string wanted = sign(kind, id);
  return sodium_memcmp(wanted.data(), given.data(), kSignatureChars) == 0;
}

}  // namespace deskwire
