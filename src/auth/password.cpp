// SPDX-License-Identifier: Apache-2.0
#include "auth/password.hpp"

#include <sodium.h>

#include <array>
#include <new>
#include <stdexcept>

namespace deskwire {
namespace {

std::string random_base64(std::size_t bytes) {
  std::string raw(bytes, '\0');
  randombytes_buf(raw.data(), raw.size());
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string out(sodium_base64_encoded_len(bytes, kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(raw.data()),
                    bytes, kVariant);
  out.resize(out.size() - 1);  // The terminating zero is counted in.
  return out;
}

/// Looks like a hash of the same cost, so verifying against it takes the same time; made without
/// doing that work.
std::string make_decoy(const PasswordCost& cost) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes / 1024) +
         ",t=" + std::to_string(cost.operations) + ",p=1$" + random_base64(16) + "$" +
         random_base64(32);
}

bool matches(const std::string& encoded, std::string_view password) {
  return crypto_pwhash_str_verify(encoded.c_str(), password.data(), password.size()) == 0;
}

}  // namespace

PasswordHasher::PasswordHasher(PasswordCost cost) : cost_(cost) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
  decoy_ = make_decoy(cost_);
}

std::string PasswordHasher::hash(std::string_view password) const {
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost_.operations,
                            cost_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return out.data();
}

bool PasswordHasher::verify(std::string_view encoded, std::string_view password) const {
  if (password.size() > kMaxBytes) return false;
  const std::string known(encoded);
  // Only a string that libsodium can read costs the full work; anything else is compared with the
  // decoy instead.
  const bool readable =
      encoded.size() < crypto_pwhash_STRBYTES &&
      crypto_pwhash_str_needs_rehash(known.c_str(), cost_.operations, cost_.memory_bytes) >= 0;
  const bool equal = matches(readable ? known : decoy_, password);
  return readable && equal;
}

}  // namespace deskwire
