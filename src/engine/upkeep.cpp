// SPDX-License-Identifier: Apache-2.0
// Steps of the clock, restarts and new policies. Rows are walked in the order of their ids, so that
// the same journal gives the same ids everywhere.
#include "engine/upkeep.hpp"

#include <algorithm>

#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/clocks.hpp"
#include "engine/offers.hpp"
#include "engine/routing.hpp"
#include "engine/state_index.hpp"

namespace deskwire {
namespace {

template <class Map>
std::vector<typename Map::key_type> sorted_ids(const Map& rows) {
  std::vector<typename Map::key_type> ids;
  ids.reserve(rows.size());
  for (const auto& [id, row] : rows) ids.push_back(id);
  std::ranges::sort(ids);
  return ids;
}

void requeue(Desk& desk, const Ticket& ticket, Entry entry) {
  if (ticket.offer) rescind(desk, ticket.offer, RescindCause::policy_changed);
  enter_queue(desk, ticket.id, std::move(entry));
}

/// Where a waiting ticket stands under the policy in force.
void rederive_place(Desk& desk, const Ticket& ticket) {
  const QueueId queue = existing_queue(desk, ticket.queue);
  std::vector<SkillLevel> required = required_now(desk, ticket, queue);
  if (queue == ticket.queue && required == ticket.required) return rerank(desk, ticket.id);
  requeue(desk, ticket,
          {.queue = queue,
           .rule = ticket.rule,
           .priority = ticket.priority,
           .required = std::move(required),
           .queued_at = ticket.queued_at,
           .preferred = {}});
}

/// Deadlines of running clocks, requirements and ranks; what has a verdict keeps it.
void rederive(Desk& desk) {
  for (TicketId id : sorted_ids(desk.state.tickets)) {
    const Ticket& ticket = *desk.state.ticket(id);
    if (ticket.state == TicketState::closed) continue;
    retarget_clocks(desk, id);
    if (ticket.state == TicketState::queued) rederive_place(desk, ticket);
  }
  for (AgentId id : sorted_ids(desk.state.agents)) desk.freed_agents.push_back(id);
}

bool leads_somewhere(const Policy& policy, QueueId queue) {
  if (policy.queue(queue)) return true;
  const auto move = std::ranges::find(policy.moves, queue, &QueueMove::from);
  return move != policy.moves.end() && policy.queue(move->to);
}

/// The daemon was down: a console that was connected has some time to come back.
void grant_grace(Desk& desk, const Agent& agent) {
  if (!agent.connected && !agent.grace_until) return;
  const bool present = agent.presence != Presence::offline;
  const Instant grace = present ? desk.now + desk.policy().connection_grace : Instant{};
  desk.emit(AgentConnectionChanged{agent.id, false, grace, desk.now});
}

}  // namespace

Outcome decide(Desk& desk, const ReplacePolicy& command) {
  if (const Outcome may = require_admin(desk); !may) return may;
  if (!command.policy) return std::unexpected(Refusal::invalid_argument);
  for (const auto& [id, queue] : desk.state.index().queues)
    if (queue.waiting > 0 && !leads_somewhere(*command.policy, id))
      return std::unexpected(Refusal::queue_not_empty);
  desk.replace_policy(command.policy);
  desk.emit(PolicyReplaced{command.policy->version, desk.now});
  rederive(desk);
  return {};
}

Outcome decide(Desk& desk, const Restarted&) {
  if (const Outcome may = require_system(desk); !may) return may;
  desk.emit(DaemonRestarted{desk.now});
  for (OfferId id : sorted_ids(desk.state.offers)) {
    const Offer& offer = *desk.state.offer(id);
    if (offer.end != OfferEnd::pending || offer.expires_at > desk.now) continue;
    desk.unmatched_tickets.push_back(offer.ticket);
    rescind(desk, id, RescindCause::restart);
  }
  for (AgentId id : sorted_ids(desk.state.agents)) grant_grace(desk, *desk.state.agent(id));
  // The configuration may have changed while the daemon was down.
  rederive(desk);
  return {};
}

Outcome decide(Desk& desk, const ClockStepped& command) {
  if (const Outcome may = require_system(desk); !may) return may;
  if (command.by <= Duration{}) return std::unexpected(Refusal::invalid_argument);
  desk.emit(ClockStepNoted{command.by, desk.now});
  for (OfferId id : sorted_ids(desk.state.offers)) {
    const Offer& offer = *desk.state.offer(id);
    if (offer.end == OfferEnd::pending) desk.emit(OfferMoved{id, offer.expires_at + command.by});
  }
  for (AgentId id : sorted_ids(desk.state.agents)) {
    const Instant grace = desk.state.agent(id)->grace_until;
    if (grace) desk.emit(AgentConnectionChanged{id, false, grace + command.by, desk.now});
  }
  return {};
}

}  // namespace deskwire
