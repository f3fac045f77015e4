// SPDX-License-Identifier: Apache-2.0
// Who has a ticket: assigned by an accepted offer or by hand, given back, taken again.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] std::vector<OfferId> live_offers(const Desk& desk, AgentId agent);

/// The live offer becomes an assignment of the same weight.
void accept(Desk& desk, const Offer& offer);
/// Assigns by hand; beyond the agent's capacity it is marked manual. A live offer to the same agent
/// is accepted by it, one to another is taken back. An assignee loses the ticket.
void assign_by_hand(Desk& desk, TicketId ticket, AgentId agent);
/// Takes the ticket out of the line or from its agent, before it goes somewhere else.
void take_from_agent(Desk& desk, TicketId ticket);
/// A waiting customer is back: to the agent who had it, if present, beyond capacity if need be;
/// else to the queue, with the last agent preferred. `at` is when the customer wrote.
void reopen_for_customer(Desk& desk, TicketId ticket, Instant at);
/// A snooze is over; nothing where there is none.
void wake(Desk& desk, TicketId ticket, WakeCause cause);

}  // namespace deskwire
