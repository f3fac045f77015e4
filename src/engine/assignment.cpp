// SPDX-License-Identifier: Apache-2.0
// Assignments and what they do to capacity.
#include "engine/assignment.hpp"

#include <algorithm>

#include "engine/clocks.hpp"
#include "engine/offers.hpp"
#include "engine/routing.hpp"
#include "engine/state_index.hpp"

namespace deskwire {
namespace {

/// Load after adding `weight`, compared with what the agent is meant to carry.
bool exceeds(const Desk& desk, const Agent& agent, std::uint16_t weight) {
  return desk.state.load_percent(agent.id) + weight > agent.capacity_percent;
}

/// The agent who had the ticket is there to take it again.
bool takes_it_again(const Desk& desk, AgentId id) {
  const Agent* agent = desk.state.agent(id);
  return agent && agent->enabled && agent->presence != Presence::offline;
}

}  // namespace

std::vector<OfferId> live_offers(const Desk& desk, AgentId agent) {
  std::vector<OfferId> ids;
  const auto own = desk.state.index().agents.find(agent);
  if (own == desk.state.index().agents.end()) return ids;
  for (const auto& [offer, weight] : own->second.offers) ids.push_back(offer);
  return ids;
}

void accept(Desk& desk, const Offer& offer) {
  const TicketId ticket = offer.ticket;
  const AgentId agent = offer.agent;
  const std::uint16_t weight = offer.weight_percent;
  desk.emit(OfferAccepted{offer.id, ticket, agent, desk.now});
  desk.emit(TicketAssigned{ticket, agent, weight, false, desk.now});
}

void assign_by_hand(Desk& desk, TicketId id, AgentId to) {
  const Ticket& ticket = *desk.state.ticket(id);
  if (const Offer* offer = ticket.offer ? desk.state.offer(ticket.offer) : nullptr) {
    if (offer->agent == to && desk.now < offer->expires_at) return accept(desk, *offer);
    rescind(desk, offer->id, RescindCause::ticket_left_queue);
  }
  if (ticket.agent && ticket.agent != to) take_from_agent(desk, id);
  const std::uint16_t weight = desk.weight_of(ticket.channel);
  const bool manual = exceeds(desk, *desk.state.agent(to), weight);
  desk.emit(TicketAssigned{id, to, weight, manual, desk.now});
}

void take_from_agent(Desk& desk, TicketId id) {
  const Ticket& ticket = *desk.state.ticket(id);
  if (ticket.offer) rescind(desk, ticket.offer, RescindCause::ticket_left_queue);
  if (!ticket.agent) return;
  const AgentId agent = ticket.agent;
  desk.emit(TicketUnassigned{id, agent, desk.now});
  desk.freed_agents.push_back(agent);
}

void wake(Desk& desk, TicketId id, WakeCause cause) {
  const Ticket* ticket = desk.state.ticket(id);
  if (ticket && ticket->snoozed_until) desk.emit(TicketWoken{id, ticket->agent, cause, desk.now});
}

void reopen_for_customer(Desk& desk, TicketId id, Instant at) {
  const Ticket& ticket = *desk.state.ticket(id);
  const bool to_agent = ticket.agent && takes_it_again(desk, ticket.agent);
  const Verb verb = to_agent ? Verb::customer_message_to_agent : Verb::customer_message_to_queue;
  const auto to = next_state(ticket.state, verb, Party::customer);
  if (!to || *to == ticket.state) return;
  resume_clocks(desk, id);
  if (to_agent) {
    const std::uint16_t weight = desk.weight_of(ticket.channel);
    desk.emit(TicketAssigned{id, ticket.agent, weight, false, desk.now});
    return;
  }
  const AgentId last = ticket.last_agent;
  take_from_agent(desk, id);
  // The policy may have been replaced while the ticket was with its agent.
  const QueueId queue = existing_queue(desk, ticket.queue);
  enter_queue(desk, id,
              {.queue = queue,
               .rule = ticket.rule,
               .priority = ticket.priority,
               .required = required_now(desk, ticket, queue),
               .queued_at = at,
               .preferred = last});
}

}  // namespace deskwire
