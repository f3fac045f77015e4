// SPDX-License-Identifier: Apache-2.0
// The checks that every agent's command begins with.
#include "engine/actors.hpp"

#include <algorithm>

namespace deskwire {
namespace {

Result<const Ticket*> open_ticket(Desk& desk, TicketId id) {
  const Ticket* ticket = desk.find_ticket(id);
  if (desk.asks()) return nullptr;
  if (!ticket) return std::unexpected(Refusal::no_such_ticket);
  return ticket;
}

/// A ticket that is in the store alone was closed, whatever the row that was read says.
bool is_closed(const Desk& desk, const Ticket& ticket) {
  return ticket.state == TicketState::closed || !desk.state.ticket(ticket.id);
}

}  // namespace

Result<const Agent*> acting_agent(const Desk& desk) {
  if (desk.actor().kind != ActorKind::agent) return std::unexpected(Refusal::not_allowed);
  const Agent* agent = desk.state.agent(desk.actor().agent);
  if (!agent) return std::unexpected(Refusal::no_such_agent);
  if (!agent->enabled) return std::unexpected(Refusal::agent_disabled);
  return agent;
}

Result<const Agent*> agent_or_system(const Desk& desk) {
  if (desk.actor().kind == ActorKind::system) return nullptr;
  return acting_agent(desk);
}

Outcome require_admin(const Desk& desk) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  if (*agent && (*agent)->role != Role::admin) return std::unexpected(Refusal::not_allowed);
  return {};
}

Outcome require_system(const Desk& desk) {
  if (desk.actor().kind != ActorKind::system) return std::unexpected(Refusal::not_allowed);
  return {};
}

Party party_of(const Agent* agent) { return agent ? party_of(agent->role) : Party::system; }

bool sees(const Agent* agent, const Ticket& ticket) {
  return !agent || agent->role != Role::agent || ticket.agent == agent->id ||
         std::ranges::binary_search(agent->queues, ticket.queue);
}

bool may_change(const Agent* agent, const Ticket& ticket) {
  if (!agent || agent->role != Role::agent || ticket.agent == agent->id) return true;
  return !ticket.agent && sees(agent, ticket);
}

Result<const Ticket*> ticket_to_change(Desk& desk, TicketId id, const Agent* agent) {
  const auto ticket = open_ticket(desk, id);
  if (!ticket || !*ticket) return ticket;
  if (!may_change(agent, **ticket)) return std::unexpected(Refusal::not_your_ticket);
  if (is_closed(desk, **ticket)) return std::unexpected(Refusal::ticket_closed);
  return ticket;
}

Result<const Ticket*> ticket_to_see(Desk& desk, TicketId id, const Agent* agent) {
  const auto ticket = open_ticket(desk, id);
  if (!ticket || !*ticket) return ticket;
  if (!sees(agent, **ticket)) return std::unexpected(Refusal::not_your_ticket);
  if (is_closed(desk, **ticket)) return std::unexpected(Refusal::ticket_closed);
  return ticket;
}

}  // namespace deskwire
