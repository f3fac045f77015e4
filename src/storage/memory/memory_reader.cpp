// SPDX-License-Identifier: Apache-2.0
#include "storage/memory/memory_reader.hpp"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string_view>
#include <tuple>
#include <variant>

#include "deskwire/domain/history.hpp"
#include "deskwire/port/ticket_filter.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kExcerptBytes = 200;

template <class Map, class Id>
auto find_row(const Map& rows, const Id& id) -> std::optional<typename Map::mapped_type> {
  auto found = rows.find(id);
  if (found == rows.end()) return std::nullopt;
  return found->second;
}

bool passes(const TicketFilter& filter, const Ticket& ticket) {
  if (filter.state && ticket.state != *filter.state) return false;
  if (filter.queue && ticket.queue != filter.queue) return false;
  if (filter.customer && ticket.customer != filter.customer) return false;
  if (filter.agent && ticket.agent != filter.agent) return false;
  if (!fits_details(filter, ticket)) return false;
  if (filter.all_visible) return true;
  if (filter.visible_to && ticket.agent == filter.visible_to) return true;
  return std::ranges::find(filter.visible, ticket.queue) != filter.visible.end();
}

/// The beginning of a text, never cutting a UTF-8 character in two.
std::string excerpt(const std::string& text) {
  if (text.size() <= kExcerptBytes) return text;
  std::size_t end = kExcerptBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

/// Newest first; of those at the same instant the one written later comes first.
void newest_first(std::vector<TimelineRow>& rows) {
  std::ranges::sort(rows, std::ranges::greater(), [](const TimelineRow& row) {
    return std::tuple(row.at, row.message, row.ticket, row.kind, std::string_view(row.text));
  });
}

}  // namespace

Loaded MemoryReader::load(const Needs& needs) {
  std::scoped_lock lock(image_->mutex);
  Loaded out;
  out.as_of = image_->counters.seq;
  out.asked = needs;
  std::vector<CustomerId> customers = needs.customers;
  for (const auto& id : needs.keys) {
    auto found = image_->keys.find(id);
    if (found == image_->keys.end()) continue;
    out.keys.push_back(found->second);
    if (id.first == KeyKind::identity) customers.push_back(found->second.customer);
  }
  for (TicketId id : needs.tickets) {
    if (auto row = find_row(image_->tickets, id)) out.tickets.push_back(std::move(*row));
  }
  std::ranges::sort(customers);
  customers.erase(std::ranges::unique(customers).begin(), customers.end());
  for (CustomerId id : customers) {
    if (auto row = find_row(image_->customers, id)) out.customers.push_back(*row);
  }
  for (MessageId id : needs.messages) {
    if (auto row = find_row(image_->messages, id)) out.messages.push_back(std::move(*row));
  }
  return out;
}

std::string MemoryReader::customer_name(CustomerId id) const {
  auto found = image_->identities.find(id);
  if (found == image_->identities.end() || found->second.empty()) return {};
  for (const IdentityContent& identity : found->second) {
    if (!identity.name.empty()) return identity.name;
  }
  return found->second.front().value;
}

TicketRow MemoryReader::row_of(const Ticket& ticket) const {
  auto subject = image_->subjects.find(ticket.id);
  return {.ticket = ticket,
          .subject = subject == image_->subjects.end() ? std::string() : subject->second,
          .customer_name = customer_name(ticket.customer)};
}

MessageRow MemoryReader::row_of(const Message& message) const {
  MessageRow row{.message = message, .content = {}};
  auto found = image_->contents.find(message.id);
  if (found == image_->contents.end()) return row;
  row.content = *found->second;
  row.content.blobs.clear();
  if (row.content.raw) {
    row.content.raw = std::make_shared<const Blob>(Blob{.sha256 = row.content.raw->sha256,
                                                        .size_bytes = row.content.raw->size_bytes,
                                                        .compressed = {}});
  }
  return row;
}

std::vector<TicketRow> MemoryReader::tickets(const TicketFilter& filter) {
  std::scoped_lock lock(image_->mutex);
  const std::size_t limit = std::clamp<std::size_t>(filter.limit, 1, 200);
  auto end = filter.before ? image_->tickets.lower_bound(filter.before) : image_->tickets.end();
  std::vector<TicketRow> out;
  for (auto it = std::make_reverse_iterator(end); it != image_->tickets.rend(); ++it) {
    if (out.size() == limit) break;
    if (passes(filter, it->second)) out.push_back(row_of(it->second));
  }
  return out;
}

std::optional<TicketRow> MemoryReader::ticket(TicketId id) {
  std::scoped_lock lock(image_->mutex);
  auto found = image_->tickets.find(id);
  if (found == image_->tickets.end()) return std::nullopt;
  return row_of(found->second);
}

std::vector<TicketRow> MemoryReader::tickets_by_id(const std::vector<TicketId>& ids) {
  std::scoped_lock lock(image_->mutex);
  std::vector<TicketRow> out;
  for (TicketId id : ids) {
    if (auto found = image_->tickets.find(id); found != image_->tickets.end())
      out.push_back(row_of(found->second));
  }
  return out;
}

std::vector<MessageRow> MemoryReader::messages(TicketId ticket, std::uint32_t after_seq,
                                               std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<MessageRow> out;
  auto found = image_->messages_by_ticket.find(ticket);
  if (!ticket || found == image_->messages_by_ticket.end()) return out;
  for (const auto& [seq, id] : found->second) {
    if (out.size() >= limit) break;
    if (seq > after_seq) out.push_back(row_of(image_->messages.at(id)));
  }
  return out;
}

std::optional<MessageRow> MemoryReader::message(MessageId id) {
  std::scoped_lock lock(image_->mutex);
  auto found = image_->messages.find(id);
  if (found == image_->messages.end()) return std::nullopt;
  return row_of(found->second);
}

std::vector<MessageRow> MemoryReader::machine_mail(MessageId before, std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<MessageRow> out;
  auto found = image_->messages_by_ticket.find(TicketId{});
  if (found == image_->messages_by_ticket.end()) return out;
  std::vector<MessageId> ids;
  for (const auto& [seq, id] : found->second) {
    if (!before || id < before) ids.push_back(id);
  }
  std::ranges::sort(ids, std::greater<>());
  for (MessageId id : ids | std::views::take(limit)) out.push_back(row_of(image_->messages.at(id)));
  return out;
}

std::optional<Customer> MemoryReader::customer(CustomerId id) {
  std::scoped_lock lock(image_->mutex);
  return find_row(image_->customers, id);
}

std::vector<IdentityContent> MemoryReader::identities(CustomerId id) {
  std::scoped_lock lock(image_->mutex);
  return find_row(image_->identities, id).value_or(std::vector<IdentityContent>{});
}

void MemoryReader::add_messages(TicketId ticket, Instant before,
                                std::vector<TimelineRow>& out) const {
  auto found = image_->messages_by_ticket.find(ticket);
  if (found == image_->messages_by_ticket.end()) return;
  for (const auto& [seq, id] : found->second) {
    const Message& message = image_->messages.at(id);
    if (before && message.at >= before) continue;
    auto content = image_->contents.find(id);
    out.push_back(
        {.kind = TimelineRow::Kind::message,
         .at = message.at,
         .ticket = ticket,
         .message = id,
         .text = content == image_->contents.end() ? std::string() : excerpt(content->second->text),
         .direction = message.direction,
         .author_kind = message.author_kind,
         .author = message.author});
  }
}

void MemoryReader::add_events(CustomerId customer, Instant before,
                              std::vector<TimelineRow>& out) const {
  for (const JournalEntry& entry : image_->journal) {
    for (const Event& event : entry.events) {
      const auto* change = std::get_if<TicketStateChanged>(&event);
      if (!change || change->from == change->to || (before && change->at >= before)) continue;
      auto ticket = image_->tickets.find(change->ticket);
      if (ticket == image_->tickets.end() || ticket->second.customer != customer) continue;
      out.push_back(
          {.kind = TimelineRow::Kind::event,
           .at = change->at,
           .ticket = change->ticket,
           .message = {},
           .text = std::string(name(change->from)) + " to " + std::string(name(change->to))});
    }
  }
}

std::vector<TimelineRow> MemoryReader::timeline(CustomerId id, Instant before,
                                                std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<TimelineRow> out;
  auto tickets = image_->tickets_by_customer.find(id);
  if (tickets == image_->tickets_by_customer.end()) return out;
  for (TicketId ticket_id : tickets->second) {
    const Ticket& ticket = image_->tickets.at(ticket_id);
    add_messages(ticket_id, before, out);
    if (before && ticket.created_at >= before) continue;
    out.push_back({.kind = TimelineRow::Kind::ticket,
                   .at = ticket.created_at,
                   .ticket = ticket_id,
                   .message = {},
                   .text = row_of(ticket).subject});
  }
  add_events(id, before, out);
  newest_first(out);
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::optional<std::string> MemoryReader::blob(const std::string& sha256) {
  std::shared_ptr<const std::string> bytes;
  {
    std::scoped_lock lock(image_->mutex);
    auto found = image_->blobs.find(sha256);
    if (found == image_->blobs.end()) return std::nullopt;
    bytes = found->second;
  }
  if (blob_name(*bytes) != sha256)
    throw StoreError(StoreError::Kind::corrupt, "blob " + sha256 + " does not match its name");
  return *bytes;
}

std::optional<std::string> MemoryReader::raw_message(MessageId id) {
  const auto row = message(id);
  return row && row->content.raw ? blob(row->content.raw->sha256) : std::nullopt;
}

std::vector<JournalEntry> MemoryReader::journal(std::uint64_t after_seq, std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  auto from = std::ranges::upper_bound(image_->journal, after_seq, {}, &JournalEntry::seq);
  auto left = static_cast<std::size_t>(image_->journal.end() - from);
  auto n = static_cast<std::ptrdiff_t>(std::min<std::size_t>(limit, left));
  return {from, from + n};
}

std::vector<JournalEntry> MemoryReader::history(TicketId ticket, std::uint64_t before_seq,
                                                std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<JournalEntry> out;
  const auto tells = [&](const Event& event) { return told_in_history(event) == ticket; };
  for (const JournalEntry& entry : image_->journal | std::views::reverse) {
    if (out.size() == limit) break;
    if (before_seq != 0 && entry.seq >= before_seq) continue;
    if (entry.events.size() <= kToldEvents && std::ranges::any_of(entry.events, tells))
      out.push_back(entry);
  }
  return out;
}

std::vector<Offer> MemoryReader::offers(TicketId ticket) {
  std::scoped_lock lock(image_->mutex);
  std::vector<Offer> out;
  auto found = image_->offers_by_ticket.find(ticket);
  if (found == image_->offers_by_ticket.end()) return out;
  for (OfferId id : found->second | std::views::reverse) out.push_back(image_->offers.at(id));
  return out;
}

std::vector<UserRow> MemoryReader::users() {
  std::scoped_lock lock(image_->mutex);
  std::vector<UserRow> out;
  for (const auto& [id, user] : image_->users) out.push_back(user);
  return out;
}

std::optional<UserRow> MemoryReader::user(const std::string& name) {
  std::scoped_lock lock(image_->mutex);
  for (const auto& [id, user] : image_->users) {
    if (user.user == name) return user;
  }
  return std::nullopt;
}

std::optional<SessionRow> MemoryReader::session(const std::string& token_hash) {
  std::scoped_lock lock(image_->mutex);
  return find_row(image_->sessions, token_hash);
}

std::vector<SessionRow> MemoryReader::sessions(AgentId user, std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<SessionRow> out;
  for (const auto& [hash, row] : image_->sessions)
    if (!user || row.user == user) out.push_back(row);
  std::ranges::sort(out, std::ranges::greater(), [](const SessionRow& row) {
    return std::pair(row.last_seen_at, std::string_view(row.token_hash));
  });
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::vector<OutboxItem> MemoryReader::outbox(MessageId after, std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<OutboxItem> out;
  for (const auto& [id, item] : image_->outbox)
    if (id > after) out.push_back(item);
  std::ranges::sort(out, {}, &OutboxItem::message);
  if (out.size() > limit) out.resize(limit);
  return out;
}

std::optional<UploadRow> MemoryReader::upload(std::uint64_t id) {
  std::scoped_lock lock(image_->mutex);
  return find_row(image_->uploads, id);
}

std::vector<DraftRow> MemoryReader::drafts(AgentId user, TicketId ticket) {
  std::scoped_lock lock(image_->mutex);
  std::vector<DraftRow> out;
  for (const DraftKind kind : {DraftKind::reply, DraftKind::note})
    if (auto row = find_row(image_->drafts, MemoryImage::DraftId(user, ticket, kind)))
      out.push_back(std::move(*row));
  return out;
}

std::optional<Record> MemoryReader::record(const std::string& kind, const std::string& key) {
  std::scoped_lock lock(image_->mutex);
  return find_row(image_->records, std::pair(kind, key));
}

std::vector<Record> MemoryReader::records(const std::string& kind, Instant before,
                                          std::uint32_t limit) {
  std::scoped_lock lock(image_->mutex);
  std::vector<Record> out;
  for (const auto& [id, row] : image_->records)
    if (row.kind == kind && (!before || row.at < before)) out.push_back(row);
  std::ranges::sort(out, std::ranges::greater(),
                    [](const Record& row) { return std::pair(row.at, row.key); });
  if (out.size() > limit) out.resize(limit);
  return out;
}

}  // namespace deskwire
