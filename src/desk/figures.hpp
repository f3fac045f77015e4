// SPDX-License-Identifier: Apache-2.0
// The board's numbers as plain data. Those of a queue are counted one by one, the totals are their
// sums and nothing else.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "deskwire/domain/policy.hpp"

namespace deskwire {

/// Arrivals and answers are counted in slots of five minutes over two hours.
inline constexpr std::size_t kSlots = 24;
inline constexpr Duration kSlot = minutes(5);
/// What counts as due soon.
inline constexpr Duration kSoon = minutes(30);

using Slots = std::array<std::uint32_t, kSlots>;  ///< The oldest first.

/// Today's: `met` answered in time, of `total` that were answered or given up after that time.
struct LevelFigures {
  std::size_t met = 0, total = 0;
  ServiceLevel promise;
};

/// How long a ticket that comes now will wait: half of them at most `half`, nine of ten `most`.
struct ExpectedWait {
  Duration half, most;
  friend bool operator==(const ExpectedWait&, const ExpectedWait&) = default;
};

struct QueueFigures {
  QueueId queue;
  std::size_t waiting = 0;
  Instant oldest_at;         ///< Zero: nothing waits.
  Instant next_due_at;       ///< The nearest among those that wait, also when past; zero: none.
  std::size_t late = 0;      ///< Waiting or assigned, with a deadline that passed unmet.
  std::size_t due_soon = 0;  ///< Waiting or assigned, with a deadline within `kSoon`.
  std::size_t at_risk = 0;   ///< Waiting, and nobody will come to it in time.
  LevelFigures level;
  std::optional<ExpectedWait> wait;  ///< Nothing without recent experience.
  Instant slot_at;                   ///< When the newest slot began.
  Slots arrivals{}, answered{};
};

struct TotalFigures {
  std::size_t waiting = 0;
  Instant oldest_at;
  std::size_t late = 0, due_soon = 0, at_risk = 0;
  std::size_t met = 0, total = 0;
  std::size_t agents_on = 0;    ///< Of those who have a queue: not offline.
  std::size_t agents_free = 0;  ///< Available, with room for at least the lightest channel.
};

/// Of one agent.
struct BurdenFigures {
  std::uint32_t load_percent = 0;  ///< Live assignments and offers, of one full agent.
  std::uint32_t tickets = 0;       ///< Assigned, not pending or on hold.
  std::uint32_t offers = 0;        ///< That count down.
  std::uint32_t answered_today = 0;
};

/// A ticket whose deadline will pass before anyone is expected to take it.
struct Risk {
  TicketId ticket;
  QueueId queue;
  Instant due_at;
  std::size_t place = 0;  ///< In line, from 1.
  Instant starts_at;      ///< When it is expected to be taken; kNever: nobody is there.
};

}  // namespace deskwire
