// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/migrations.hpp"

#include <spdlog/spdlog.h>

#include <charconv>
#include <utility>

#include "storage/sqlite/database.hpp"
#include "storage/sqlite/files.hpp"

namespace deskwire {

using EmbeddedFile = std::pair<std::string_view, std::string_view>;
std::span<const EmbeddedFile> sql_migrations();  // Generated from schemas/sql.

}  // namespace deskwire

namespace deskwire::sqlite {
namespace {

/// "Desk", in the header of every database of ours (PRAGMA application_id).
constexpr std::int64_t kApplicationId = 0x4465736B;

/// "schemas/sql/001_house.sql": 1, and "house".
Migration parse_file(const EmbeddedFile& file) {
  std::string_view name = file.first;
  name.remove_prefix(std::min(name.size(), name.rfind('/') + 1));
  Migration out{.version = 0, .name = name, .sql = file.second};
  std::from_chars(name.data(), name.data() + name.size(), out.version);
  return out;
}

/// The version of an existing database; 0 for an empty one.
int version_of(Database& database) {
  if (database.ask("SELECT count(*) FROM sqlite_schema") == 0) return 0;
  if (database.ask("PRAGMA application_id") != kApplicationId)
    throw StoreError(StoreError::Kind::corrupt,
                     database.file().string() + " is not a Deskwire database");
  return static_cast<int>(database.ask("PRAGMA user_version"));
}

void prepare(Database& database) {
  database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = FULL");
}

void apply(Database& database, const Migration& migration) {
  Transaction transaction(database, Transaction::Kind::write);
  if (migration.version == 1) {
    database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.execute(
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT");
  }
  database.execute(std::string(migration.sql));
  Statement note(database, "INSERT INTO migrations (version, name) VALUES (?, ?)");
  note.run(migration.version, migration.name);
  database.execute("PRAGMA user_version = " + std::to_string(migration.version));
  transaction.commit();
}

/// Closing the last connection has copied the write-ahead log into the database.
void keep_copy(const std::filesystem::path& file, int version) {
  std::filesystem::path log = file;
  log += "-wal";
  std::error_code ec;
  if (const auto size = std::filesystem::file_size(log, ec); !ec && size > 0)
    throw StoreError(StoreError::Kind::locked,
                     file.string() + " is open elsewhere and cannot be migrated");
  std::filesystem::path copy = file;
  copy += ".before-" + std::to_string(version);
  std::filesystem::remove(copy, ec);
  copy_durable(file, copy);
  sync_directory(file.parent_path());
  spdlog::info("kept {} before changing the schema", copy.string());
}

}  // namespace

std::vector<Migration> embedded_migrations() {
  std::vector<Migration> out;
  for (const EmbeddedFile& file : sql_migrations()) out.push_back(parse_file(file));
  return out;
}

void migrate(const std::filesystem::path& file, std::span<const Migration> migrations,
             const std::string& vfs) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  int version = 0;
  {
    Database database(file, Database::Mode::create, vfs);
    version = version_of(database);
  }
  if (version > newest)
    throw StoreError(StoreError::Kind::newer_schema,
                     file.string() + " has schema " + std::to_string(version) +
                         ", this version knows up to " + std::to_string(newest) +
                         "; use the newer version or restore a backup");
  if (version == newest) return;
  if (version > 0) keep_copy(file, newest);
  Database database(file, Database::Mode::write, vfs);
  prepare(database);
  for (const Migration& migration : migrations) {
    if (migration.version > version) apply(database, migration);
  }
}

}  // namespace deskwire::sqlite
