// SPDX-License-Identifier: Apache-2.0
// What the engine looks things up by, derived from the rows: waiting tickets in buckets of one
// requirement each, agents with room in idle order, what is due when. `evolve` takes a row out
// before it changes it and puts it in again after, so the two cannot disagree.
#pragma once
#include <compare>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "deskwire/engine/state.hpp"
#include "engine/sorted_chunks.hpp"

namespace deskwire {

/// A place in a line: by `order` (a rank, or the idle time in ms), ties by id.
struct Place {
  std::int64_t order = 0;
  std::uint64_t id = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

/// A place among those who may be offered something: as the queue's strategy orders them, ties by
/// who has been idle longest, then by id.
struct Turn {
  std::int64_t order = 0;
  std::int64_t idle_since_ms = 0;
  std::uint64_t agent = 0;
  friend auto operator<=>(const Turn&, const Turn&) = default;
};

/// As far as it does not depend on the ticket: `best_skilled` has to look at each one's skills.
[[nodiscard]] Turn turn_in(Strategy strategy, const Agent& agent, std::uint32_t load_percent);

/// Waiting tickets without a live offer that ask for the same: queue, channel (so one weight) and
/// required skills. A free agent looks at buckets, never at every ticket.
struct Bucket {
  Channel channel = Channel::email;
  std::uint64_t skills = 0;  ///< `skill_bits` of `required`.
  Place first;               ///< Of the line.
  std::vector<SkillLevel> required;
  SortedChunks<Place> line;  ///< Not empty.
};

/// A set of skills as bits that several may share: who lacks a bit lacks a skill.
[[nodiscard]] std::uint64_t skill_bits(const std::vector<SkillLevel>& skills);

struct QueueIndex {
  std::vector<std::unique_ptr<Bucket>> buckets;  ///< None is empty.
  std::unordered_multimap<std::uint64_t, Bucket*> by_hash;
  SortedChunks<Turn> ready;      ///< Agents with room, in the queue's order.
  std::vector<AgentId> members;  ///< Sorted; disabled ones included.
  std::uint32_t waiting = 0;     ///< State queued, offered ones included.

  /// Where tickets stand that ask for the same as this one; null when none waits.
  [[nodiscard]] const Bucket* bucket_like(const Ticket& ticket) const;
};

struct AgentIndex {
  std::vector<std::pair<TicketId, std::uint16_t>>
      assigned;                                           ///< Live assignments and their weights.
  std::vector<std::pair<OfferId, std::uint16_t>> offers;  ///< Live offers and their weights.
  SortedChunks<Place> held;                               ///< Waiting tickets kept for this agent.
  std::vector<TicketId> excluded;                         ///< Waiting tickets kept from this agent.
  bool stale = false;                                     ///< `listed` may be out of date.
  std::vector<std::pair<QueueId, Turn>> listed;           ///< Places in the queues' `ready`.
};

enum class DueKind : std::uint8_t { ticket, exclusion, offer, agent };

/// Something that happens at `at` by itself. `agent` only with exclusions.
struct Due {
  Instant at;
  DueKind kind = DueKind::ticket;
  std::uint64_t id = 0;
  std::uint64_t agent = 0;
  friend auto operator<=>(const Due&, const Due&) = default;
};

struct StateIndex {
  std::unordered_map<QueueId, QueueIndex> queues;
  std::unordered_map<AgentId, AgentIndex> agents;
  SpreadMap<CustomerId, std::uint32_t> open_tickets;  ///< By customer; absent means none.
  SortedChunks<Due> due;
  std::vector<AgentId> stale_agents;
  Duration close_after = days(7);  ///< From the policy; a resolved ticket closes after it.
  std::unordered_map<QueueId, Strategy> strategies;  ///< From the policy; others: longest idle.
  Instant fired_until;  ///< Exclusions that ended up to here were looked at already.

  /// Puts a row into, or takes it out of, every index. The same row must be taken out as was put
  /// in.
  void enter(const Ticket& ticket);
  void leave(const Ticket& ticket);
  /// A ticket comes into memory; one that is open counts for its customer until it closes.
  void adopt(const Ticket& ticket);
  void disown(const Ticket& ticket);
  /// The ticket's own timer: one entry, at `next_due`; kNever for none.
  void rearm(TicketId id, Instant before, Instant after);
  void enter(const Offer& offer);
  void leave(const Offer& offer);
  void enter(const Agent& agent);
  void leave(const Agent& agent);
  /// The part that depends on presence and idle time; for changes that leave the queues alone.
  void arm(const Agent& agent);
  void disarm(const Agent& agent);

  /// Brings every queue's `ready` up to date; called before one is read.
  void settle(const State& state);
  /// Sum of live assignments and offers.
  [[nodiscard]] std::uint32_t load(AgentId id) const;

 private:
  void mark(AgentId id);
  void unlist(AgentIndex& entry);
  [[nodiscard]] Strategy strategy_of(QueueId queue) const;
  void stand_in_line(const Ticket& ticket);
  void leave_line(const Ticket& ticket);
  void add_exclusions(const Ticket& ticket);
  void drop_exclusions(const Ticket& ticket);

  std::vector<std::pair<QueueId, Turn>> scratch_;
};

/// Waits for an agent: queued, somewhere, with no live offer.
[[nodiscard]] bool waits(const Ticket& ticket);
/// Costs its agent capacity.
[[nodiscard]] bool is_worked_on(const Ticket& ticket);
/// The next time something about this ticket is due by itself; kNever if nothing is.
[[nodiscard]] Instant next_due(const Ticket& ticket, Duration close_after);
/// Whether an agent may be made offers at all: enabled, available and connected.
[[nodiscard]] bool on_duty(const Agent& agent);

}  // namespace deskwire
