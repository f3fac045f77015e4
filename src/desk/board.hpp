// SPDX-License-Identifier: Apache-2.0
// The live figures that people look at, as a fold of committed batches: what waits in which queue,
// who is here and how loaded. Costs O(log n) a changed ticket. Loop thread only.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "deskwire/engine/state.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire {

struct QueueFigures {
  QueueId queue;
  std::size_t waiting = 0;
  Instant oldest_at;    ///< Zero: nothing waits.
  Instant next_due_at;  ///< The nearest running deadline among those that wait; zero: none.
};

/// What one batch changed on the board. `before` is where each of its tickets was.
struct BoardChange {
  struct Place {
    TicketId ticket;
    QueueId queue;
    AgentId agent;
  };
  std::vector<Place> before;
  std::vector<QueueId> queues;
  std::vector<AgentId> agents;
};

class Board {
 public:
  /// `state` holds exactly what is durable: before the engine's first command.
  explicit Board(const State& state);

  /// Batches in the order of their commits.
  BoardChange apply(const Batch& batch);

  [[nodiscard]] QueueFigures queue(QueueId id) const;
  [[nodiscard]] const Agent* agent(AgentId id) const;
  [[nodiscard]] std::vector<AgentId> agents() const;  ///< By id.
  /// Live assignments and offers, in percent of one full agent.
  [[nodiscard]] std::uint32_t load_percent(AgentId id) const;
  /// The agent's pending offers, oldest first.
  [[nodiscard]] std::vector<Offer> offers_of(AgentId id) const;
  [[nodiscard]] const Offer* offer(OfferId id) const;
  [[nodiscard]] std::size_t tickets() const { return tickets_.size(); }

 private:
  /// What a live ticket adds to the figures.
  struct Share {
    TicketState state = TicketState::queued;
    QueueId queue;
    AgentId agent;
    Instant queued_at;
    Instant due_at;  ///< kNever without a running deadline.
    std::uint16_t weight_percent = 0;
    friend bool operator==(const Share&, const Share&) = default;
  };
  struct Line {
    std::set<std::pair<Instant, TicketId>> by_age;
    std::set<std::pair<Instant, TicketId>> by_due;
  };

  static Share share_of(const Ticket& ticket);
  void put_ticket(const Ticket& ticket, BoardChange& change);
  void put_offer(const Offer& offer, BoardChange& change);
  void add(TicketId id, const Share& share, BoardChange& change);
  void remove(TicketId id, const Share& share, BoardChange& change);

  std::unordered_map<TicketId, Share> tickets_;  ///< All but closed.
  std::unordered_map<QueueId, Line> lines_;
  std::map<AgentId, Agent> agents_;
  std::map<OfferId, Offer> offers_;  ///< Pending.
  std::unordered_map<AgentId, std::uint32_t> loads_;
};

}  // namespace deskwire
