// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/snapshot.hpp"

#include <algorithm>
#include <vector>

#include "storage/sqlite/rows.hpp"

namespace deskwire::sqlite {
namespace {

void read_counters(Database& database, Snapshot& out) {
  Statement statement(database,
                      "SELECT seq, next_ticket, next_message, next_offer, next_customer, last_now "
                      "FROM counters");
  Rows rows = statement.rows();
  if (!rows.next()) throw StoreError(StoreError::Kind::corrupt, "the database has no counters");
  out.seq = rows.number<std::uint64_t>(0);
  out.next_ticket = rows.number<std::uint64_t>(1);
  out.next_message = rows.number<std::uint64_t>(2);
  out.next_offer = rows.number<std::uint64_t>(3);
  out.next_customer = rows.number<std::uint64_t>(4);
  out.last_now = rows.instant(5);
}

/// The first column of every row, as entities.
template <class Entity>
std::vector<Entity> read_all(Database& database, std::string_view table, std::string_view sql) {
  Statement statement(database, sql);
  std::vector<Entity> out;
  for (Rows rows = statement.rows(); rows.next();) out.push_back(entity_in<Entity>(rows, 0, table));
  return out;
}

/// Open tickets are a small part of a large table: the index by queue finds them.
std::vector<Ticket> read_open_tickets(Database& database) {
  Statement next_queue(database, "SELECT min(queue) FROM tickets WHERE queue > ?");
  Statement of_queue(database, "SELECT row FROM tickets WHERE queue = ? AND state < ?");
  std::vector<Ticket> out;
  for (std::int64_t queue = -1;;) {
    {
      Rows rows = next_queue.rows(queue);
      if (!rows.next() || rows.is_null(0)) break;
      queue = rows.integer(0);
    }
    for (Rows rows = of_queue.rows(queue, TicketState::closed); rows.next();)
      out.push_back(entity_in<Ticket>(rows, 0, "tickets"));
  }
  std::ranges::sort(out, {}, &Ticket::id);
  return out;
}

std::vector<Customer> read_customers_of(Database& database, const std::vector<Ticket>& tickets) {
  std::vector<CustomerId> ids;
  ids.reserve(tickets.size());
  for (const Ticket& ticket : tickets) ids.push_back(ticket.customer);
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  Statement statement(database, "SELECT row FROM customers WHERE id = ?");
  std::vector<Customer> out;
  out.reserve(ids.size());
  for (const CustomerId id : ids) {
    if (Rows rows = statement.rows(id); rows.next())
      out.push_back(entity_in<Customer>(rows, 0, "customers"));
  }
  return out;
}

}  // namespace

Snapshot read_snapshot(Database& database) {
  const Transaction transaction(database, Transaction::Kind::read);
  static_assert(static_cast<int>(TicketState::closed) + 1 == count_of<TicketState>());
  Snapshot out;
  read_counters(database, out);
  out.tickets = read_open_tickets(database);
  out.agents = read_all<Agent>(database, "agents", "SELECT row FROM agents ORDER BY id");
  out.offers =
      read_all<Offer>(database, "offers", "SELECT row FROM offers WHERE pending = 1 ORDER BY id");
  out.outbox = read_all<OutboxItem>(database, "outbox", "SELECT row FROM outbox ORDER BY message");
  out.customers = read_customers_of(database, out.tickets);
  return out;
}

NameIds read_names(Database& database) {
  NameIds out;
  Statement statement(database, "SELECT kind, name, id FROM names");
  for (Rows rows = statement.rows(); rows.next();) {
    const auto id = rows.number<std::uint64_t>(2);
    std::uint64_t& next = out.next[rows.text(0)];
    next = std::max(next, id + 1);
    out.ids.emplace(std::pair(rows.text(0), rows.text(1)), id);
  }
  return out;
}

}  // namespace deskwire::sqlite
