// SPDX-License-Identifier: Apache-2.0
// Who asks, and what they may do to a ticket. Roles come from the engine's own agent rows, so a
// stale session cannot keep one.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// The agent who asks: known and enabled. Anyone else is refused.
[[nodiscard]] Result<const Agent*> acting_agent(const Desk& desk);
/// The asking agent as above, or null for the system itself; customers are refused.
[[nodiscard]] Result<const Agent*> agent_or_system(const Desk& desk);
/// The system or an admin.
[[nodiscard]] Outcome require_admin(const Desk& desk);
[[nodiscard]] Outcome require_system(const Desk& desk);
/// `agent` null stands for the system.
[[nodiscard]] Party party_of(const Agent* agent);

/// Supervisors and the system see every ticket, agents those of their queues and their own.
[[nodiscard]] bool sees(const Agent* agent, const Ticket& ticket);
/// May change it: the assignee, who sees it while nobody has it, supervisors, the system.
[[nodiscard]] bool may_change(const Agent* agent, const Ticket& ticket);

/// Finds an open ticket for a change by `agent`: no_such_ticket, ticket_closed or not_your_ticket.
/// A success with null means that rows are missing.
[[nodiscard]] Result<const Ticket*> ticket_to_change(Desk& desk, TicketId id, const Agent* agent);
[[nodiscard]] Result<const Ticket*> ticket_to_see(Desk& desk, TicketId id, const Agent* agent);

}  // namespace deskwire
