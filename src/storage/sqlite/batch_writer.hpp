// SPDX-License-Identifier: Apache-2.0
// Writes one batch as one transaction with statements prepared once. Rows of a kind are written
// together, which keeps the pages of one table at hand.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "deskwire/port/batch.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

/// `statement` inserts or replaces a whole row of "records".
void put_record(Statement& statement, const Record& row);

class BatchWriter {
 public:
  explicit BatchWriter(Database& database);

  /// Durable on return; on an exception nothing of it is.
  void write(const Batch& batch);

 private:
  void put_journal(const JournalEntry& entry);
  void put_tickets(const Batch& batch);
  void put_ticket(const Ticket& ticket, std::optional<std::string_view> subject);
  void put_message(const Message& message);
  void put_offer(const Offer& offer);
  void put_key(const KeyRow& row);
  void put_identity(const IdentityRow& row, std::uint64_t since);
  void put_content(const ContentRow& row);
  void replace_attachments(const ContentRow& row);
  void put_blobs(const ContentRow& row);
  void put_counters(const Batch& batch);

  /// The row form of an entity, valid until the next call.
  template <class Entity>
  Bytes row_of(const Entity& entity);

  Database& database_;
  std::string buffer_;
  Statement journal_, history_;
  Statement ticket_, subject_, message_, content_, details_, put_details_, blob_, blob_use_;
  Statement agent_, offer_, customer_, outbox_, outbox_gone_;
  Statement key_, identity_, name_, counters_, record_, record_gone_;
};

}  // namespace deskwire::sqlite
