// SPDX-License-Identifier: Apache-2.0
// A 128-bit pseudonym of something personal (a Message-ID, an address). The edge computes it with a
// keyed hash of "kind:normalised value"; the ring and the journal only ever see the pseudonym.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace deskwire {

struct Key {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
  constexpr explicit operator bool() const { return (hi | lo) != 0; }
  friend constexpr auto operator<=>(const Key&, const Key&) = default;
};

}  // namespace deskwire

template <>
struct std::hash<deskwire::Key> {
  std::size_t operator()(const deskwire::Key& k) const noexcept {
    return static_cast<std::size_t>(k.hi ^ (k.lo * 0x9E3779B97F4A7C15ULL));
  }
};
