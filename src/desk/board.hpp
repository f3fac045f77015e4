// SPDX-License-Identifier: Apache-2.0
// The live figures that people look at, as a fold of committed batches over the rows: what waits in
// which queue and will be late, what came and was answered today, who is here and how loaded. Costs
// O(log n) a changed ticket; what only time changes is brought up to date by `advance`. All of it
// is derived from the rows as they are, so a board made at a start is the one that was there
// before. Loop thread only.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "desk/figures.hpp"
#include "desk/tally.hpp"
#include "deskwire/engine/state.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire {

/// What a batch, or time, changed on the board. `before` is where each of the batch's tickets was.
struct BoardChange {
  struct Place {
    TicketId ticket;
    QueueId queue;
    AgentId agent;
  };
  std::vector<Place> before;
  std::vector<QueueId> queues;
  std::vector<AgentId> agents;
  bool risks = false;               ///< Which tickets are at risk, or why.
  std::vector<std::size_t> alerts;  ///< Raised or cleared; positions in the policy's list.
  [[nodiscard]] bool empty() const {
    return before.empty() && queues.empty() && agents.empty() && alerts.empty();
  }
};

/// The figures that open a list of the tickets they count.
enum class Figure : std::uint8_t {
  waiting,
  late,
  due_in_30m,
  at_risk,
  met,
  missed,
  answered,
  assigned
};

class Board {
 public:
  /// `state` holds exactly what is durable: before the engine's first command.
  Board(const State& state, PolicyPtr policy, Instant now);

  /// Batches in the order of their commits.
  BoardChange apply(const Batch& batch);
  /// Time goes on: slots and days begin, deadlines come near, waits are estimated anew.
  BoardChange advance(Instant now);
  /// When `advance` next has something to do.
  [[nodiscard]] Instant next_advance() const;
  /// Queues and what they promise may be others.
  BoardChange replace_policy(PolicyPtr policy);

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const PolicyPtr& policy() const { return policy_; }
  /// Grows with every change of a figure.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  [[nodiscard]] QueueFigures queue(QueueId id) const;
  [[nodiscard]] const Agent* agent(AgentId id) const;
  [[nodiscard]] std::vector<AgentId> agents() const;  ///< By id.
  [[nodiscard]] BurdenFigures burden(AgentId id) const;
  /// Live assignments and offers, in percent of one full agent.
  [[nodiscard]] std::uint32_t load_percent(AgentId id) const { return burden(id).load_percent; }
  [[nodiscard]] std::size_t at_risk(QueueId id) const;
  /// Of a queue, by deadline.
  [[nodiscard]] std::vector<Risk> risks(QueueId id) const;
  /// The agent's pending offers, oldest first.
  [[nodiscard]] std::vector<Offer> offers_of(AgentId id) const;
  [[nodiscard]] const Offer* offer(OfferId id) const;
  [[nodiscard]] std::size_t tickets() const { return tickets_.size(); }
  /// Those that wait in these queues, the nearest deadline first, then the oldest; from the place
  /// `skip` on.
  [[nodiscard]] std::vector<TicketId> line_up(const std::vector<QueueId>& queues, std::size_t skip,
                                              std::size_t limit) const;
  /// What a figure counts in a queue, the most urgent first; `agent` narrows it.
  [[nodiscard]] std::vector<TicketId> list(Figure figure, QueueId queue, AgentId agent) const;

 private:
  /// What a ticket adds to the figures.
  struct Share {
    TicketState state = TicketState::queued;
    QueueId queue;
    AgentId agent;
    Instant queued_at, assigned_at;
    Instant due_at;  ///< Of the nearest clock that is unmet; may have passed. kNever: none.
    std::int64_t rank = 0;
    std::uint16_t weight_percent = 0;
    Instant asked_at;
    QueueId asked_in;
    std::optional<Ending> ending;
    QueueId ended_in;
    friend bool operator==(const Share&, const Share&) = default;
  };
  using Due = std::pair<Instant, TicketId>;
  struct Line {
    std::set<std::pair<Instant, TicketId>> by_age;                 ///< Waiting, as all of these:
    std::set<Due> by_due;                                          ///< with a deadline,
    std::map<std::pair<std::int64_t, TicketId>, Instant> by_rank;  ///< in line, and the deadline.
    std::set<Due> late, soon, later;  ///< Waiting or assigned, split at now and where `kSoon` ends.
    std::map<Due, Risk> risks;
    Tally tally;
    std::optional<Pace> pace;
    Instant crossing = kNever;  ///< When the next ticket becomes a risk, if nothing else happens.
    bool dirty = true;          ///< `pace` and `risks` are of before the last change.
  };

  // board.cpp
  static Share share_of(const Ticket& ticket);
  void put_ticket(const Ticket& ticket, BoardChange& change);
  void put_offer(const Offer& offer, BoardChange& change);
  void add(TicketId id, const Share& share, BoardChange& change);
  void remove(TicketId id, const Share& share, BoardChange& change);
  void count(const Share& share, bool in, BoardChange& change);
  void load_shares(const State& state);
  Line& line_of(QueueId id);
  void finish(BoardChange& change);
  // board_time.cpp
  void move_dues(Line& line) const;
  bool look_ahead(Line& line, QueueId id) const;
  void begin_day(BoardChange& change);
  [[nodiscard]] bool anyone_there(QueueId id) const;

  PolicyPtr policy_;
  Instant now_, day_;
  Instant looked_at_;  ///< When waits were estimated last.
  std::uint64_t revision_ = 1;
  std::unordered_map<TicketId, Share> tickets_;  ///< All but closed.
  std::map<QueueId, Line> lines_;
  std::map<AgentId, Agent> agents_;
  std::map<OfferId, Offer> offers_;  ///< Pending.
  std::unordered_map<AgentId, BurdenFigures> burdens_;
};

}  // namespace deskwire
