// SPDX-License-Identifier: Apache-2.0
// Passwords as argon2id strings. Both calls take tens of milliseconds and 64 MiB by default: run
// them on the hash pool only. Thread safe.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire {

/// What one hash costs; the defaults are libsodium's "interactive" figures.
struct PasswordCost {
  std::uint64_t operations = 2;
  std::size_t memory_bytes = 64u << 20;
};

class PasswordHasher {
 public:
  /// Longer ones are refused before they are hashed.
  static constexpr std::size_t kMaxBytes = 1024;

  explicit PasswordHasher(PasswordCost cost = {});

  /// The encoded form for UserRow::password_hash. Throws std::bad_alloc when the memory cannot be
  /// had.
  [[nodiscard]] std::string hash(std::string_view password) const;
  /// True if `encoded` is the hash of `password`. An unreadable or empty `encoded` is false after
  /// the same work as a wrong password, so that an unknown user cannot be told from a wrong
  /// password by the clock.
  [[nodiscard]] bool verify(std::string_view encoded, std::string_view password) const;

 private:
  PasswordCost cost_;
  std::string decoy_;  ///< A well-formed hash of nothing anyone knows.
};

}  // namespace deskwire
