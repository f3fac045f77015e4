// SPDX-License-Identifier: Apache-2.0
#include "storage/describe.hpp"

#include <set>

#include "codec/entity_codec.hpp"
#include "codec/event_codec.hpp"

namespace deskwire {
namespace {

void line(std::string& out, const char* what, const std::string& value) {
  out += what;
  out += ": ";
  out += value;
  out += '\n';
}

std::string number(std::uint64_t n) { return std::to_string(n); }

template <class Row>
void lines(std::string& out, const char* what, const std::vector<Row>& rows) {
  for (const Row& row : rows) line(out, what, encode_json(row));
}

void add_snapshot(std::string& out, Store& store) {
  const Snapshot snapshot = store.load_snapshot();
  line(out, "seq", number(snapshot.seq));
  line(out, "next",
       number(snapshot.next_ticket) + " " + number(snapshot.next_message) + " " +
           number(snapshot.next_offer) + " " + number(snapshot.next_customer));
  line(out, "last_now", std::to_string(snapshot.last_now.ms));
  lines(out, "open", snapshot.tickets);
  lines(out, "agent", snapshot.agents);
  lines(out, "pending", snapshot.offers);
  lines(out, "outbox", snapshot.outbox);
  lines(out, "customer of open", snapshot.customers);
  const NameIds names = store.load_names();
  for (const auto& [name, id] : names.ids)
    line(out, "name", name.first + "/" + name.second + "=" + number(id));
  for (const auto& [kind, next] : names.next) line(out, "next name", kind + "=" + number(next));
}

void add_blobs(std::string& out, Reader& reader, MessageId id, const MessageContent& content) {
  if (content.raw) line(out, "  raw", reader.raw_message(id).value_or("unknown"));
  for (const Attachment& attachment : content.attachments) {
    if (!attachment.blob_sha256.empty())
      line(out, "  blob", reader.blob(attachment.blob_sha256).value_or("unknown"));
  }
}

void add_ticket(std::string& out, Reader& reader, const TicketRow& row) {
  line(out, "ticket", encode_json(row.ticket));
  line(out, "  subject", row.subject + " of " + row.customer_name);
  for (const MessageRow& message : reader.messages(row.ticket.id, 0, 1000)) {
    line(out, "  message", describe(message));
    add_blobs(out, reader, message.message.id, message.content);
  }
  lines(out, "  offer", reader.offers(row.ticket.id));
  for (const JournalEntry& entry : reader.history(row.ticket.id, 0, 1000))
    line(out, "  history", number(entry.seq));
}

void add_customer(std::string& out, Reader& reader, CustomerId id) {
  if (const auto row = reader.customer(id)) line(out, "customer", encode_json(*row));
  for (const IdentityContent& one : reader.identities(id))
    line(out, "  identity", number(one.key.hi) + " " + one.kind + " " + one.value + " " + one.name);
  for (const TimelineRow& one : reader.timeline(id, {}, 1000))
    line(out, "  timeline",
         std::to_string(static_cast<int>(one.kind)) + " " + std::to_string(one.at.ms) + " " +
             number(one.ticket.value) + " " + number(one.message.value) + " " + one.text);
}

}  // namespace

std::string describe(const MessageRow& row) {
  std::string out = encode_json(row.message) + " " + row.content.subject + "|" + row.content.text +
                    "|" + row.content.html + "|" + encode_details(row.content);
  if (row.content.raw)
    out += "|" + row.content.raw->sha256 + " " + number(row.content.raw->size_bytes);
  return out;
}

std::string describe(const JournalEntry& entry) {
  return number(entry.seq) + " " + std::to_string(entry.at.ms) + " " +
         number(static_cast<std::uint64_t>(entry.actor.kind)) + " " +
         number(entry.actor.agent.value) + " " + entry.command + " " + encode_events(entry.events);
}

std::string describe(Store& store) {
  std::string out;
  add_snapshot(out, store);
  const auto reader = store.open_reader();
  for (const JournalEntry& entry : reader->journal(0, 10'000))
    line(out, "journal", describe(entry));
  std::set<CustomerId> customers;
  TicketFilter filter;
  filter.all_visible = true;
  filter.limit = 200;
  for (std::vector<TicketRow> page = reader->tickets(filter); !page.empty();
       page = reader->tickets(filter)) {
    for (const TicketRow& row : page) {
      add_ticket(out, *reader, row);
      customers.insert(row.ticket.customer);
    }
    filter.before = page.back().ticket.id;
  }
  for (const MessageRow& row : reader->machine_mail({}, 1000)) {
    line(out, "machine mail", describe(row));
    add_blobs(out, *reader, row.message.id, row.content);
  }
  for (const CustomerId id : customers) add_customer(out, *reader, id);
  for (const UserRow& user : reader->users()) line(out, "user", user.user + " " + user.name);
  return out;
}

}  // namespace deskwire
