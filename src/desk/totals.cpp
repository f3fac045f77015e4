// SPDX-License-Identifier: Apache-2.0
#include "desk/totals.hpp"

#include <algorithm>

namespace deskwire {

std::vector<QueueFigures> queues_seen(const Board& board, const Sight& sight) {
  std::vector<QueueFigures> out;
  for (const Queue& queue : board.policy()->queues)
    if (sight.sees_queue(queue.id)) out.push_back(board.queue(queue.id));
  return out;
}

bool takes_tickets(const Agent& agent) {
  return agent.enabled && agent.capacity_percent > 0 && !agent.queues.empty();
}

/// Of the channels that the desk has.
std::uint32_t lightest_weight(const Policy& policy) {
  std::uint32_t least = policy.channels.empty() ? 1 : ~0U;
  for (const ChannelPolicy& channel : policy.channels)
    least = std::min<std::uint32_t>(
        least, policy.weight_percent.at(static_cast<std::size_t>(channel.channel)));
  return std::max(least, 1U);
}

bool is_free(const Board& board, const Agent& agent) {
  return agent.presence == Presence::available && takes_tickets(agent) &&
         board.load_percent(agent.id) + lightest_weight(*board.policy()) <= agent.capacity_percent;
}

TotalFigures totals_of(const Board& board, const Sight& sight) {
  TotalFigures out;
  for (const QueueFigures& queue : queues_seen(board, sight)) {
    out.waiting += queue.waiting;
    if (queue.oldest_at && (!out.oldest_at || queue.oldest_at < out.oldest_at))
      out.oldest_at = queue.oldest_at;
    out.late += queue.late;
    out.due_soon += queue.due_soon;
    out.at_risk += queue.at_risk;
    out.met += queue.level.met;
    out.total += queue.level.total;
  }
  for (const AgentId id : board.agents()) {
    const Agent& agent = *board.agent(id);
    if (!takes_tickets(agent) || !sight.sees_agent(agent)) continue;
    if (agent.presence == Presence::offline) continue;
    ++out.agents_on;
    if (is_free(board, agent)) ++out.agents_free;
  }
  return out;
}

std::vector<Risk> risks_seen(const Board& board, const Sight& sight, std::size_t most) {
  std::vector<Risk> out;
  for (const Queue& queue : board.policy()->queues) {
    if (!sight.sees_queue(queue.id)) continue;
    const std::vector<Risk> more = board.risks(queue.id);
    out.insert(out.end(), more.begin(), more.end());
  }
  std::ranges::sort(out, {}, [](const Risk& r) { return std::pair(r.due_at, r.ticket); });
  if (out.size() > most) out.resize(most);
  return out;
}

}  // namespace deskwire
