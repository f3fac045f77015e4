// SPDX-License-Identifier: Apache-2.0
// Wall-clock time as data: milliseconds since 1970-01-01T00:00:00Z. Nothing in the pure ring reads
// a clock; time is an argument.
#pragma once
#include <compare>
#include <cstdint>
#include <limits>

namespace deskwire {

/// A length of time in milliseconds; may be negative.
struct Duration {
  std::int64_t ms = 0;
  friend constexpr auto operator<=>(const Duration&, const Duration&) = default;
};

constexpr Duration milliseconds(std::int64_t n) { return {n}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1000}; }
constexpr Duration minutes(std::int64_t n) { return {n * 60'000}; }
constexpr Duration hours(std::int64_t n) { return {n * 3'600'000}; }
constexpr Duration days(std::int64_t n) { return {n * 86'400'000}; }

/// A point in time, UTC. `Instant{}` (the epoch) means "never happened"; `kNever` means "will never
/// happen".
struct Instant {
  std::int64_t ms = 0;
  constexpr explicit operator bool() const { return ms != 0; }
  friend constexpr auto operator<=>(const Instant&, const Instant&) = default;
};

inline constexpr Instant kNever{std::numeric_limits<std::int64_t>::max()};

constexpr Instant operator+(Instant a, Duration d) { return {a.ms + d.ms}; }
constexpr Instant operator-(Instant a, Duration d) { return {a.ms - d.ms}; }
constexpr Duration operator-(Instant a, Instant b) { return {a.ms - b.ms}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.ms + b.ms}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.ms - b.ms}; }
constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ms * n}; }
constexpr Duration operator/(Duration a, std::int64_t n) { return {a.ms / n}; }

}  // namespace deskwire
