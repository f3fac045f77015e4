// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/database.hpp"

#include <utility>

namespace deskwire::sqlite {
namespace {

StoreError::Kind kind_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_AUTH:
      return StoreError::Kind::disk;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreError::Kind::locked;
    default:
      return StoreError::Kind::corrupt;
  }
}

int open_flags(Database::Mode mode) {
  constexpr int kCommon = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Database::Mode::create:
      return kCommon | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Mode::write:
      return kCommon | SQLITE_OPEN_READWRITE;
    case Database::Mode::read:
      return kCommon | SQLITE_OPEN_READONLY;
  }
  std::unreachable();
}

}  // namespace

void fail(int code, const std::string& what) { throw StoreError(kind_of(code), what); }

Database::Database(const std::filesystem::path& file, Mode mode, const std::string& vfs)
    : file_(file) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &opened, open_flags(mode), vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(opened);
  if (code != SQLITE_OK) fail(code, "opening it");
  sqlite3_busy_timeout(opened, kBusyMs);
}

void Database::fail(int code, std::string_view doing) const {
  const char* detail = handle_ ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
  sqlite::fail(code, "database " + file_.string() + ": " + detail + " (" + std::string(doing) +
                         ", SQLite code " + std::to_string(code) + ")");
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, std::string_view(sql).substr(0, 60));
}

std::int64_t Database::ask(const std::string& sql) {
  Statement statement(*this, sql);
  Rows rows = statement.rows();
  return rows.next() ? rows.integer(0) : 0;
}

Statement::Statement(const Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) database.fail(code, sql.substr(0, 60));
  handle_.reset(prepared);
}

void Statement::check_bound(int code) {
  if (code != SQLITE_OK) database_->fail(code, "binding a value");
}

void Statement::bind(int index, std::nullptr_t) {
  check_bound(sqlite3_bind_null(handle_.get(), index));
}

void Statement::bind_integer(int index, std::int64_t number) {
  check_bound(sqlite3_bind_int64(handle_.get(), index, number));
}

void Statement::bind(int index, std::string_view text) {
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  check_bound(sqlite3_bind_text64(handle_.get(), index, text.data() ? text.data() : "", text.size(),
                                  lifetime_, SQLITE_UTF8));
}

void Statement::bind(int index, Bytes bytes) {
  const char* data = bytes.bytes.data() ? bytes.bytes.data() : "";
  check_bound(sqlite3_bind_blob64(handle_.get(), index, data, bytes.bytes.size(), lifetime_));
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const char* sql = sqlite3_sql(handle_.get());
  database_->fail(code, std::string_view(sql).substr(0, 60));
}

void Statement::reset() noexcept { sqlite3_reset(handle_.get()); }

void Statement::finish() {
  const Rows until_reset(*this);
  while (step()) {
  }
}

Rows::~Rows() { statement_->reset(); }

bool Rows::next() { return statement_->step(); }

std::int64_t Rows::integer(int column) const {
  return sqlite3_column_int64(statement_->handle_.get(), column);
}

double Rows::real(int column) const {
  return sqlite3_column_double(statement_->handle_.get(), column);
}

std::string_view Rows::bytes(int column) const {
  sqlite3_stmt* handle = statement_->handle_.get();
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle, column));
  return data ? std::string_view(data, size) : std::string_view();
}

bool Rows::is_null(int column) const {
  return sqlite3_column_type(statement_->handle_.get(), column) == SQLITE_NULL;
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // SQLite has rolled back by itself after some errors; there is nothing to be done about a
  // failing rollback, the log is simply not valid beyond the last commit.
  if (open_ && database_.in_transaction())
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

std::string key_bytes(const Key& key) {
  std::string bytes(16, '\0');
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(key.hi >> (56 - 8 * i));
    bytes[i + 8] = static_cast<char>(key.lo >> (56 - 8 * i));
  }
  return bytes;
}

Key key_from_bytes(std::string_view bytes) {
  if (bytes.size() != 16) throw StoreError(StoreError::Kind::corrupt, "a key is not 16 bytes");
  Key key;
  for (std::size_t i = 0; i < 8; ++i) {
    key.hi = key.hi << 8 | static_cast<unsigned char>(bytes[i]);
    key.lo = key.lo << 8 | static_cast<unsigned char>(bytes[i + 8]);
  }
  return key;
}

}  // namespace deskwire::sqlite
