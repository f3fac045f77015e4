// SPDX-License-Identifier: Apache-2.0
// Typed, dense 64-bit identifiers. Zero means "none"; the engine allocates from 1 upwards and never
// reuses a value.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace deskwire {

template <class Tag>
struct Id {
  std::uint64_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

using TicketId = Id<struct TicketTag>;
using MessageId = Id<struct MessageTag>;
using CustomerId = Id<struct CustomerTag>;
using AgentId = Id<struct AgentTag>;  ///< Also the id of the user who logs in.
using OfferId = Id<struct OfferTag>;
using QueueId = Id<struct QueueTag>;
using SkillId = Id<struct SkillTag>;
using TeamId = Id<struct TeamTag>;
using ChannelId = Id<struct ChannelTag>;  ///< A configured channel, "channel_name" on the wire.
using CalendarId = Id<struct CalendarTag>;
using RuleId = Id<struct RuleTag>;
using SlaId = Id<struct SlaTag>;

}  // namespace deskwire

template <class Tag>
struct std::hash<deskwire::Id<Tag>> {
  std::size_t operator()(const deskwire::Id<Tag>& id) const noexcept {
    // Fibonacci hashing spreads dense ids over power-of-two tables.
    return static_cast<std::size_t>(id.value * 0x9E3779B97F4A7C15ULL);
  }
};
