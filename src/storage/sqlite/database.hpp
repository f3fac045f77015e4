// SPDX-License-Identifier: Apache-2.0
// A connection to SQLite, prepared statements and transactions, as thin as they can be. Every
// failure is a StoreError whose kind follows from SQLite's result code.
#pragma once
#include <sqlite3.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/base/key.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire::sqlite {

[[noreturn]] void fail(int code, const std::string& what);

class Database {
 public:
  enum class Mode : std::uint8_t { create, write, read };
  /// Someone's sqlite3 shell may hold a lock for a moment; it is waited for so long.
  static constexpr int kBusyMs = 5000;

  Database(const std::filesystem::path& file, Mode mode, const std::string& vfs);

  /// Runs statements that give no rows.
  void execute(const char* sql);
  void execute(const std::string& sql) { execute(sql.c_str()); }
  /// The first column of the first row, for pragmas and counts.
  [[nodiscard]] std::int64_t ask(const std::string& sql);
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }
  [[noreturn]] void fail(int code, std::string_view doing) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Bytes to bind as a BLOB; a string_view alone is TEXT.
struct Bytes {
  std::string_view bytes;
};

class Statement;

/// The rows of a running statement; resets it when it goes. Texts and bytes are valid until the
/// next row.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(&statement) {}
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  [[nodiscard]] bool next();
  [[nodiscard]] std::int64_t integer(int column) const;
  template <class T>
  [[nodiscard]] T number(int column) const {
    return static_cast<T>(integer(column));
  }
  template <class Id>
  [[nodiscard]] Id id(int column) const {
    return Id{static_cast<std::uint64_t>(integer(column))};
  }
  [[nodiscard]] Instant instant(int column) const { return {integer(column)}; }
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;
  [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }
  [[nodiscard]] bool is_null(int column) const;

 private:
  Statement* statement_;
};

class Statement {
 public:
  Statement(const Database& database, std::string_view sql);

  /// Binds `values` from the first parameter on and runs to the end.
  template <class... Values>
  void run(const Values&... values) {
    bind_all(SQLITE_STATIC, values...);
    finish();
  }
  /// The values are copied, since the rows come later.
  template <class... Values>
  [[nodiscard]] Rows rows(const Values&... values) {
    bind_all(SQLITE_TRANSIENT, values...);
    return Rows(*this);
  }

 private:
  friend class Rows;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };

  template <class... Values>
  void bind_all(sqlite3_destructor_type lifetime, const Values&... values) {
    lifetime_ = lifetime;
    int index = 0;
    (bind(++index, values), ...);
  }
  void bind(int index, std::nullptr_t);
  void bind(int index, std::string_view text);
  void bind(int index, Bytes bytes);
  void bind_integer(int index, std::int64_t number);
  template <std::integral T>
  void bind(int index, T number) {
    bind_integer(index, static_cast<std::int64_t>(number));
  }
  template <class T>
    requires std::is_enum_v<T>
  void bind(int index, T value) {
    bind_integer(index, static_cast<std::int64_t>(value));
  }
  template <class Tag>
  void bind(int index, Id<Tag> id) {
    bind_integer(index, static_cast<std::int64_t>(id.value));
  }
  void bind(int index, Instant at) { bind_integer(index, at.ms); }
  template <class T>
  void bind(int index, const std::optional<T>& value) {
    if (value)
      bind(index, *value);
    else
      bind(index, nullptr);
  }

  bool step();
  void reset() noexcept;
  void finish();
  void check_bound(int code);

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  sqlite3_destructor_type lifetime_ = SQLITE_STATIC;  ///< Of what is being bound.
};

/// A transaction that is undone unless it was committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { write, read };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

/// 16 bytes, big endian.
[[nodiscard]] std::string key_bytes(const Key& key);
[[nodiscard]] Key key_from_bytes(std::string_view bytes);

}  // namespace deskwire::sqlite
