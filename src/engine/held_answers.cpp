// SPDX-License-Identifier: Apache-2.0
#include "engine/held_answers.hpp"

#include "engine/clocks.hpp"

namespace deskwire {
namespace {

constexpr auto kMetric = Metric::first_response;

const Clock* answered_clock(const Desk& desk, TicketId id) {
  const Ticket* ticket = desk.state.ticket(id);
  const Clock* clock = ticket ? find_clock(*ticket, kMetric) : nullptr;
  return clock && clock->state == ClockState::answered ? clock : nullptr;
}

/// The first of the ticket's other answers that are held. Rare enough for a look at each.
const OutboxItem* next_held(const Desk& desk, TicketId ticket) {
  const OutboxItem* next = nullptr;
  for (const auto& [id, item] : desk.state.outbox) {
    if (item.ticket != ticket || !is_held(item)) continue;
    if (!next || item.created_at < next->created_at ||
        (item.created_at == next->created_at && item.message < next->message))
      next = &item;
  }
  return next;
}

void say_breach(Desk& desk, TicketId ticket, Clock& clock) {
  if (clock.under != ClockState::breached)
    desk.emit(SlaBreached{ticket, kMetric, clock.due_at, desk.now});
  clock.under = ClockState::breached;
}

/// The answer of `stopped_at` counts for good.
void settle(Clock& clock, Instant now) {
  const bool breached = clock.under == ClockState::breached;
  if (clock.under == ClockState::paused) clock.resumed_at = now;
  clock.state = breached ? ClockState::breached : ClockState::met;
  clock.under = ClockState::running;
  clock.sent_at = {};
}

}  // namespace

bool answers_late(const Desk& desk, TicketId ticket) {
  const Clock* clock = find_clock(*desk.state.ticket(ticket), kMetric);
  return clock && is_overdue(desk, *clock);
}

void hold_answer(Desk& desk, TicketId ticket) {
  const Clock* found = find_clock(*desk.state.ticket(ticket), kMetric);
  if (!found || found->stopped_at) return;
  Clock clock = *found;
  if (clock.state == ClockState::running && is_overdue(desk, clock)) {
    desk.emit(SlaBreached{ticket, kMetric, clock.due_at, desk.now});
    clock.state = ClockState::breached;
  }
  clock.under = clock.state;
  clock.state = ClockState::answered;
  clock.stopped_at = desk.now;
  clock.sent_at = {};
  desk.emit(ClockChanged{ticket, clock});
}

void answer_for_sure(Desk& desk, TicketId ticket, Clock clock, Instant at, bool late) {
  if (clock.sent_at && clock.sent_at <= at) return;
  clock.sent_at = at;
  if (!late && clock.under != ClockState::met) {
    if (clock.under == ClockState::paused) clock.resumed_at = desk.now;
    clock.under = ClockState::met;
  }
  desk.emit(ClockChanged{ticket, clock});
}

void let_go(Desk& desk, const OutboxItem& answer) {
  const Clock* found = answered_clock(desk, answer.ticket);
  if (!found) return;
  if (found->stopped_at != answer.created_at)
    return answer_for_sure(desk, answer.ticket, *found, answer.created_at, answer.late);
  Clock clock = *found;
  settle(clock, desk.now);
  desk.emit(ClockChanged{answer.ticket, clock});
}

void take_back(Desk& desk, const OutboxItem& answer) {
  const Clock* found = answered_clock(desk, answer.ticket);
  if (!found || found->stopped_at != answer.created_at) return;
  Clock clock = *found;
  const OutboxItem* next = next_held(desk, answer.ticket);
  if (next && (!clock.sent_at || next->created_at < clock.sent_at)) {
    clock.stopped_at = next->created_at;
    if (next->late) say_breach(desk, answer.ticket, clock);
  } else if (clock.sent_at) {
    // What was in time says so by `under`.
    if (clock.under != ClockState::met) say_breach(desk, answer.ticket, clock);
    clock.stopped_at = clock.sent_at;
    settle(clock, desk.now);
  } else {
    clock.stopped_at = {};
    clock.state = clock.under;
    clock.under = ClockState::running;
  }
  desk.emit(ClockChanged{answer.ticket, clock});
}

}  // namespace deskwire
