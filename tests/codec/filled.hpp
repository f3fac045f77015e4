// SPDX-License-Identifier: Apache-2.0
// Entities and events with something in every field, drawn from a seed: what a codec forgets shows.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codec/fields.hpp"

namespace deskwire::filled {

/// SplitMix64: the same values everywhere, for good.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return bits() % n; }

 private:
  std::uint64_t state_;
};

template <class T>
void fill(T& out, Draw& draw) {
  if constexpr (std::same_as<T, bool>) {
    out = draw.below(2) == 1;
  } else if constexpr (std::integral<T>) {
    out = static_cast<T>(draw.below(4) == 0 ? draw.bits() : draw.below(100));
  } else if constexpr (codec::NamedEnum<T>) {
    out = static_cast<T>(draw.below(count_of<T>()));
  } else if constexpr (codec::IdType<T>) {
    out.value = draw.below(8) == 0 ? draw.bits() : draw.below(100'000);
  } else if constexpr (codec::Millis<T>) {
    out.ms = draw.below(8) == 0
                 ? std::numeric_limits<std::int64_t>::max()
                 : static_cast<std::int64_t>(draw.below(4'000'000'000'000)) - 1'000'000'000;
  } else if constexpr (std::same_as<T, Key>) {
    out = {.hi = draw.bits(), .lo = draw.bits()};
  } else if constexpr (std::same_as<T, std::string>) {
    out = "text \"" + std::to_string(draw.below(1000)) + "\"\n\\ \x01 é";
  } else if constexpr (codec::VectorType<T>) {
    out.resize(draw.below(4));
    for (auto& element : out) fill(element, draw);
  } else {
    codec::for_each_field<T>([&](const auto& field) { fill(out.*field.member, draw); });
  }
}

template <class T>
T one(std::uint64_t seed) {
  Draw draw(seed);
  T out{};
  fill(out, draw);
  return out;
}

template <std::size_t... I>
std::vector<Event> events(Draw& draw, std::index_sequence<I...>) {
  std::vector<Event> out;
  const auto add = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
    std::variant_alternative_t<N, Event> event;
    fill(event, draw);
    out.emplace_back(std::move(event));
  };
  (add(std::integral_constant<std::size_t, I>{}), ...);
  return out;
}

/// One event of every type.
inline std::vector<Event> every_event(std::uint64_t seed) {
  Draw draw(seed);
  return events(draw, std::make_index_sequence<std::variant_size_v<Event>>{});
}

}  // namespace deskwire::filled
