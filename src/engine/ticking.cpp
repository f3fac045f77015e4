// SPDX-License-Identifier: Apache-2.0
// Fires what is due, in the order in which it was due.
#include <algorithm>

#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/offers.hpp"
#include "engine/presence.hpp"
#include "engine/state_index.hpp"
#include "engine/upkeep.hpp"

namespace deskwire {
namespace {

/// One tick stays short; `next_wakeup` is in the past while more is due, so the next one follows.
constexpr std::size_t kDuePerTick = 1024;

/// One thing of the ticket itself: the end of a preference or a snooze, a warning, a deadline, its
/// closing.
void fire_one(Desk& desk, const Ticket& ticket, Instant at) {
  if (waits(ticket) && ticket.preferred && ticket.preferred_until == at) {
    desk.emit(PreferenceEnded{ticket.id});
    desk.unmatched_tickets.push_back(ticket.id);
    return;
  }
  if (ticket.snoozed_until == at) return wake(desk, ticket.id, WakeCause::time);
  for (const Clock& clock : ticket.clocks) {
    if (clock.state != ClockState::running) continue;
    if (!clock.warned && clock.warn_at == at)
      return desk.emit(SlaWarned{ticket.id, clock.metric, clock.due_at, desk.now});
    if (clock.due_at == at)
      return desk.emit(SlaBreached{ticket.id, clock.metric, clock.due_at, desk.now});
  }
  if (ticket.state == TicketState::resolved)
    desk.emit(TicketStateChanged{ticket.id, ticket.state, TicketState::closed, {}, desk.now});
}

/// All that is due at one instant: two clocks may share it, and the ticket has one timer.
void fire_ticket(Desk& desk, TicketId id, Instant at) {
  const Ticket* ticket = desk.state.ticket(id);
  while (ticket && next_due(*ticket, desk.policy().close_after) == at) {
    fire_one(desk, *ticket, at);
    ticket = desk.state.ticket(id);
  }
}

/// Nothing is written: the agent may be offered the ticket again, and is if there is room.
void fire_exclusion(Desk& desk, const Due& due) {
  StateIndex& index = desk.state.index();
  index.fired_until = std::max(index.fired_until, due.at);
  std::erase(index.agents[{due.agent}].excluded, TicketId{due.id});
  desk.freed_agents.push_back({due.agent});
}

void fire_offer(Desk& desk, const Offer& offer) {
  const AgentId id = offer.agent;
  const Agent* agent = desk.state.agent(id);
  const bool connected = agent && agent->connected;
  expire(desk, offer.id, connected ? OfferEnd::ignored : OfferEnd::connection_lost);
  if (connected) send_away_if_missing(desk, id);
}

void fire(Desk& desk, const Due& due) {
  switch (due.kind) {
    case DueKind::ticket:
      return fire_ticket(desk, {due.id}, due.at);
    case DueKind::exclusion:
      return fire_exclusion(desk, due);
    case DueKind::offer:
      if (const Offer* offer = desk.state.offer({due.id})) fire_offer(desk, *offer);
      return;
    case DueKind::agent:
      if (desk.state.agent({due.id})) end_grace(desk, {due.id});
      return;
  }
}

}  // namespace

Outcome decide(Desk& desk, const Tick&) {
  if (const Outcome may = require_system(desk); !may) return may;
  auto& due = desk.state.index().due;
  for (std::size_t i = 0; i < kDuePerTick && !due.empty() && due.front().at <= desk.now; ++i) {
    const Due next = due.front();
    fire(desk, next);
    // Rows re-arm themselves; what only had to be looked at is done with.
    due.erase(next);
  }
  return {};
}

}  // namespace deskwire
