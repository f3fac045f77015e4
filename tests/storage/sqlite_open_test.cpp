// SPDX-License-Identifier: Apache-2.0
// What stands between a data directory and a working store.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <array>
#include <fstream>

#include "storage/describe.hpp"
#include "storage/sample_desk.hpp"
#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/stores.hpp"

using namespace deskwire;
using Kind = StoreError::Kind;
namespace fs = std::filesystem;
namespace {

struct Failure {
  Kind kind;
  std::string what;
};

template <class Action>
Failure failure_of(Action&& action) {
  try {
    action();
  } catch (const StoreError& error) {
    return {error.kind, error.what()};
  }
  FAIL("no StoreError");
  return {};
}

Failure opening(const OnSqlite& on) {
  return failure_of([&] { (void)on.open(); });
}

bool says(const Failure& failure, std::string_view part) {
  return failure.what.find(part) != std::string::npos;
}

fs::path database_of(const OnSqlite& on) { return on.settings.directory / "deskwire.db"; }

void overwrite(const fs::path& file, std::uint64_t offset, const std::string& bytes) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out << bytes;
}

std::string fill(const OnSqlite& on) {
  const auto store = on.open();
  SampleDesk desk(store->blobs(), {});
  for (int i = 0; i < 10; ++i) store->commit(desk.work(20));
  return describe(*store);
}

constexpr std::string_view kFirst = "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);";
constexpr std::string_view kSecond = "CREATE TABLE b (y INTEGER) STRICT;";

}  // namespace

TEST_CASE("a second store on the same directory is refused") {
  OnSqlite on;
  const auto store = on.open();
  const Failure failure = opening(on);
  CHECK(failure.kind == Kind::locked);
  CHECK(says(failure, on.settings.directory.string()));
}

TEST_CASE("the lock ends with the store") {
  OnSqlite on;
  on.open().reset();
  CHECK_NOTHROW(on.open());
}

TEST_CASE("the data is the owner's alone") {
  OnSqlite on;
  const auto store = on.open();
  struct stat status{};
  REQUIRE(::stat(on.settings.directory.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a newer schema is refused and left as it is") {
  OnSqlite on;
  on.open().reset();
  {
    sqlite::Database database(database_of(on), sqlite::Database::Mode::write, "");
    database.execute("PRAGMA user_version = 9999");
  }
  const Failure failure = opening(on);
  CHECK(failure.kind == Kind::newer_schema);
  CHECK(says(failure, "9999"));
  sqlite::Database database(database_of(on), sqlite::Database::Mode::read, "");
  CHECK(database.ask("PRAGMA user_version") == 9999);
}

TEST_CASE("a file that is no database is corrupt and left as it is") {
  OnSqlite on;
  on.open().reset();
  const std::string garbage(5000, 'g');
  std::ofstream(database_of(on), std::ios::binary | std::ios::trunc) << garbage;
  const Failure failure = opening(on);
  CHECK(failure.kind == Kind::corrupt);
  CHECK(says(failure, "deskwire.db"));
  CHECK(fs::file_size(database_of(on)) == garbage.size());
}

TEST_CASE("someone else's database is refused") {
  OnSqlite on;
  fs::create_directories(on.settings.directory);
  {
    sqlite::Database database(database_of(on), sqlite::Database::Mode::create, "");
    database.execute("CREATE TABLE theirs (x)");
  }
  const Failure failure = opening(on);
  CHECK(failure.kind == Kind::corrupt);
  CHECK(says(failure, "not a Deskwire database"));
}

TEST_CASE("a database cut short is corrupt") {
  OnSqlite on;
  fill(on);
  fs::resize_file(database_of(on), fs::file_size(database_of(on)) / 2 + 100);
  const Failure failure = failure_of([&] {
    const auto store = on.open();
    (void)describe(*store);
  });
  CHECK(failure.kind == Kind::corrupt);
}

TEST_CASE("damaged pages are an error, never a crash and never silent nonsense") {
  OnSqlite on;
  const std::string before = fill(on);
  const auto size = fs::file_size(database_of(on));
  int met = 0;
  for (std::uint64_t offset = 4096; offset + 4096 < size; offset += 4096 * 7) {
    const fs::path kept = on.directory.path() / "kept";
    fs::copy_file(database_of(on), kept, fs::copy_options::overwrite_existing);
    overwrite(database_of(on), offset, std::string(64, '\xA5'));
    try {
      const auto store = on.open();
      met += describe(*store) != before ? 1 : 0;
    } catch (const StoreError& error) {
      CHECK(error.kind == Kind::corrupt);
      ++met;
    }
    fs::remove(database_of(on).string() + "-wal");
    fs::remove(database_of(on).string() + "-shm");
    fs::copy_file(kept, database_of(on), fs::copy_options::overwrite_existing);
  }
  CHECK(met > 0);
  CHECK(describe(*on.open()) == before);
}

TEST_CASE("a row that cannot be read is corrupt, and the message says where") {
  OnSqlite on;
  fill(on);
  {
    sqlite::Database database(database_of(on), sqlite::Database::Mode::write, "");
    database.execute("UPDATE tickets SET row = x'01ff' WHERE state < 5");
  }
  const auto store = on.open();
  const Failure failure = failure_of([&] { (void)store->load_snapshot(); });
  CHECK(failure.kind == Kind::corrupt);
  CHECK(says(failure, "tickets"));
}

TEST_CASE("a data directory that cannot be made or written is a disk error") {
  OnSqlite on;
  SECTION("a file is in its place") { std::ofstream(on.settings.directory) << "not a folder"; }
  SECTION("its parent takes no folders") { on.settings.directory = "/proc/deskwire"; }
  SECTION("it takes no files") {
    on.settings.directory = ::geteuid() == 0 ? "/proc/self" : on.directory.path() / "closed";
    if (::geteuid() != 0) ::mkdir(on.settings.directory.c_str(), 0500);
  }
  const Failure failure = opening(on);
  CHECK(failure.kind == Kind::disk);
  CHECK(says(failure, on.settings.directory.string()));
}

TEST_CASE("a full disk refuses the batch whole, and what was there stays readable") {
  OnSqlite on;
  on.settings.max_database_bytes = 600'000;
  const auto store = on.open();
  SampleDesk desk(store->blobs(), {});
  std::string before;
  const Failure failure = failure_of([&] {
    for (int i = 0; i < 1000; ++i) {
      before = describe(*store);
      store->commit(desk.work(10));
    }
  });
  CHECK(failure.kind == Kind::disk);
  CHECK(says(failure, "full"));
  CHECK(describe(*store) == before);
  CHECK(failure_of([&] { store->commit({}); }).kind == Kind::disk);
}

TEST_CASE("a store on a full disk can be opened and read") {
  OnSqlite on;
  const std::string before = fill(on);
  on.settings.max_database_bytes = 4096;  // SQLite takes the present size where that is more.
  const auto store = on.open();
  CHECK(describe(*store) == before);
}

TEST_CASE("every migration of this version is numbered without gaps") {
  const auto migrations = sqlite::embedded_migrations();
  REQUIRE_FALSE(migrations.empty());
  for (std::size_t i = 0; i < migrations.size(); ++i)
    CHECK(migrations[i].version == static_cast<int>(i) + 1);
}

TEST_CASE("a migration keeps a copy of the database as it was") {
  TempDir directory;
  const fs::path file = directory.path() / "d.db";
  const std::vector<sqlite::Migration> old{{1, "first", kFirst}};
  const std::vector<sqlite::Migration> now{{1, "first", kFirst}, {2, "second", kSecond}};
  sqlite::migrate(file, old, "");
  CHECK_FALSE(fs::exists(directory.path() / "d.db.before-1"));
  sqlite::migrate(file, now, "");
  sqlite::migrate(file, now, "");
  sqlite::Database database(file, sqlite::Database::Mode::read, "");
  CHECK(database.ask("PRAGMA user_version") == 2);
  CHECK(database.ask("SELECT count(*) FROM b") == 0);
  CHECK(database.ask("SELECT count(*) FROM migrations") == 2);
  sqlite::Database copy(directory.path() / "d.db.before-2", sqlite::Database::Mode::read, "");
  CHECK(copy.ask("PRAGMA user_version") == 1);
  CHECK(copy.ask("SELECT count(*) FROM a") == 1);
}

TEST_CASE("a migration that fails leaves the database at the step before") {
  TempDir directory;
  const fs::path file = directory.path() / "d.db";
  const std::vector<sqlite::Migration> steps{
      {1, "first", kFirst}, {2, "broken", "CREATE TABLE b (y INTEGER); SELECT nonsense FROM b"}};
  CHECK_THROWS_AS(sqlite::migrate(file, steps, ""), StoreError);
  sqlite::Database database(file, sqlite::Database::Mode::read, "");
  CHECK(database.ask("PRAGMA user_version") == 1);
  CHECK(database.ask("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0);
}

TEST_CASE("what version 1 kept is found where version 2 looks for it") {
  OnSqlite on;
  const fs::path file = on.settings.directory / "deskwire.db";
  const auto blob = on.open()->blobs().keep("the mail as it came");
  fs::remove(file);
  const auto steps = sqlite::embedded_migrations();
  sqlite::migrate(file, std::span(steps).first(1), "");
  const std::string hash = *sqlite::from_hex(blob->sha256);
  {
    sqlite::Database database(file, sqlite::Database::Mode::write, "");
    sqlite::Statement put_blob(
        database, "INSERT INTO blobs (sha256, bytes, is_raw, data) VALUES (?, ?, 1, ?)");
    put_blob.run(sqlite::Bytes{hash}, blob->size_bytes, sqlite::Bytes{blob->compressed});
    sqlite::Statement put_content(database,
                                  "INSERT INTO contents VALUES (1, '', '', '', '{}', ?, ?)");
    put_content.run(sqlite::Bytes{hash}, blob->size_bytes);
    sqlite::Statement put_key(database, "INSERT INTO keys VALUES (0, ?, 7, 1, 0, 1, NULL)");
    put_key.run(sqlite::Bytes{sqlite::key_bytes({.hi = 1, .lo = 2})});
  }
  const auto store = on.open();
  const auto reader = store->open_reader();
  CHECK(reader->raw_message(MessageId{1}) == "the mail as it came");
  CHECK_FALSE(reader->blob(blob->sha256));
  Needs needs;
  needs.keys = {{KeyKind::thread, Key{.hi = 1, .lo = 2}}};
  CHECK(reader->load(needs).keys.at(0).ticket == TicketId{7});
  CHECK(fs::exists(on.settings.directory /
                   ("deskwire.db.before-" + std::to_string(steps.back().version))));
}
