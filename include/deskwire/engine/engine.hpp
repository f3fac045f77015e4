// SPDX-License-Identifier: Apache-2.0
// The pure, single-threaded engine: it takes a command, what was loaded for it and the time, emits
// events, and one fold
// (`evolve`) applies them. No I/O, clock, randomness or log. Validate, then emit: after the first
// emit nothing can fail.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "deskwire/domain/events.hpp"
#include "deskwire/domain/refusal.hpp"
#include "deskwire/engine/loaded.hpp"

namespace deskwire {

class State;  // engine/state.hpp: tickets, agents, offers, outbox by id, and derived indexes

/// Ids of rows that a command changed; the committer copies the rows when it seals a batch.
struct Touched {
  std::vector<TicketId> tickets;
  std::vector<AgentId> agents;
  std::vector<OfferId> offers;
  std::vector<CustomerId> customers;
  std::vector<MessageId>
      outbox;  ///< Outbox rows; one that is gone from the state is to be deleted.
};

struct Applied {
  enum class Kind : std::uint8_t { done, refused, need_more };
  Kind kind = Kind::done;
  Refusal refusal = Refusal::invalid_argument;  ///< With refused.
  Needs more;  ///< With need_more; nothing was emitted. At most 3 rounds a command.
  Receipt receipt;
  std::vector<Event> events;  ///< Empty: nothing to journal.
  Touched touched;
  std::vector<Message> messages;  ///< New rows, and outbound rows whose delivery changed.
  std::vector<KeyRow> keys;       ///< New keys.
  std::vector<IdentityContent>
      identities_seen;  ///< Clear forms to keep with `identity_customers[i]`.
  std::vector<CustomerId> identity_customers;
};

/// Answer to "why is this ticket where it is" from the state of now.
struct Explanation {
  TicketId ticket;
  QueueId queue;
  RuleId rule;
  std::uint64_t policy_version = 0;
  std::uint16_t step = 0;
  std::int64_t rank = 0;
  std::uint32_t place = 0;  ///< From 1 among the queue's waiting tickets; 0 when not waiting.
  std::vector<SkillLevel> required;
  std::vector<CandidateVerdict> agents;  ///< Every enabled agent.
};

class Engine {
 public:
  /// Restores the state from rows. `policy` is the one in force.
  Engine(PolicyPtr policy, Snapshot snapshot);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// What `command` surely needs from the store, given what is in memory already.
  [[nodiscard]] Needs needs(const Command& command) const;
  /// Decides and applies. `now` is made monotonic inside: max(now, last).
  [[nodiscard]] Applied apply(const Command& command, const Loaded& loaded, Instant now);
  /// The committer copied the rows touched so far: ended offers leave the state. Closed tickets
  /// stay until a load shows that the store has them.
  void sealed();
  /// When the next Tick has work; kNever if nothing is pending.
  [[nodiscard]] Instant next_wakeup() const;

  [[nodiscard]] const State& state() const;
  [[nodiscard]] const Policy& policy() const;
  [[nodiscard]] std::uint64_t head_seq()
      const;  ///< Sequence of the last emitting command (maybe not durable yet).
  [[nodiscard]] Result<Explanation> explain(TicketId ticket) const;
  /// Counters to persist with a batch.
  [[nodiscard]] Snapshot counters() const;  ///< Only the scalar fields are filled.

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deskwire
