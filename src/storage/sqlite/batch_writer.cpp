// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/batch_writer.hpp"

#include <utility>
#include <variant>

#include "codec/entity_codec.hpp"
#include "codec/event_codec.hpp"
#include "deskwire/domain/history.hpp"
#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/rows.hpp"

namespace deskwire::sqlite {
namespace {

/// Identities of one customer are listed in the order they were first seen: by journal sequence,
/// then by place in the batch.
constexpr unsigned kPlaceBits = 16;

std::string hash_bytes(const std::string& hex) {
  std::optional<std::string> bytes = from_hex(hex);
  if (!bytes || bytes->size() != 32)
    throw StoreError(StoreError::Kind::corrupt, "a blob's name is no SHA-256: " + hex);
  return std::move(*bytes);
}

}  // namespace

void put_record(Statement& statement, const Record& row) {
  std::optional<Instant> expires_at;
  if (row.expires_at != kNever) expires_at = row.expires_at;
  statement.run(row.kind, row.key, row.at, expires_at, row.value);
}

BatchWriter::BatchWriter(Database& db)
    : database_(db),
      journal_(db, "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)"),
      history_(db, "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?)"),
      ticket_(db,
              "INSERT INTO tickets (id, state, queue, customer, agent, created_at, row, subject) "
              "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ifnull(?8, '')) ON CONFLICT (id) DO UPDATE SET "
              "state = ?2, queue = ?3, customer = ?4, agent = ?5, created_at = ?6, row = ?7, "
              "subject = ifnull(?8, subject)"),
      subject_(db, "UPDATE tickets SET subject = ?2 WHERE id = ?1"),
      message_(db,
               "INSERT INTO messages (id, ticket, seq, at, row) VALUES (?1, ?2, ?3, ?4, ?5) ON "
               "CONFLICT (id) DO UPDATE SET ticket = ?2, seq = ?3, at = ?4, row = ?5"),
      content_(db, "INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      details_(db, "SELECT details FROM contents WHERE message = ?"),
      put_details_(db, "UPDATE contents SET details = ?2 WHERE message = ?1"),
      blob_(db,
            "INSERT INTO blobs (sha256, bytes, is_raw, data) VALUES (?1, ?2, ?3, ?4) ON CONFLICT "
            "(sha256) DO UPDATE SET is_raw = 1 WHERE ?3 = 1 AND is_raw = 0"),
      blob_use_(db, "INSERT OR IGNORE INTO blob_uses VALUES (?, ?)"),
      agent_(db, "INSERT OR REPLACE INTO agents VALUES (?, ?)"),
      offer_(db,
             "INSERT INTO offers (ticket, id, pending, row) VALUES (?1, ?2, ?3, ?4) ON CONFLICT "
             "(ticket, id) DO UPDATE SET pending = ?3, row = ?4"),
      customer_(db, "INSERT OR REPLACE INTO customers VALUES (?, ?)"),
      outbox_(db, "INSERT OR REPLACE INTO outbox VALUES (?, ?)"),
      outbox_gone_(db, "DELETE FROM outbox WHERE message = ?"),
      key_(db, "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)"),
      // A message without a display name does not make us forget the name seen before.
      identity_(db,
                "INSERT INTO identities (customer, key, since, kind, value, name) VALUES (?1, ?2, "
                "?3, ?4, ?5, ?6) ON CONFLICT (customer, key) DO UPDATE SET kind = ?4, value = ?5, "
                "name = iif(?6 = '', name, ?6) "
                "WHERE kind <> ?4 OR value <> ?5 OR (?6 <> '' AND name <> ?6)"),
      name_(db, "INSERT OR REPLACE INTO names VALUES (?, ?, ?)"),
      counters_(db,
                "UPDATE counters SET epoch = ?, seq = ?, next_ticket = ?, next_message = ?, "
                "next_offer = ?, next_customer = ?, last_now = ?"),
      record_(db, "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)"),
      record_gone_(db, "DELETE FROM records WHERE kind = ? AND key = ?") {}

template <class Entity>
Bytes BatchWriter::row_of(const Entity& entity) {
  buffer_.clear();
  append_row(buffer_, entity);
  return {buffer_};
}

void BatchWriter::write(const Batch& batch) {
  Transaction transaction(database_, Transaction::Kind::write);
  for (const JournalEntry& entry : batch.journal) put_journal(entry);
  put_tickets(batch);
  for (const Message& row : batch.messages) put_message(row);
  for (const ContentRow& row : batch.contents) put_content(row);
  for (const ContentRow& row : batch.contents) put_blobs(row);
  for (const Agent& row : batch.agents) agent_.run(row.id, row_of(row));
  for (const Offer& row : batch.offers) put_offer(row);
  for (const Customer& row : batch.customers) customer_.run(row.id, row_of(row));
  for (const OutboxItem& row : batch.outbox) outbox_.run(row.message, row_of(row));
  for (const MessageId id : batch.outbox_gone) outbox_gone_.run(id);
  for (const KeyRow& row : batch.keys) put_key(row);
  std::uint64_t since = batch.counters.seq << kPlaceBits;
  for (const IdentityRow& row : batch.identities) put_identity(row, since++);
  for (const NameRow& row : batch.names) name_.run(row.kind, row.name, row.id);
  for (const Record& row : batch.records) put_record(record_, row);
  for (const auto& [kind, key] : batch.records_gone) record_gone_.run(kind, key);
  put_counters(batch);
  transaction.commit();
}

void BatchWriter::put_journal(const JournalEntry& entry) {
  buffer_.clear();
  append_events(buffer_, entry.events);
  journal_.run(entry.seq, entry.at, entry.actor.kind, entry.actor.agent, entry.command, buffer_);
  // Of an event that changed no state both are the same.
  constexpr auto kSame = TicketState::queued;
  const bool told = entry.events.size() <= kToldEvents;
  int n = 0;
  for (const Event& event : entry.events) {
    ++n;
    if (const auto* change = std::get_if<TicketStateChanged>(&event))
      history_.run(change->ticket, entry.seq, n, change->at, change->from, change->to);
    else if (const TicketId ticket = told ? told_in_history(event) : TicketId{})
      history_.run(ticket, entry.seq, n, entry.at, kSame, kSame);
  }
}

/// The subject of a new ticket comes with its first content and saves a second write of the row.
void BatchWriter::put_tickets(const Batch& batch) {
  std::unordered_map<TicketId, std::string_view> subjects;
  for (const ContentRow& row : batch.contents) {
    if (row.opens_ticket) subjects[row.ticket] = row.content->subject;
  }
  for (const Ticket& row : batch.tickets) {
    const auto opened = subjects.extract(row.id);
    put_ticket(row, opened.empty() ? std::nullopt : std::optional(opened.mapped()));
  }
  for (const auto& [ticket, subject] : subjects) subject_.run(ticket, subject);
}

/// Without a subject the one that is there stays.
void BatchWriter::put_ticket(const Ticket& row, std::optional<std::string_view> subject) {
  ticket_.run(row.id, row.state, row.queue, row.customer, row.agent, row.created_at, row_of(row),
              subject);
}

void BatchWriter::put_message(const Message& row) {
  message_.run(row.id, row.ticket, row.seq, row.at, row_of(row));
}

void BatchWriter::put_offer(const Offer& row) {
  offer_.run(row.ticket, row.id, row.end == OfferEnd::pending, row_of(row));
}

void BatchWriter::put_key(const KeyRow& row) {
  std::optional<Instant> expires_at;
  if (row.expires_at != kNever) expires_at = row.expires_at;
  key_.run(row.kind, Bytes{key_bytes(row.key)}, row.ticket, row.message, row.customer,
           row.message_seq, expires_at);
}

void BatchWriter::put_identity(const IdentityRow& row, std::uint64_t since) {
  const IdentityContent& identity = row.identity;
  identity_.run(row.customer, Bytes{key_bytes(identity.key)}, since, identity.kind, identity.value,
                identity.name);
}

void BatchWriter::put_content(const ContentRow& row) {
  if (!row.message) return;
  if (row.attachments_only) return replace_attachments(row);
  const MessageContent& content = *row.content;
  const Blob* raw = content.raw.get();
  const std::string hash = raw ? hash_bytes(raw->sha256) : std::string();
  const std::optional<Bytes> raw_hash = raw ? std::optional(Bytes{hash}) : std::nullopt;
  std::optional<Bytes> raw_data;
  if (raw && !raw->compressed.empty()) raw_data = Bytes{raw->compressed};
  content_.run(row.message, content.subject, content.text, content.html, encode_details(content),
               raw_hash, raw ? raw->size_bytes : 0, raw_data);
}

void BatchWriter::replace_attachments(const ContentRow& row) {
  MessageContent content;
  {
    Rows rows = details_.rows(row.message);
    if (!rows.next()) return;  // Erased meanwhile.
    reading("contents", [&] { decode_details(rows.bytes(0), content); });
  }
  content.attachments = row.content->attachments;
  put_details_.run(row.message, encode_details(content));
}

void BatchWriter::put_blobs(const ContentRow& row) {
  const auto put = [this](const Blob& blob, bool is_raw) {
    std::optional<Bytes> data;
    if (!blob.compressed.empty()) data = Bytes{blob.compressed};
    blob_.run(Bytes{hash_bytes(blob.sha256)}, blob.size_bytes, is_raw, data);
  };
  // A small one is in its message's content; of a large one it is known here that its file is kept.
  if (row.content->raw && row.content->raw->compressed.empty()) put(*row.content->raw, true);
  for (const auto& blob : row.content->blobs) put(*blob, false);
  for (const Attachment& attachment : row.content->attachments) {
    if (!attachment.blob_sha256.empty())
      blob_use_.run(Bytes{hash_bytes(attachment.blob_sha256)}, row.message);
  }
}

void BatchWriter::put_counters(const Batch& batch) {
  const Snapshot& counters = batch.counters;
  counters_.run(batch.epoch, counters.seq, counters.next_ticket, counters.next_message,
                counters.next_offer, counters.next_customer, counters.last_now);
}

}  // namespace deskwire::sqlite
