// SPDX-License-Identifier: Apache-2.0
#include "console/material.hpp"

#include <algorithm>
#include <utility>

namespace deskwire {

namespace asio = boost::asio;

namespace {

template <class Id>
void sort_unique(std::vector<Id>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

struct Missing {
  std::vector<TicketId> tickets;
  std::vector<MessageId> messages;
};

struct Found {
  std::vector<TicketRow> tickets;
  std::vector<MessageRow> messages;
};

/// A message that only changed its delivery brings its ticket along.
Found read_rows(Reader& reader, Missing missing) {
  Found out;
  sort_unique(missing.messages);
  for (const MessageId id : missing.messages) {
    auto row = reader.message(id);
    if (!row) continue;
    if (row->message.ticket) missing.tickets.push_back(row->message.ticket);
    out.messages.push_back(std::move(*row));
  }
  sort_unique(missing.tickets);
  if (!missing.tickets.empty()) out.tickets = reader.tickets_by_id(missing.tickets);
  return out;
}

}  // namespace

void TicketHeads::learn(const Batch& batch) {
  std::unordered_map<CustomerId, std::string> names;
  for (const IdentityRow& row : batch.identities) {
    auto [from, to] = by_customer_.equal_range(row.customer);
    // A known customer's name may have changed: it is read again when it is needed.
    for (; from != to; ++from) {
      const auto entry = entries_.find(from->second);
      if (entry == entries_.end()) continue;
      order_.erase(entry->second);
      entries_.erase(entry);
    }
    by_customer_.erase(row.customer);
    names[row.customer] = row.identity.name.empty() ? row.identity.value : row.identity.name;
  }
  std::unordered_map<TicketId, const Ticket*> tickets;
  for (const Ticket& ticket : batch.tickets) tickets.emplace(ticket.id, &ticket);
  std::unordered_map<CustomerId, bool> fresh;
  for (const JournalEntry& entry : batch.journal)
    for (const Event& event : entry.events)
      if (const auto* created = std::get_if<CustomerCreated>(&event))
        fresh[created->customer] = true;
  for (const ContentRow& row : batch.contents) {
    const auto ticket = tickets.find(row.ticket);
    if (!row.opens_ticket || ticket == tickets.end()) continue;
    const CustomerId customer = ticket->second->customer;
    const auto name = names.find(customer);
    // Only a new customer's one identity is sure to name them.
    if (!fresh.contains(customer) || name == names.end()) continue;
    put(row.ticket, customer, {.subject = row.content->subject, .customer_name = name->second});
  }
}

void TicketHeads::keep(const TicketRow& row) {
  put(row.ticket.id, row.ticket.customer,
      {.subject = row.subject, .customer_name = row.customer_name});
}

void TicketHeads::put(TicketId ticket, CustomerId customer, Head head) {
  if (const auto found = entries_.find(ticket); found != entries_.end()) {
    found->second->head = std::move(head);
    return;
  }
  if (entries_.size() >= capacity_) {
    const Entry& last = order_.back();
    auto [from, to] = by_customer_.equal_range(last.customer);
    const auto same =
        std::find_if(from, to, [&](const auto& e) { return e.second == last.ticket; });
    if (same != to) by_customer_.erase(same);
    entries_.erase(last.ticket);
    order_.pop_back();
  }
  order_.push_front({ticket, customer, std::move(head)});
  entries_[ticket] = order_.begin();
  by_customer_.emplace(customer, ticket);
}

const TicketHeads::Head* TicketHeads::find(TicketId id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return &found->second->head;
}

asio::awaitable<Material> gather_live(Workers& workers, TicketHeads& heads,
                                      std::shared_ptr<const Batch> batch,
                                      std::vector<Notice> notices) {
  std::unordered_map<TicketId, const Ticket*> tickets;
  for (const Ticket& ticket : batch->tickets) tickets.emplace(ticket.id, &ticket);
  std::unordered_map<MessageId, const Message*> messages;
  for (const Message& message : batch->messages) messages.emplace(message.id, &message);
  std::unordered_map<MessageId, const ContentRow*> contents;
  for (const ContentRow& row : batch->contents) contents.emplace(row.message, &row);

  Material out;
  Missing missing;
  for (const Notice& notice : notices) {
    if (notice.message && !out.messages.contains(notice.message)) {
      const auto message = messages.find(notice.message);
      const auto content = contents.find(notice.message);
      if (message != messages.end() && content != contents.end())
        out.messages[notice.message] = {*message->second, *content->second->content};
      else
        missing.messages.push_back(notice.message);
    }
    if (!notice.ticket || out.tickets.contains(notice.ticket)) continue;
    const auto ticket = tickets.find(notice.ticket);
    const TicketHeads::Head* head = heads.find(notice.ticket);
    if (ticket != tickets.end() && head != nullptr)
      out.tickets[notice.ticket] = {*ticket->second, head->subject, head->customer_name};
    else
      missing.tickets.push_back(notice.ticket);
  }
  if (missing.tickets.empty() && missing.messages.empty()) co_return out;
  auto job = [missing = std::move(missing)](Reader& reader) { return read_rows(reader, missing); };
  Found found = co_await workers.read(std::move(job));
  for (TicketRow& row : found.tickets) {
    heads.keep(row);
    // The event speaks of the row as this batch left it, not of what came after.
    if (const auto own = tickets.find(row.ticket.id); own != tickets.end())
      row.ticket = *own->second;
    out.tickets.emplace(row.ticket.id, std::move(row));
  }
  for (MessageRow& row : found.messages) out.messages.emplace(row.message.id, std::move(row));
  co_return out;
}

asio::awaitable<Material> gather_stored(Workers& workers, std::vector<Notice> notices) {
  Missing missing;
  for (const Notice& notice : notices) {
    if (notice.message) missing.messages.push_back(notice.message);
    if (notice.ticket) missing.tickets.push_back(notice.ticket);
  }
  auto job = [missing = std::move(missing)](Reader& reader) { return read_rows(reader, missing); };
  Found found = co_await workers.read(std::move(job));
  Material out;
  for (TicketRow& row : found.tickets) out.tickets.emplace(row.ticket.id, std::move(row));
  for (MessageRow& row : found.messages) out.messages.emplace(row.message.id, std::move(row));
  co_return out;
}

}  // namespace deskwire
