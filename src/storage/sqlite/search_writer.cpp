// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/search_writer.hpp"

#include <string_view>
#include <utility>

namespace deskwire::sqlite {
namespace {

/// Of the tables below and of what the room `search` makes of a text: a file of another form is
/// made anew.
constexpr int kForm = 1;
constexpr int kApplication = 0x44575331;  // "DWS1"

/// Words that were erased are written out of the file at most this often: it costs as much as
/// writing all of it.
constexpr Duration kPurgeEvery = hours(1);
constexpr int kMergePages = 200;

constexpr const char* kTables = R"sql(
CREATE TABLE place (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  store TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  unread INTEGER NOT NULL
) STRICT;
CREATE TABLE purge (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  wanted INTEGER NOT NULL,
  done_at INTEGER NOT NULL
) STRICT;
INSERT INTO purge VALUES (1, 0, 0);
CREATE TABLE tickets (
  id INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  agent INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  channel_name INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  tags TEXT NOT NULL,
  digest INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_by_customer ON tickets (customer) WHERE customer <> 0;
CREATE TABLE customers (id INTEGER PRIMARY KEY, digest INTEGER NOT NULL) STRICT;
CREATE TABLE due (ticket INTEGER PRIMARY KEY) STRICT;
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL,
  "window" INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_by_ticket ON documents (ticket, "window");
CREATE VIRTUAL TABLE words USING fts5 (
  subject, customer, text, files, marked, phones, tokenize = 'ascii', prefix = '2 3'
);
)sql";

void make_tables(Database& database) {
  Transaction transaction(database, Transaction::Kind::write);
  database.execute(kTables);
  database.execute("PRAGMA application_id = " + std::to_string(kApplication));
  database.execute("PRAGMA user_version = " + std::to_string(kForm));
  transaction.commit();
}

Database open(const std::filesystem::path& file, const std::string& vfs) {
  Database database(file, Database::Mode::create, vfs);
  database.execute("PRAGMA journal_mode = WAL");
  // A power loss may take the last transactions, with their place in the journal: they are read
  // again. So nothing waits for the disk but the log's copying.
  database.execute("PRAGMA synchronous = NORMAL");
  database.execute("PRAGMA journal_size_limit = 16777216");
  database.execute("PRAGMA cache_size = -16384");
  database.execute("PRAGMA temp_store = MEMORY");
  database.execute("PRAGMA trusted_schema = OFF");
  database.execute("PRAGMA cell_size_check = ON");
  database.execute("PRAGMA secure_delete = ON");  // Texts that were erased leave no trace here.
  if (database.ask("SELECT count(*) FROM sqlite_schema") == 0) make_tables(database);
  if (database.ask("PRAGMA application_id") != kApplication ||
      database.ask("PRAGMA user_version") != kForm)
    throw StoreError(StoreError::Kind::corrupt, file.string() + " is of another form");
  return database;
}

std::string tag_list(const std::vector<std::string>& tags) {
  std::string out = " ";
  for (const std::string& tag : tags) out += tag + " ";
  return out;
}

}  // namespace

SearchFileWriter::SearchFileWriter(const std::filesystem::path& file, const std::string& vfs)
    : database_(open(file, vfs)),
      place_(database_, "SELECT store, seq, at, unread FROM place"),
      put_place_(database_, "INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?, ?)"),
      ticket_(database_, "INSERT OR REPLACE INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      ticket_gone_(database_, "DELETE FROM tickets WHERE id = ?"),
      ticket_digest_(database_, "SELECT digest FROM tickets WHERE id = ?"),
      customer_(database_, "INSERT OR REPLACE INTO customers VALUES (?, ?)"),
      customer_digest_(database_, "SELECT digest FROM customers WHERE id = ?"),
      customer_due_(database_,
                    "INSERT OR IGNORE INTO due SELECT id FROM tickets "
                    "WHERE customer = ?1 AND customer <> 0"),
      due_(database_, "SELECT ticket FROM due ORDER BY ticket DESC LIMIT ?"),
      put_due_(database_, "INSERT OR IGNORE INTO due VALUES (?)"),
      due_gone_(database_, "DELETE FROM due WHERE ticket = ?"),
      document_(database_, "INSERT INTO documents VALUES (?, ?, ?, ?)"),
      documents_(database_, "SELECT id FROM documents WHERE ticket = ? AND \"window\" >= ?"),
      document_gone_(database_, "DELETE FROM documents WHERE id = ?"),
      find_document_(database_, "SELECT id FROM documents WHERE ticket = ? AND \"window\" = ?"),
      owner_(database_, "SELECT 1 FROM documents WHERE id = ?"),
      words_(database_,
             "INSERT INTO words (rowid, subject, customer, text, files, marked, phones) "
             "VALUES (?, ?, ?, ?, ?, ?, ?)"),
      words_gone_(database_, "DELETE FROM words WHERE rowid = ?"),
      old_words_(database_,
                 "SELECT subject, customer, text, files, marked, phones FROM words "
                 "WHERE rowid = ?"),
      purge_(database_, "SELECT wanted, done_at FROM purge"),
      purge_wanted_(database_, "UPDATE purge SET wanted = 1 WHERE wanted = 0"),
      purge_done_(database_, "UPDATE purge SET wanted = 0, done_at = ?"),
      merge_(database_, "INSERT INTO words (words, rank) VALUES ('merge', ?)") {}

std::optional<SearchPlace> SearchFileWriter::place() {
  Rows rows = place_.rows();
  if (!rows.next()) return std::nullopt;
  return SearchPlace{.store = rows.text(0),
                     .seq = rows.number<std::uint64_t>(1),
                     .at = rows.instant(2),
                     .unread = rows.id<TicketId>(3)};
}

std::optional<std::uint64_t> SearchFileWriter::digest(TicketId ticket) {
  Rows rows = ticket_digest_.rows(ticket);
  if (!rows.next()) return std::nullopt;
  return rows.number<std::uint64_t>(0);
}

std::optional<std::uint64_t> SearchFileWriter::digest(CustomerId customer) {
  Rows rows = customer_digest_.rows(customer);
  if (!rows.next()) return std::nullopt;
  return rows.number<std::uint64_t>(0);
}

std::vector<TicketId> SearchFileWriter::due(std::uint32_t limit) {
  std::vector<TicketId> out;
  for (Rows rows = due_.rows(limit); rows.next();) out.push_back(rows.id<TicketId>(0));
  return out;
}

void SearchFileWriter::begin() {
  transaction_.reset();
  transaction_.emplace(database_, Transaction::Kind::write);
  removed_words_ = false;
}

void SearchFileWriter::commit(const SearchPlace& place) {
  if (removed_words_) purge_wanted_.run();
  put_place_.run(place.store, place.seq, place.at, place.unread);
  transaction_->commit();
  transaction_.reset();
}

void SearchFileWriter::put(const SearchTicket& ticket, std::uint64_t digest) {
  ticket_.run(ticket.id, ticket.state, ticket.queue, ticket.agent, ticket.channel,
              ticket.channel_name, ticket.customer, tag_list(ticket.tags), digest);
}

void SearchFileWriter::put(TicketId ticket, const SearchDocument& document) {
  std::optional<std::int64_t> old;
  if (Rows rows = find_document_.rows(ticket, document.window); rows.next()) old = rows.integer(0);
  if (old) {
    const Change change = change_of(*old, document);
    if (change == Change::none && *old == document.id) return;
    if (change == Change::lost_words) removed_words_ = true;
    remove_document(*old);
  }
  // Its message may have been another ticket's.
  if (old != document.id && owner_.rows(document.id).next()) remove_document(document.id);
  document_.run(document.id, ticket, document.window, document.at);
  words_.run(document.id, document.subject, document.customer, document.text, document.files,
             document.marked, document.phones);
}

/// FTS5 only marks words as deleted. Where a document merely grew that gives nothing away.
SearchFileWriter::Change SearchFileWriter::change_of(std::int64_t id, const SearchDocument& now) {
  Rows rows = old_words_.rows(id);
  if (!rows.next()) return Change::grew;
  Change change = Change::none;
  int column = 0;
  for (const std::string* words :
       {&now.subject, &now.customer, &now.text, &now.files, &now.marked, &now.phones}) {
    const std::string_view old = rows.bytes(column++);
    if (!words->starts_with(old)) return Change::lost_words;
    if (words->size() != old.size()) change = Change::grew;
  }
  return change;
}

void SearchFileWriter::remove(TicketId ticket, std::uint32_t window) {
  Rows rows = find_document_.rows(ticket, window);
  if (!rows.next()) return;
  remove_document(rows.integer(0));
  removed_words_ = true;
}

void SearchFileWriter::finish(TicketId ticket, std::uint32_t windows) {
  remove_from(ticket, windows);
  due_gone_.run(ticket);
}

void SearchFileWriter::remove(TicketId ticket) {
  finish(ticket, 0);
  ticket_gone_.run(ticket);
}

void SearchFileWriter::set_due(TicketId ticket) { put_due_.run(ticket); }

void SearchFileWriter::put(CustomerId customer, std::uint64_t digest) {
  customer_.run(customer, digest);
  customer_due_.run(customer);
}

void SearchFileWriter::remove_from(TicketId ticket, std::uint32_t window) {
  std::vector<std::int64_t> old;
  for (Rows rows = documents_.rows(ticket, window); rows.next();) old.push_back(rows.integer(0));
  for (const std::int64_t id : old) remove_document(id);
  if (!old.empty()) removed_words_ = true;
}

void SearchFileWriter::remove_document(std::int64_t id) {
  words_gone_.run(id);
  document_gone_.run(id);
}

bool SearchFileWriter::tidy(Instant now) {
  if (!merging_) {
    Rows rows = purge_.rows();
    const bool wanted = rows.next() && rows.integer(0) != 0;
    if (!wanted || now - rows.instant(1) < kPurgeEvery) return false;
  }
  if (merge_some()) return true;
  purge_done_.run(now);
  // The log still holds what was written out of the file.
  database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return false;
}

bool SearchFileWriter::merge_some() {
  // A negative number of pages puts all pieces on one level first (FTS5 §6.8); done is when a step
  // changes no more than the row of the command itself.
  const int before = sqlite3_total_changes(database_.handle());
  merge_.run(merging_ ? kMergePages : -kMergePages);
  merging_ = sqlite3_total_changes(database_.handle()) - before >= 2;
  return merging_;
}

}  // namespace deskwire::sqlite
