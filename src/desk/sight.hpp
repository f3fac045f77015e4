// SPDX-License-Identifier: Apache-2.0
// Who may see what, row by row: agents see tickets of their queues and those assigned to them,
// supervisors and admins see all. The same rule as the engine's own.
#pragma once
#include <vector>

#include "deskwire/domain/entities.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire {

class Sight {
 public:
  /// `agent` is the engine's row; null (unknown to the engine) sees nothing.
  explicit Sight(const Agent* agent);

  [[nodiscard]] bool all() const { return all_; }
  [[nodiscard]] bool sees_queue(QueueId queue) const;
  [[nodiscard]] bool sees(QueueId queue, AgentId assignee) const;
  [[nodiscard]] bool sees(const Ticket& ticket) const { return sees(ticket.queue, ticket.agent); }
  /// Shares a queue with `other`, or is that person.
  [[nodiscard]] bool sees_agent(const Agent& other) const;
  /// Whether both see the same queues.
  [[nodiscard]] bool sees_as(const Sight& other) const {
    return all_ == other.all_ && (all_ || queues_ == other.queues_);
  }
  void restrict(TicketFilter& filter) const;

 private:
  AgentId id_;
  bool all_ = false;
  std::vector<QueueId> queues_;  ///< Sorted.
};

}  // namespace deskwire
