// SPDX-License-Identifier: Apache-2.0
// The Store on SQLite in WAL mode: one data directory with the database, the blob files and a lock
// that keeps a second daemon out. One connection writes and checkpoints; readers have their own.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "deskwire/base/instant.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire {

struct SqliteSettings {
  std::filesystem::path directory;         ///< Made if missing.
  Duration journal_retention = days(400);  ///< Older journal rows go; zero: kept for good.
  /// The write-ahead log is copied into the database when it is larger than this, or when idle.
  std::uint64_t checkpoint_bytes = std::uint64_t{64} << 20;
  /// The database file may not grow beyond this, so that a full disk can be tried out; zero: no
  /// limit.
  std::uint64_t max_database_bytes = 0;
  std::string vfs;  ///< A registered SQLite VFS; empty: the default one.
};

/// Opens or creates the store and brings its schema up to date, keeping a copy of the database
/// before it changes an existing one. Throws StoreError: locked, newer_schema, corrupt or disk.
[[nodiscard]] std::unique_ptr<Store> open_sqlite(const SqliteSettings& settings);

}  // namespace deskwire
