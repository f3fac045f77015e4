// SPDX-License-Identifier: Apache-2.0
#include "desk/sight.hpp"

#include <algorithm>

namespace deskwire {

Sight::Sight(const Agent* agent) {
  if (agent == nullptr || !agent->enabled) return;
  id_ = agent->id;
  all_ = agent->role != Role::agent;
  queues_ = agent->queues;
}

bool Sight::sees_queue(QueueId queue) const {
  return all_ || std::ranges::binary_search(queues_, queue);
}

bool Sight::sees(QueueId queue, AgentId assignee) const {
  return sees_queue(queue) || (id_ && assignee == id_);
}

bool Sight::sees_agent(const Agent& other) const {
  return all_ || other.id == id_ ||
         std::ranges::any_of(other.queues, [this](QueueId q) { return sees_queue(q); });
}

void Sight::restrict(TicketFilter& filter) const {
  filter.all_visible = all_;
  filter.visible = queues_;
  filter.visible_to = id_;
}

}  // namespace deskwire
