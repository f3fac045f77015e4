// SPDX-License-Identifier: Apache-2.0
// The simulator's own random numbers (xoshiro256**, seeded by splitmix64), so that a seed means the
// same run on every machine and with every standard library.
#pragma once
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "deskwire/base/instant.hpp"
#include "deskwire/base/key.hpp"

namespace deskwire::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9E3779B97F4A7C15ULL;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  /// From 0 to n − 1. The bias of the multiplication is far below what a simulation could notice.
  std::uint64_t below(std::uint64_t n) {
    assert(n > 0 && n <= (1ULL << 32));
    return ((next() >> 32) * n) >> 32;
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  Duration between(Duration low, Duration high) { return {between(low.ms, high.ms)}; }
  bool chance(unsigned percent) { return below(100) < percent; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  Key key() { return {next() | 1, next()}; }

  template <class Container>
  auto& pick(Container& from) {
    assert(!from.empty());
    return from[static_cast<std::size_t>(below(from.size()))];
  }

  /// An index, drawn in proportion to the weights.
  template <std::size_t N>
  std::size_t weighted(const std::array<unsigned, N>& weights) {
    std::uint64_t total = 0;
    for (unsigned w : weights) total += w;
    std::uint64_t draw = below(total);
    std::size_t i = 0;
    while (draw >= weights[i]) draw -= weights[i++];
    return i;
  }

 private:
  static std::uint64_t rotate(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace deskwire::sim
