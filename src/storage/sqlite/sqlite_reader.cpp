// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "codec/event_codec.hpp"
#include "storage/sqlite/rows.hpp"

namespace deskwire::sqlite {
namespace {

/// Journal pages are for feeds and audits; more than this at once is not worth the memory.
constexpr std::uint32_t kMaxJournalRows = 10'000;

/// A message with its content, as message_rows() expects it.
std::string messages_where(const std::string& rest) {
  return "SELECT m.row, c.subject, c.text, c.html, c.details, c.raw, c.raw_bytes FROM messages m "
         "LEFT JOIN contents c ON c.message = m.id WHERE " +
         rest;
}

constexpr const char* kSessionColumns =
    "SELECT token_hash, user, created_at, expires_at, last_seen_at, device, network FROM sessions";
constexpr const char* kUserColumns =
    "SELECT id, user, name, role, password_hash, enabled, created_at FROM users";

Actor actor_in(const Rows& rows) {
  const std::int64_t kind = rows.integer(2);
  if (kind < 0 || kind > static_cast<std::int64_t>(ActorKind::customer))
    throw StoreError(StoreError::Kind::corrupt,
                     "the database is damaged at journal: unknown actor");
  return {.kind = static_cast<ActorKind>(kind), .agent = rows.id<AgentId>(3)};
}

SessionRow session_in(const Rows& rows) {
  return {.token_hash = rows.text(0),
          .user = rows.id<AgentId>(1),
          .created_at = rows.instant(2),
          .expires_at = rows.instant(3),
          .last_seen_at = rows.instant(4),
          .device = rows.text(5),
          .network = rows.text(6)};
}

UserRow user_in(const Rows& rows) {
  return {.id = rows.id<AgentId>(0),
          .user = rows.text(1),
          .name = rows.text(2),
          .role = enum_in<Role>(rows, 3, "users"),
          .password_hash = rows.text(4),
          .enabled = rows.integer(5) != 0,
          .created_at = rows.instant(6)};
}

MessageRow message_in(const Rows& rows) {
  MessageRow out;
  out.message = entity_in<Message>(rows, 0, "messages");
  if (rows.is_null(1)) return out;  // It came without content.
  out.content.subject = rows.text(1);
  out.content.text = rows.text(2);
  out.content.html = rows.text(3);
  reading("contents", [&] { decode_details(rows.bytes(4), out.content); });
  if (!rows.is_null(5)) {
    auto raw = std::make_shared<Blob>();
    raw->sha256 = to_hex(rows.bytes(5));
    raw->size_bytes = rows.number<std::uint64_t>(6);
    out.content.raw = std::move(raw);
  }
  return out;
}

std::vector<JournalEntry> entries_in(Rows rows) {
  std::vector<JournalEntry> out;
  while (rows.next())
    out.push_back({.seq = rows.number<std::uint64_t>(0),
                   .at = rows.instant(1),
                   .actor = actor_in(rows),
                   .command = rows.text(4),
                   .events = reading("journal", [&] { return decode_events(rows.bytes(5)); })});
  return out;
}

Record record_in(const Rows& rows) {
  return {.kind = rows.text(0),
          .key = rows.text(1),
          .at = rows.instant(2),
          .expires_at = rows.is_null(3) ? kNever : rows.instant(3),
          .value = rows.text(4)};
}

}  // namespace

SqliteReader::SqliteReader(const std::filesystem::path& file, const std::string& vfs,
                           std::shared_ptr<const BlobFiles> blobs)
    : database_(file, Database::Mode::read, vfs),
      blobs_(std::move(blobs)),
      lists_(database_),
      timeline_(database_),
      seq_(database_, "SELECT seq FROM counters"),
      key_(database_,
           "SELECT ticket, message, customer, message_seq, expires_at FROM keys "
           "WHERE kind = ? AND key = ?"),
      ticket_(database_, "SELECT row FROM tickets WHERE id = ?"),
      subject_(database_, "SELECT row, subject FROM tickets WHERE id = ?"),
      customer_(database_, "SELECT row FROM customers WHERE id = ?"),
      identities_(database_,
                  "SELECT key, kind, value, name FROM identities WHERE customer = ? "
                  "ORDER BY since, key"),
      message_(database_, "SELECT row FROM messages WHERE id = ?"),
      message_row_(database_, messages_where("m.id = ?")),
      messages_(database_, messages_where("m.ticket = ?1 AND m.ticket <> 0 AND m.seq > ?2 "
                                          "ORDER BY m.seq, m.id LIMIT ?3")),
      machine_mail_(database_,
                    messages_where("m.ticket = 0 AND m.id < ?1 ORDER BY m.id DESC LIMIT ?2")),
      blob_(database_, "SELECT bytes, data FROM blobs WHERE sha256 = ?"),
      raw_(database_, "SELECT raw, raw_bytes, raw_data FROM contents WHERE message = ?"),
      journal_(database_,
               "SELECT seq, at, actor_kind, actor, command, events FROM journal "
               "WHERE seq > ?1 ORDER BY seq LIMIT ?2"),
      history_(database_,
               "SELECT seq, at, actor_kind, actor, command, events FROM journal WHERE seq IN "
               "(SELECT DISTINCT seq FROM history WHERE ticket = ?1 AND seq < ?2 "
               "ORDER BY seq DESC LIMIT ?3) ORDER BY seq DESC"),
      offers_(database_, "SELECT row FROM offers WHERE ticket = ? ORDER BY id DESC"),
      users_(database_, std::string(kUserColumns) + " ORDER BY id"),
      user_(database_, std::string(kUserColumns) + " WHERE user = ?"),
      session_(database_, std::string(kSessionColumns) + " WHERE token_hash = ?"),
      sessions_(
          database_,
          std::string(kSessionColumns) +
              " WHERE ?1 = 0 OR user = ?1 ORDER BY last_seen_at DESC, token_hash DESC LIMIT ?2"),
      outbox_(database_, "SELECT row FROM outbox WHERE message > ?1 ORDER BY message LIMIT ?2"),
      upload_(database_,
              "SELECT id, user, name, type, bytes, sha256, created_at FROM uploads WHERE id = ?"),
      drafts_(database_,
              "SELECT kind, base_seq, saved_at, text FROM drafts WHERE ticket = ? AND user = ? "
              "ORDER BY kind"),
      record_(database_,
              "SELECT kind, key, at, expires_at, value FROM records WHERE kind = ? AND key = ?"),
      records_(database_,
               "SELECT kind, key, at, expires_at, value FROM records WHERE kind = ?1 AND at < ?2 "
               "ORDER BY at DESC, key DESC LIMIT ?3") {
  database_.execute("PRAGMA query_only = ON");
  database_.execute("PRAGMA cache_size = -8192");
}

Loaded SqliteReader::load(const Needs& needs) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Loaded out;
  out.asked = needs;
  if (Rows rows = seq_.rows(); rows.next()) out.as_of = rows.number<std::uint64_t>(0);
  std::vector<CustomerId> customers = needs.customers;
  for (const auto& [kind, key] : needs.keys) {
    std::optional<KeyRow> row = key_row(kind, key);
    if (!row) continue;
    if (kind == KeyKind::identity) customers.push_back(row->customer);
    out.keys.push_back(*row);
  }
  for (const TicketId id : needs.tickets) {
    if (Rows rows = ticket_.rows(id); rows.next())
      out.tickets.push_back(entity_in<Ticket>(rows, 0, "tickets"));
  }
  std::ranges::sort(customers);
  customers.erase(std::ranges::unique(customers).begin(), customers.end());
  for (const CustomerId id : customers) {
    if (const auto row = customer_row(id)) out.customers.push_back(*row);
  }
  for (const MessageId id : needs.messages) {
    if (Rows rows = message_.rows(id); rows.next())
      out.messages.push_back(entity_in<Message>(rows, 0, "messages"));
  }
  return out;
}

std::optional<KeyRow> SqliteReader::key_row(KeyKind kind, const Key& key) {
  Rows rows = key_.rows(kind, Bytes{key_bytes(key)});
  if (!rows.next()) return std::nullopt;
  return KeyRow{.kind = kind,
                .key = key,
                .ticket = rows.id<TicketId>(0),
                .message = rows.id<MessageId>(1),
                .customer = rows.id<CustomerId>(2),
                .expires_at = rows.is_null(4) ? kNever : rows.instant(4),
                .message_seq = rows.number<std::uint32_t>(3)};
}

std::vector<TicketRow> SqliteReader::tickets(const TicketFilter& filter) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return ticket_rows(lists_.find(filter));
}

std::optional<TicketRow> SqliteReader::ticket(TicketId id) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return ticket_row(id);
}

std::vector<TicketRow> SqliteReader::tickets_by_id(const std::vector<TicketId>& ids) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return ticket_rows(ids);
}

std::vector<TicketRow> SqliteReader::ticket_rows(const std::vector<TicketId>& ids) {
  std::vector<TicketRow> out;
  out.reserve(ids.size());
  for (const TicketId id : ids) {
    if (auto row = ticket_row(id)) out.push_back(std::move(*row));
  }
  return out;
}

std::optional<TicketRow> SqliteReader::ticket_row(TicketId id) {
  Rows rows = subject_.rows(id);
  if (!rows.next()) return std::nullopt;
  TicketRow out;
  out.ticket = entity_in<Ticket>(rows, 0, "tickets");
  out.subject = rows.text(1);
  out.customer_name = customer_name(out.ticket.customer);
  return out;
}

/// The first name that was seen, else the first address.
std::string SqliteReader::customer_name(CustomerId id) {
  std::string address;
  bool first = true;
  for (Rows rows = identities_.rows(id); rows.next(); first = false) {
    if (!rows.bytes(3).empty()) return rows.text(3);
    if (first) address = rows.text(2);
  }
  return address;
}

std::vector<MessageRow> SqliteReader::message_rows(Rows rows) {
  std::vector<MessageRow> out;
  while (rows.next()) out.push_back(message_in(rows));
  return out;
}

std::vector<MessageRow> SqliteReader::messages(TicketId ticket, std::uint32_t after_seq,
                                               std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return message_rows(messages_.rows(ticket, after_seq, limit));
}

std::optional<MessageRow> SqliteReader::message(MessageId id) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Rows rows = message_row_.rows(id);
  if (!rows.next()) return std::nullopt;
  return message_in(rows);
}

std::vector<MessageRow> SqliteReader::machine_mail(MessageId before, std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  const auto below =
      before ? static_cast<std::int64_t>(before.value) : std::numeric_limits<std::int64_t>::max();
  return message_rows(machine_mail_.rows(below, limit));
}

std::optional<Customer> SqliteReader::customer(CustomerId id) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return customer_row(id);
}

std::optional<Customer> SqliteReader::customer_row(CustomerId id) {
  Rows rows = customer_.rows(id);
  if (!rows.next()) return std::nullopt;
  return entity_in<Customer>(rows, 0, "customers");
}

std::vector<IdentityContent> SqliteReader::identities(CustomerId id) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<IdentityContent> out;
  for (Rows rows = identities_.rows(id); rows.next();)
    out.push_back({.key = key_from_bytes(rows.bytes(0)),
                   .kind = rows.text(1),
                   .value = rows.text(2),
                   .name = rows.text(3)});
  return out;
}

std::vector<TimelineRow> SqliteReader::timeline(CustomerId id, Instant before,
                                                std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return timeline_.read(id, before, limit);
}

std::optional<std::string> SqliteReader::blob(const std::string& name) {
  const std::optional<std::string> hash = from_hex(name);
  if (!hash || hash->size() != 32) return std::nullopt;
  StoredBlob blob;
  blob.hash = *hash;
  {
    const Transaction transaction(database_, Transaction::Kind::read);
    Rows rows = blob_.rows(Bytes{*hash});
    if (!rows.next()) return std::nullopt;
    blob.size_bytes = rows.number<std::uint64_t>(0);
    if (!rows.is_null(1)) blob.compressed = rows.text(1);
  }
  return bytes_of(std::move(blob));
}

std::optional<std::string> SqliteReader::raw_message(MessageId id) {
  StoredBlob blob;
  {
    const Transaction transaction(database_, Transaction::Kind::read);
    Rows rows = raw_.rows(id);
    if (!rows.next() || rows.is_null(0)) return std::nullopt;
    blob.hash = rows.text(0);
    blob.size_bytes = rows.number<std::uint64_t>(1);
    if (!rows.is_null(2)) blob.compressed = rows.text(2);
  }
  return bytes_of(std::move(blob));
}

std::string SqliteReader::bytes_of(StoredBlob blob) const {
  const std::string name = to_hex(blob.hash);
  if (!blob.compressed) blob.compressed = blobs_->read_compressed(name);
  if (!blob.compressed)
    throw StoreError(StoreError::Kind::corrupt, "the file of blob " + name + " is missing");
  std::string bytes = decompress(*blob.compressed, blob.size_bytes);
  if (sha256(bytes) != blob.hash)
    throw StoreError(StoreError::Kind::corrupt, "blob " + name + " does not match its name");
  return bytes;
}

std::vector<JournalEntry> SqliteReader::journal(std::uint64_t after_seq, std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  return entries_in(journal_.rows(after_seq, std::min(limit, kMaxJournalRows)));
}

std::vector<JournalEntry> SqliteReader::history(TicketId ticket, std::uint64_t before_seq,
                                                std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  constexpr auto kNewest = std::numeric_limits<std::int64_t>::max();
  const std::int64_t before = before_seq == 0 ? kNewest : static_cast<std::int64_t>(before_seq);
  return entries_in(history_.rows(ticket, before, std::min(limit, kMaxJournalRows)));
}

std::vector<Offer> SqliteReader::offers(TicketId ticket) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<Offer> out;
  for (Rows rows = offers_.rows(ticket); rows.next();)
    out.push_back(entity_in<Offer>(rows, 0, "offers"));
  return out;
}

std::vector<UserRow> SqliteReader::users() {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<UserRow> out;
  for (Rows rows = users_.rows(); rows.next();) out.push_back(user_in(rows));
  return out;
}

std::optional<UserRow> SqliteReader::user(const std::string& name) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Rows rows = user_.rows(name);
  if (!rows.next()) return std::nullopt;
  return user_in(rows);
}

std::optional<SessionRow> SqliteReader::session(const std::string& token_hash) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Rows rows = session_.rows(token_hash);
  if (!rows.next()) return std::nullopt;
  return session_in(rows);
}

std::vector<SessionRow> SqliteReader::sessions(AgentId user, std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<SessionRow> out;
  for (Rows rows = sessions_.rows(user, limit); rows.next();) out.push_back(session_in(rows));
  return out;
}

std::vector<OutboxItem> SqliteReader::outbox(MessageId after, std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<OutboxItem> out;
  for (Rows rows = outbox_.rows(after, limit); rows.next();)
    out.push_back(entity_in<OutboxItem>(rows, 0, "outbox"));
  return out;
}

std::optional<UploadRow> SqliteReader::upload(std::uint64_t id) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Rows rows = upload_.rows(id);
  if (!rows.next()) return std::nullopt;
  return UploadRow{.id = rows.number<std::uint64_t>(0),
                   .user = rows.id<AgentId>(1),
                   .name = rows.text(2),
                   .type = rows.text(3),
                   .size_bytes = rows.number<std::uint64_t>(4),
                   .blob_sha256 = to_hex(rows.bytes(5)),
                   .created_at = rows.instant(6)};
}

std::vector<DraftRow> SqliteReader::drafts(AgentId user, TicketId ticket) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<DraftRow> out;
  for (Rows rows = drafts_.rows(ticket, user); rows.next();)
    out.push_back({.ticket = ticket,
                   .user = user,
                   .kind = enum_in<DraftKind>(rows, 0, "drafts"),
                   .base_seq = rows.number<std::uint32_t>(1),
                   .saved_at = rows.instant(2),
                   .text = rows.text(3)});
  return out;
}

std::optional<Record> SqliteReader::record(const std::string& kind, const std::string& key) {
  const Transaction transaction(database_, Transaction::Kind::read);
  Rows rows = record_.rows(kind, key);
  if (!rows.next()) return std::nullopt;
  return record_in(rows);
}

std::vector<Record> SqliteReader::records(const std::string& kind, Instant before,
                                          std::uint32_t limit) {
  const Transaction transaction(database_, Transaction::Kind::read);
  std::vector<Record> out;
  for (Rows rows = records_.rows(kind, before ? before : kNever, limit); rows.next();)
    out.push_back(record_in(rows));
  return out;
}

}  // namespace deskwire::sqlite
