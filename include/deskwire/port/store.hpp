// SPDX-License-Identifier: Apache-2.0
// The one seam to durable memory. Exactly one Store exists and is used from the storage thread
// alone; Readers are opened on worker threads. Failures are StoreError (thrown): the process must
// exit, nothing is retried in place.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/port/batch.hpp"
#include "deskwire/port/blob_keeper.hpp"

namespace deskwire {

/// `disk` and `corrupt` end the process with 74, `locked` with 75, `newer_schema` with 76.
struct StoreError : std::runtime_error {
  enum class Kind : std::uint8_t { disk, corrupt, locked, newer_schema };
  StoreError(Kind k, const std::string& what) : std::runtime_error(what), kind(k) {}
  Kind kind;
};

/// A log-in; plain row.
struct UserRow {
  AgentId id;
  std::string user;  ///< Lower case, unique.
  std::string name;  ///< Shown to others.
  Role role = Role::agent;
  std::string password_hash;  ///< argon2id, encoded.
  bool enabled = true;
  Instant created_at;
};

/// A session; only a hash of the token is kept.
struct SessionRow {
  std::string token_hash;  ///< Hex SHA-256.
  AgentId user;
  Instant created_at{}, expires_at{}, last_seen_at{};
  std::string device{}, network{};  ///< From where it was opened, in words; empty: not known.
};

struct UploadRow {  ///< An attachment uploaded and not yet sent.
  std::uint64_t id = 0;
  AgentId user;
  std::string name, type;
  std::uint64_t size_bytes = 0;
  std::string blob_sha256;
  Instant created_at;
};

enum class DraftKind : std::uint8_t { reply, note };
template <>
struct EnumNames<DraftKind> {
  static constexpr auto value = std::to_array<std::string_view>({"reply", "note"});
};

struct DraftRow {  ///< What an agent has begun to write on a ticket; one of each kind.
  TicketId ticket;
  AgentId user;
  DraftKind kind = DraftKind::reply;
  std::uint32_t base_seq = 0;  ///< The last message that was read before it.
  Instant saved_at;
  std::string text;
};

struct TicketRow {  ///< A ticket with its content, for lists.
  Ticket ticket;
  std::string subject;
  std::string customer_name;  ///< Name, else address, else empty.
};

struct MessageRow {
  Message message;
  MessageContent content;  ///< `raw->compressed` is not filled; `raw->sha256` is.
};

struct TicketFilter {
  std::optional<TicketState> state;
  QueueId queue;  ///< Zero: any.
  CustomerId customer;
  AgentId agent;
  std::vector<QueueId> visible;  ///< Row-level: only these queues, or assigned to `visible_to`;
                                 ///< with `all_visible` ignored.
  AgentId visible_to;
  bool all_visible = false;
  std::uint32_t limit = 50;  ///< 1–200.
  TicketId before;           ///< Newest first: ids below this one; zero: from the newest.
  // These leave closed tickets out: there is no index for them, and the others are few.
  std::optional<Priority> priority;
  Instant due_before;  ///< A clock that is not met ends before this; zero: any.
  std::string tag;     ///< Empty: any.
  std::optional<bool> snoozed;
};

struct TimelineRow {
  enum class Kind : std::uint8_t { message, ticket, event };
  Kind kind = Kind::message;
  Instant at;
  TicketId ticket;
  MessageId message;
  std::string text;  ///< Message excerpt, ticket subject, or the event's words.
  Direction direction = Direction::in;  ///< Of a message, with whoever wrote it.
  AuthorKind author_kind = AuthorKind::customer;
  std::uint64_t author = 0;
};

/// Read-only view; every call is its own short read transaction (at most 1 s). Not thread safe: one
/// per worker thread.
class Reader {
 public:
  virtual ~Reader() = default;
  /// All needs in ONE read transaction.
  virtual Loaded load(const Needs& needs) = 0;
  virtual std::vector<TicketRow> tickets(const TicketFilter& filter) = 0;
  virtual std::optional<TicketRow> ticket(TicketId id) = 0;
  virtual std::vector<TicketRow> tickets_by_id(const std::vector<TicketId>& ids) = 0;
  virtual std::vector<MessageRow> messages(TicketId ticket, std::uint32_t after_seq,
                                           std::uint32_t limit) = 0;
  virtual std::optional<MessageRow> message(MessageId id) = 0;
  /// Machine mail without a ticket, newest first.
  virtual std::vector<MessageRow> machine_mail(MessageId before, std::uint32_t limit) = 0;
  virtual std::optional<Customer> customer(CustomerId id) = 0;
  virtual std::vector<IdentityContent> identities(CustomerId id) = 0;
  virtual std::vector<TimelineRow> timeline(CustomerId id, Instant before, std::uint32_t limit) = 0;
  /// The uncompressed bytes, from the row or the file; nothing if unknown. Throws StoreError if
  /// they do not match their name.
  virtual std::optional<std::string> blob(const std::string& sha256) = 0;
  /// The message as it came, uncompressed; nothing if it was not received. Throws like blob().
  virtual std::optional<std::string> raw_message(MessageId id) = 0;
  virtual std::vector<JournalEntry> journal(std::uint64_t after_seq, std::uint32_t limit) = 0;
  /// The journal rows that told_in_history() speaks of, newest first, before `before_seq` (zero:
  /// from the newest).
  virtual std::vector<JournalEntry> history(TicketId ticket, std::uint64_t before_seq,
                                            std::uint32_t limit) = 0;
  virtual std::vector<Offer> offers(TicketId ticket) = 0;  ///< With decision records, newest first.
  virtual std::vector<UserRow> users() = 0;
  virtual std::optional<UserRow> user(const std::string& name) = 0;
  virtual std::optional<SessionRow> session(const std::string& token_hash) = 0;
  /// Of a user (zero: of all), the one that was used last first, at most `limit`.
  virtual std::vector<SessionRow> sessions(AgentId user, std::uint32_t limit) = 0;
  /// What is on its way out, the oldest first, after `after`.
  virtual std::vector<OutboxItem> outbox(MessageId after, std::uint32_t limit) = 0;
  virtual std::optional<UploadRow> upload(std::uint64_t id) = 0;
  /// Of one user on one ticket.
  virtual std::vector<DraftRow> drafts(AgentId user, TicketId ticket) = 0;
  virtual std::optional<Record> record(const std::string& kind, const std::string& key) = 0;
  /// Newest first, before `before` (zero: from the newest).
  virtual std::vector<Record> records(const std::string& kind, Instant before,
                                      std::uint32_t limit) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  virtual Snapshot load_snapshot() = 0;
  virtual NameIds load_names() = 0;
  /// One transaction, durable on return.
  virtual void commit(const Batch& batch) = 0;
  /// Opened from any thread; the reader sees every batch whose commit returned before its call
  /// began.
  virtual std::unique_ptr<Reader> open_reader() = 0;
  /// Thread safe, lives as long as the store.
  virtual BlobKeeper& blobs() = 0;

  // Plain tables, each call one durable transaction, on the storage thread between batches.
  /// A new password, or being disabled, ends the user's sessions. Throws std::invalid_argument when
  /// someone else has the name.
  virtual void put_user(const UserRow& user) = 0;
  virtual void put_session(const SessionRow& session) = 0;
  virtual void delete_session(const std::string& token_hash) = 0;
  virtual std::uint64_t put_upload(const UploadRow& upload, const Blob& blob) = 0;
  /// Replaces the user's draft of that kind on that ticket. Of each user at most `keep` stay, the
  /// newest (0: all); those of closed tickets go with the housekeeping.
  virtual void put_draft(const DraftRow& draft, std::uint32_t keep) = 0;
  virtual void delete_draft(AgentId user, TicketId ticket, DraftKind kind) = 0;
  /// Of each kind at most `keep` stay, the newest; 0: all.
  virtual void put_record(const Record& record, std::uint32_t keep) = 0;
  virtual void delete_record(const std::string& kind, const std::string& key) = 0;
  virtual std::string secret(
      const std::string& name) = 0;  ///< A stored random 32 bytes (hex), made on first use.

  /// Housekeeping in slices of a few ms: checkpoint, expired keys, sessions, unreferenced blobs.
  /// True: call again soon.
  virtual bool housekeep(Instant now, bool idle) = 0;
  /// A consistent copy into an empty directory, blobs included, while running. Thread safe: it uses
  /// connections of its own and belongs off the storage thread. Throws std::runtime_error, not
  /// StoreError, when the directory is at fault.
  virtual void backup(const std::string& directory) = 0;
  virtual std::uint64_t free_bytes() const = 0;  ///< On the data's file system.
};

}  // namespace deskwire
