// SPDX-License-Identifier: Apache-2.0
// Pseudonyms and short signatures made with the desk's own secret (BLAKE2b, keyed). Keys stand for
// personal values in the ring and the journal; signatures make tokens such as `t1042.<mac>`
// unforgeable. Thread safe: const and without state.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "deskwire/base/key.hpp"

namespace deskwire {

class KeyHasher {
 public:
  static constexpr std::size_t kSecretBytes = 32;
  static constexpr std::size_t kSignatureChars =
      16;  ///< 80 bits, base32, lower case: survives any mail system.
  using Secret = std::array<std::uint8_t, kSecretBytes>;

  explicit KeyHasher(const Secret& secret);
  /// From 64 hex digits, the form in which the store keeps secrets. Throws std::invalid_argument on
  /// anything else.
  static KeyHasher from_hex(std::string_view hex);
  ~KeyHasher();
  KeyHasher(const KeyHasher&) = default;
  KeyHasher& operator=(const KeyHasher&) = default;

  /// Pseudonym of a normalised value; zero for an empty value. The same value under two kinds gives
  /// unrelated keys.
  [[nodiscard]] Key key(std::string_view kind, std::string_view value) const;
  /// Signature over a kind and an id, 16 characters of [a-z2-7].
  [[nodiscard]] std::string sign(std::string_view kind, std::uint64_t id) const;
  /// Constant time in the content of `signature`; accepts upper case, because some systems fold
  /// local parts.
  [[nodiscard]] bool verify(std::string_view kind, std::uint64_t id,
                            std::string_view signature) const;

 private:
  Secret secret_;
};

}  // namespace deskwire
