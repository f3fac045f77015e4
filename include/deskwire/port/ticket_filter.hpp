// SPDX-License-Identifier: Apache-2.0
// What a filter asks of a ticket beyond its state, its place and whose it is.
#pragma once
#include <algorithm>

#include "deskwire/port/store.hpp"

namespace deskwire {

/// Whether answering it needs the whole ticket, and leaves closed ones out.
inline bool asks_details(const TicketFilter& filter) {
  return filter.priority || filter.due_before || !filter.tag.empty() || filter.snoozed;
}

inline bool fits_details(const TicketFilter& filter, const Ticket& ticket) {
  if (!asks_details(filter)) return true;
  if (ticket.state == TicketState::closed) return false;
  if (filter.priority && ticket.priority != *filter.priority) return false;
  if (!filter.tag.empty() && !std::ranges::binary_search(ticket.tags, filter.tag)) return false;
  if (filter.snoozed && bool(ticket.snoozed_until) != *filter.snoozed) return false;
  if (!filter.due_before) return true;
  // A clock that has run out is still due until someone meets it.
  return std::ranges::any_of(ticket.clocks, [&](const Clock& clock) {
    const bool unmet = clock.state == ClockState::running ||
                       (clock.state == ClockState::breached && !clock.stopped_at);
    return unmet && clock.due_at < filter.due_before;
  });
}

}  // namespace deskwire
