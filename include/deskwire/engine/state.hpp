// SPDX-License-Identifier: Apache-2.0
// The engine's state: live rows by id, and indexes derived from them. Rows change through `evolve`
// alone, which keeps the indexes true; loads are always derived from rows, never counted separately
// in a way that can drift.
#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "deskwire/base/spread_map.hpp"
#include "deskwire/domain/entities.hpp"

namespace deskwire {

struct StateIndex;  // engine/state_index.hpp: waiting buckets, agents with room, timers

class State {
 public:
  State();
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// All but closed; closed ones from their closing until the store surely shows them.
  SpreadMap<TicketId, Ticket> tickets;
  std::unordered_map<AgentId, Agent> agents;
  /// Pending; ended ones until the batch that ended them is sealed.
  std::unordered_map<OfferId, Offer> offers;
  std::unordered_map<MessageId, OutboxItem> outbox;  ///< Queued or sending.
  SpreadMap<CustomerId, Customer> customers;         ///< At least those of live tickets.

  [[nodiscard]] const Ticket* ticket(TicketId id) const;
  [[nodiscard]] const Agent* agent(AgentId id) const;
  [[nodiscard]] const Offer* offer(OfferId id) const;
  [[nodiscard]] const OutboxItem* outbox_item(MessageId id) const;
  [[nodiscard]] const Customer* customer(CustomerId id) const;
  /// Sum of live assignments and live offers of an agent, in percent of one full agent.
  [[nodiscard]] std::uint32_t load_percent(AgentId id) const;
  /// Tickets in state `queued` in a queue, those with a live offer included.
  [[nodiscard]] std::uint32_t waiting(QueueId queue) const;

  /// Builds the indexes anew from the rows; needed after rows were put in without `evolve`.
  void reindex();
  [[nodiscard]] StateIndex& index() { return *index_; }
  [[nodiscard]] const StateIndex& index() const { return *index_; }

 private:
  std::unique_ptr<StateIndex> index_;
};

/// Whether two states hold the same live rows: open tickets, agents, pending offers, outbox items
/// and the customers of open tickets. What has ended may linger in one and be gone from the other.
[[nodiscard]] bool rows_equal(const State& a, const State& b);

}  // namespace deskwire
