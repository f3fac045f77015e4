// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ticket_lists.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "deskwire/port/ticket_filter.hpp"
#include "storage/sqlite/rows.hpp"

namespace deskwire::sqlite {
namespace {

/// Every run gives these columns.
std::string run_of(const std::string& where) {
  return "SELECT id, state, queue, customer, agent FROM tickets WHERE " + where +
         " ORDER BY id DESC";
}

bool is_visible(const TicketFilter& filter, QueueId queue, AgentId agent) {
  if (filter.all_visible) return true;
  if (filter.visible_to && agent == filter.visible_to) return true;
  return std::ranges::find(filter.visible, queue) != filter.visible.end();
}

bool passes(const TicketFilter& filter, const Rows& row) {
  const auto state = enum_in<TicketState>(row, 1, "tickets");
  const auto queue = row.id<QueueId>(2);
  const auto customer = row.id<CustomerId>(3);
  const auto agent = row.id<AgentId>(4);
  if (filter.state && state != *filter.state) return false;
  if (filter.queue && queue != filter.queue) return false;
  if (filter.customer && customer != filter.customer) return false;
  if (filter.agent && agent != filter.agent) return false;
  return is_visible(filter, queue, agent);
}

std::vector<TicketState> states_of(const TicketFilter& filter) {
  if (filter.state) return {*filter.state};
  std::vector<TicketState> all;
  for (std::size_t i = 0; i < count_of<TicketState>(); ++i) {
    const auto state = static_cast<TicketState>(i);
    if (state != TicketState::closed || !asks_details(filter)) all.push_back(state);
  }
  return all;
}

}  // namespace

struct TicketLists::Search {
  const TicketFilter& filter;
  std::size_t limit;
  std::int64_t below;
  std::vector<TicketState> states;
  std::vector<TicketId> found;
};

TicketLists::TicketLists(const Database& database)
    : by_queue_(database, run_of("queue = ?1 AND state = ?2 AND id < ?3")),
      by_agent_(database, run_of("agent = ?1 AND agent <> 0 AND state = ?2 AND id < ?3")),
      by_customer_(database, run_of("customer = ?1 AND customer <> 0 AND id < ?2")),
      by_id_(database, run_of("id < ?1")),
      whole_(database, "SELECT row FROM tickets WHERE id = ?"),
      next_queue_(database, "SELECT min(queue) FROM tickets WHERE queue > ?") {}

void TicketLists::add_run(Search& search, Rows rows) {
  std::size_t taken = 0;
  while (taken < search.limit && rows.next()) {
    if (!passes(search.filter, rows)) continue;
    if (asks_details(search.filter) && !fits(search.filter, rows.id<TicketId>(0))) continue;
    search.found.push_back(rows.id<TicketId>(0));
    ++taken;
  }
}

bool TicketLists::fits(const TicketFilter& filter, TicketId id) {
  Rows rows = whole_.rows(id);
  return rows.next() && fits_details(filter, entity_in<Ticket>(rows, 0, "tickets"));
}

void TicketLists::add_queue(Search& search, QueueId queue) {
  for (const TicketState state : search.states)
    add_run(search, by_queue_.rows(queue, state, search.below));
}

void TicketLists::add_agent(Search& search, AgentId agent) {
  for (const TicketState state : search.states)
    add_run(search, by_agent_.rows(agent, state, search.below));
}

/// A step in the index for each queue that has tickets.
std::vector<QueueId> TicketLists::all_queues() {
  std::vector<QueueId> queues;
  for (std::int64_t last = -1;;) {
    Rows rows = next_queue_.rows(last);
    if (!rows.next() || rows.is_null(0)) return queues;
    last = rows.integer(0);
    queues.push_back(rows.id<QueueId>(0));
  }
}

std::vector<TicketId> TicketLists::find(const TicketFilter& filter) {
  Search search{.filter = filter,
                .limit = std::clamp<std::size_t>(filter.limit, 1, 200),
                .below = filter.before ? static_cast<std::int64_t>(filter.before.value)
                                       : std::numeric_limits<std::int64_t>::max(),
                .states = states_of(filter),
                .found = {}};
  if (filter.customer) {
    add_run(search, by_customer_.rows(filter.customer, search.below));
  } else if (filter.agent) {
    add_agent(search, filter.agent);
  } else if (filter.all_visible && !filter.queue && !filter.state && !asks_details(filter)) {
    add_run(search, by_id_.rows(search.below));
  } else {
    std::vector<QueueId> queues = filter.all_visible ? all_queues() : filter.visible;
    if (filter.queue) std::erase_if(queues, [&](QueueId q) { return q != filter.queue; });
    std::ranges::sort(queues);
    queues.erase(std::ranges::unique(queues).begin(), queues.end());
    for (const QueueId queue : queues) add_queue(search, queue);
    if (!filter.all_visible && filter.visible_to) add_agent(search, filter.visible_to);
  }
  std::vector<TicketId>& found = search.found;
  std::ranges::sort(found, std::greater<>());
  found.erase(std::ranges::unique(found).begin(), found.end());
  if (found.size() > search.limit) found.resize(search.limit);
  return found;
}

}  // namespace deskwire::sqlite
