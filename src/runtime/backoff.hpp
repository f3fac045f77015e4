// SPDX-License-Identifier: Apache-2.0
// When a message that could not be sent is tried again: after 1, 5, 15 minutes, 1, 4, and then
// every 8 hours, for 5 days.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"

namespace deskwire {

/// `attempts` made so far, at least one. Nothing: the message has been tried long enough. Up to a
/// fifth is added by the message's id, so that what failed together is not tried again in one
/// burst.
constexpr std::optional<Instant> next_attempt(MessageId message, std::uint32_t attempts,
                                              Instant created_at, Instant now) {
  constexpr auto delays =
      std::to_array<Duration>({minutes(1), minutes(5), minutes(15), hours(1), hours(4), hours(8)});
  constexpr Duration give_up_after = days(5);
  const std::size_t step =
      std::min<std::size_t>(attempts > 0 ? attempts - 1 : 0, delays.size() - 1);
  const auto spread =
      static_cast<std::int64_t>((message.value * 0x9E3779B97F4A7C15ULL) >> 54);  // 0 to 1023
  const Instant at = now + delays.at(step) + Duration{delays.at(step).ms / 5 * spread / 1024};
  if (at > created_at + give_up_after) return std::nullopt;
  return at;
}

}  // namespace deskwire
