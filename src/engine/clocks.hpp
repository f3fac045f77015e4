// SPDX-License-Identifier: Apache-2.0
// SLA clocks (SEMANTICS §3). A verdict is computed at the stopping event from timestamps; the timer
// only tells people. A clock counts business time in stretches: `used` before `resumed_at`, then
// on.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// Starts the clocks of `sla` for this ticket's priority at `from`, the receipt of the message.
void start_clocks(Desk& desk, TicketId ticket, const SlaPolicy& sla, Instant from,
                  bool first_response);
/// The ticket waits for someone else (pending, on hold) or is resolved without an answer.
void pause_clocks(Desk& desk, TicketId ticket);
/// The ticket is ours again; a resolution that was met goes on from where it stopped.
void resume_clocks(Desk& desk, TicketId ticket);
/// The stopping event of `metric` happened now: met, or breached and stopped.
void stop_clock(Desk& desk, TicketId ticket, Metric metric);
/// The clock's state but for answers that may be taken back.
[[nodiscard]] ClockState state_under(const Clock& clock);
/// Its deadline has passed; so it stays, whatever changes later.
[[nodiscard]] bool is_overdue(const Desk& desk, const Clock& clock);
[[nodiscard]] const Clock* find_clock(const Ticket& ticket, Metric metric);
/// The reply of `replied_at` never arrived: if it was the one that met first response, that clock
/// runs again as if there had been none, towards its original deadline unless the target changed
/// since.
void reopen_first_response(Desk& desk, TicketId ticket, Instant replied_at);
/// Targets and deadlines of running and paused clocks for the ticket's priority under the policy in
/// force. Verdicts stay, and so does a clock for which the policy has no target any more.
void retarget_clocks(Desk& desk, TicketId ticket);

/// The nearest deadline that still waits for its stopping event, breached ones included: a late
/// ticket does not lose its place by being late. kNever without one.
[[nodiscard]] Instant nearest_deadline(const Ticket& ticket);

}  // namespace deskwire
