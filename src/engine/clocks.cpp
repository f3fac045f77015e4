// SPDX-License-Identifier: Apache-2.0
// Stretches of business time, added up.
#include "engine/clocks.hpp"

#include <algorithm>

#include "engine/held_answers.hpp"

namespace deskwire {
namespace {

Instant deadline(const Desk& desk, CalendarId id, Instant start, Duration amount) {
  const Calendar* calendar = id ? desk.policy().calendar(id) : nullptr;
  return calendar ? calendar->deadline(start, amount) : start + amount;
}

Duration elapsed(const Desk& desk, CalendarId id, Instant from, Instant to) {
  const Calendar* calendar = id ? desk.policy().calendar(id) : nullptr;
  if (calendar) return calendar->elapsed(from, to);
  return std::max(Duration{}, to - from);
}

/// Deadline and warning of the stretch that began at `resumed_at`.
void derive(const Desk& desk, Clock& clock) {
  const Duration left = std::max(Duration{}, clock.target - clock.used);
  clock.due_at = deadline(desk, clock.calendar, clock.resumed_at, left);
  clock.warn_at = kNever;
  const SlaPolicy* sla = desk.policy().sla(clock.sla);
  if (!sla || sla->warn_percent == 0 || sla->warn_percent >= 100) return;
  // Rounded up: never warned before the share is used.
  const Duration share{(clock.target.ms * sla->warn_percent + 99) / 100};
  const Duration until_warning = share - clock.used;
  const Instant at = until_warning > Duration{}
                         ? deadline(desk, clock.calendar, clock.resumed_at, until_warning)
                         : clock.resumed_at;
  if (at < clock.due_at) clock.warn_at = at;
}

const SlaTarget* target_of(const SlaPolicy& sla, Metric metric) {
  const auto found = std::ranges::find(sla.targets, metric, &SlaTarget::metric);
  return found == sla.targets.end() ? nullptr : &*found;
}

Duration target_for(const SlaPolicy& sla, Metric metric, Priority priority) {
  const SlaTarget* target = target_of(sla, metric);
  return target ? target->by_priority.at(static_cast<std::size_t>(priority)) : Duration{};
}

/// Takes over what the policy in force grants at the ticket's priority. Without a target there the
/// clock keeps the one it has.
void adopt_target(const Desk& desk, TicketId ticket, Clock& clock) {
  const SlaPolicy* sla = desk.policy().sla(clock.sla);
  if (!sla) return;
  const Duration target = target_for(*sla, clock.metric, desk.state.ticket(ticket)->priority);
  if (target <= Duration{}) return;
  clock.target = target;
  clock.calendar = sla->calendar;
}

void set_state_under(Clock& clock, ClockState state) {
  (clock.state == ClockState::answered ? clock.under : clock.state) = state;
}

/// True when the deadline has passed unmet; says so as an event the first time. An answer that may
/// be taken back keeps it from being said.
bool is_late(Desk& desk, TicketId ticket, const Clock& clock) {
  if (!is_overdue(desk, clock)) return false;
  if (clock.state == ClockState::running)
    desk.emit(SlaBreached{ticket, clock.metric, clock.due_at, desk.now});
  return true;
}

void pause(Desk& desk, TicketId ticket, Clock clock) {
  if (state_under(clock) != ClockState::running || is_late(desk, ticket, clock)) return;
  clock.used = clock.used + elapsed(desk, clock.calendar, clock.resumed_at, desk.now);
  clock.resumed_at = desk.now;
  set_state_under(clock, ClockState::paused);
  desk.emit(ClockChanged{ticket, clock});
}

void resume(Desk& desk, TicketId ticket, Clock clock) {
  if (clock.state == ClockState::met && clock.metric == Metric::resolution) {
    clock.used = clock.used + elapsed(desk, clock.calendar, clock.resumed_at, clock.stopped_at);
    clock.stopped_at = {};
    // Priority and policy may have changed since it was met.
    adopt_target(desk, ticket, clock);
  } else if (state_under(clock) != ClockState::paused) {
    return;
  }
  set_state_under(clock, ClockState::running);
  clock.resumed_at = desk.now;
  derive(desk, clock);
  desk.emit(ClockChanged{ticket, clock});
}

bool waits_for_others(TicketState state) {
  return state == TicketState::pending || state == TicketState::on_hold ||
         state == TicketState::resolved;
}

}  // namespace

ClockState state_under(const Clock& clock) {
  return clock.state == ClockState::answered ? clock.under : clock.state;
}

bool is_overdue(const Desk& desk, const Clock& clock) {
  const ClockState state = state_under(clock);
  return state == ClockState::breached ||
         (state == ClockState::running && clock.due_at <= desk.now);
}

const Clock* find_clock(const Ticket& ticket, Metric metric) {
  const auto found = std::ranges::find(ticket.clocks, metric, &Clock::metric);
  return found == ticket.clocks.end() ? nullptr : &*found;
}

void start_clocks(Desk& desk, TicketId ticket, const SlaPolicy& sla, Instant from,
                  bool first_response) {
  const Priority priority = desk.state.ticket(ticket)->priority;
  for (const SlaTarget& target : sla.targets) {
    if (target.metric == Metric::first_response && !first_response) continue;
    const Duration amount = target_for(sla, target.metric, priority);
    if (amount <= Duration{}) continue;
    if (find_clock(*desk.state.ticket(ticket), target.metric)) continue;
    Clock clock{.metric = target.metric,
                .state = ClockState::running,
                .sla = sla.id,
                .calendar = sla.calendar,
                .target = amount,
                .started_at = from,
                .resumed_at = from,
                .used = {},
                .due_at = {},
                .warn_at = kNever,
                .warned = false,
                .stopped_at = {},
                .sent_at = {}};
    derive(desk, clock);
    desk.emit(ClockStarted{ticket, clock});
  }
}

void pause_clocks(Desk& desk, TicketId ticket) {
  const std::vector<Clock> clocks = desk.state.ticket(ticket)->clocks;
  for (const Clock& clock : clocks) pause(desk, ticket, clock);
}

void resume_clocks(Desk& desk, TicketId ticket) {
  const std::vector<Clock> clocks = desk.state.ticket(ticket)->clocks;
  for (const Clock& clock : clocks) resume(desk, ticket, clock);
}

void stop_clock(Desk& desk, TicketId ticket, Metric metric) {
  const Clock* found = find_clock(*desk.state.ticket(ticket), metric);
  if (!found || found->state == ClockState::met) return;
  if (found->state == ClockState::answered)
    return answer_for_sure(desk, ticket, *found, desk.now, is_overdue(desk, *found));
  if (found->stopped_at) return;
  Clock clock = *found;
  if (is_late(desk, ticket, clock)) {
    clock.state = ClockState::breached;
  } else {
    // A paused stretch has been added to `used` already; an empty one follows it.
    if (clock.state == ClockState::paused) clock.resumed_at = desk.now;
    clock.state = ClockState::met;
  }
  clock.stopped_at = desk.now;
  desk.emit(ClockChanged{ticket, clock});
}

void reopen_first_response(Desk& desk, TicketId ticket, Instant replied_at) {
  const Ticket* row = desk.state.ticket(ticket);
  if (!row || row->state == TicketState::closed) return;
  const Clock* found = find_clock(*row, Metric::first_response);
  if (!found || found->state == ClockState::answered || found->stopped_at != replied_at) return;
  Clock clock = *found;
  clock.stopped_at = {};
  if (clock.state == ClockState::met) {
    clock.state = ClockState::running;
    adopt_target(desk, ticket, clock);
    derive(desk, clock);
  }
  desk.emit(ClockChanged{ticket, clock});
  if (waits_for_others(row->state)) pause(desk, ticket, clock);
}

void retarget_clocks(Desk& desk, TicketId ticket) {
  const std::vector<Clock> clocks = desk.state.ticket(ticket)->clocks;
  for (const Clock& old : clocks) {
    const ClockState state = state_under(old);
    if (state != ClockState::running && state != ClockState::paused) continue;
    if (is_late(desk, ticket, old)) continue;
    Clock clock = old;
    adopt_target(desk, ticket, clock);
    if (state == ClockState::running) derive(desk, clock);
    if (clock != old) desk.emit(ClockChanged{ticket, clock});
  }
}

Instant nearest_deadline(const Ticket& ticket) {
  Instant due = kNever;
  for (const Clock& clock : ticket.clocks)
    if (unmet(clock)) due = std::min(due, clock.due_at);
  return due;
}

}  // namespace deskwire
