// SPDX-License-Identifier: Apache-2.0
// Blobs as files, their sweeping, and backups.
#include <fcntl.h>
#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <thread>

#include "codec/filled.hpp"
#include "storage/describe.hpp"
#include "storage/sample_desk.hpp"
#include "storage/sqlite/blob_files.hpp"
#include "storage/sqlite/files.hpp"
#include "storage/stores.hpp"

using namespace deskwire;
namespace fs = std::filesystem;
namespace {

std::string noise(std::size_t bytes, std::uint64_t seed) {
  filled::Draw draw(seed);
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(draw.bits());
  return out;
}

Batch a_message_with(std::shared_ptr<const Blob> raw) {
  auto content = std::make_shared<MessageContent>();
  content->raw = std::move(raw);
  Batch batch;
  batch.messages.emplace_back().id = MessageId{1};
  batch.contents.push_back({MessageId{1}, TicketId{}, false, std::move(content)});
  return batch;
}

fs::path file_of(const OnSqlite& on, const Blob& blob) {
  return on.settings.directory / "blobs" / blob.sha256.substr(0, 2) / blob.sha256;
}

/// Makes a file look as if it was last touched then.
void age(const fs::path& file, Instant at) {
  const struct timespec times[2] = {{.tv_sec = at.ms / 1000, .tv_nsec = 0},
                                    {.tv_sec = at.ms / 1000, .tv_nsec = 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

void keep_house(Store& store, Instant now) {
  for (const Instant at : {now, now + minutes(2)})
    for (int slices = 0; store.housekeep(at, true);) REQUIRE(++slices < 2000);
}

constexpr Instant kNow{2'500'000'000'000};

}  // namespace

TEST_CASE("a large blob is a file before keep returns, a small one is none") {
  OnSqlite on;
  const auto store = on.open();
  const auto large = store->blobs().keep(noise(100'000, 1));
  CHECK(large->compressed.empty());
  CHECK(fs::exists(file_of(on, *large)));
  const auto small = store->blobs().keep(noise(10'000, 2));
  CHECK_FALSE(small->compressed.empty());
  CHECK(small->compressed.size() <= 32 * 1024);
  CHECK_FALSE(fs::exists(file_of(on, *small)));
}

TEST_CASE("a blob that was tampered with is an error") {
  OnSqlite on;
  const auto store = on.open();
  const auto blob = store->blobs().keep(noise(100'000, 1));
  store->commit(a_message_with(blob));
  const auto reader = store->open_reader();
  SECTION("a changed byte") {
    std::fstream file(file_of(on, *blob), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(50'000);
    file << "XXXX";
  }
  SECTION("another blob's bytes") {
    const auto other = store->blobs().keep(noise(100'000, 2));
    fs::copy_file(file_of(on, *other), file_of(on, *blob), fs::copy_options::overwrite_existing);
  }
  SECTION("cut short") { fs::resize_file(file_of(on, *blob), 1000); }
  SECTION("gone") { fs::remove(file_of(on, *blob)); }
  try {
    (void)reader->raw_message(MessageId{1});
    FAIL("it was read");
  } catch (const StoreError& error) {
    CHECK(error.kind == StoreError::Kind::corrupt);
  }
}

TEST_CASE("a file that nothing refers to goes after an hour") {
  OnSqlite on;
  const auto store = on.open();
  const auto used = store->blobs().keep(noise(100'000, 1));
  store->commit(a_message_with(used));
  const auto unused = store->blobs().keep(noise(100'000, 2));
  const auto young = store->blobs().keep(noise(100'000, 3));
  age(file_of(on, *used), kNow - hours(5));
  age(file_of(on, *unused), kNow - hours(2));
  age(file_of(on, *young), kNow - minutes(30));
  const fs::path torn = on.settings.directory / "blobs" / "ab" / "abcd.tmp1-1";
  fs::create_directory(torn.parent_path());
  std::ofstream(torn) << "left by a crash";
  age(torn, kNow - hours(2));
  keep_house(*store, kNow);
  CHECK(fs::exists(file_of(on, *used)));
  CHECK_FALSE(fs::exists(file_of(on, *unused)));
  CHECK(fs::exists(file_of(on, *young)));
  CHECK_FALSE(fs::exists(torn));
}

TEST_CASE("bytes kept again count as new, so the sweeper leaves them") {
  OnSqlite on;
  const auto store = on.open();
  const std::string bytes = noise(100'000, 1);
  const auto blob = store->blobs().keep(bytes);
  age(file_of(on, *blob), Instant{1'000'000'000'000});
  CHECK(store->blobs().keep(bytes)->sha256 == blob->sha256);
  struct stat status{};
  REQUIRE(::stat(file_of(on, *blob).c_str(), &status) == 0);
  CHECK(status.st_mtim.tv_sec > 1'700'000'000);
}

TEST_CASE("an upload's blob goes with the last upload unless a message has it") {
  OnSqlite on;
  const auto store = on.open();
  const auto dropped = store->blobs().keep("dropped");
  const auto sent = store->blobs().keep("sent");
  const auto received = store->blobs().keep("received");
  UploadRow upload;
  upload.created_at = kNow - days(2);
  for (const auto& blob : {dropped, sent, received}) (void)store->put_upload(upload, *blob);
  auto content = std::make_shared<MessageContent>();
  content->attachments.emplace_back().blob_sha256 = sent->sha256;
  content->blobs = {sent};
  content->raw = received;
  Batch batch;
  batch.messages.emplace_back().id = MessageId{1};
  batch.contents.push_back({MessageId{1}, TicketId{}, false, content});
  store->commit(batch);
  keep_house(*store, kNow);
  const auto reader = store->open_reader();
  CHECK_FALSE(reader->blob(dropped->sha256));
  CHECK(reader->blob(sent->sha256) == "sent");
  CHECK(reader->raw_message(MessageId{1}) == "received");
}

TEST_CASE("journal rows go after their time, the newer ones stay") {
  OnSqlite on;
  on.settings.journal_retention = days(10);
  const auto store = on.open();
  Batch batch;
  for (std::uint64_t seq = 1; seq <= 900; ++seq) {
    JournalEntry& entry = batch.journal.emplace_back();
    entry.seq = seq;
    entry.at = seq <= 700 ? kNow - days(11) : kNow - days(9);
    entry.command = "Tick";
  }
  store->commit(batch);
  keep_house(*store, kNow);
  const auto rows = store->open_reader()->journal(0, 1000);
  REQUIRE(rows.size() == 200);
  CHECK(rows.front().seq == 701);
}

TEST_CASE("an idle store copies its log into the database and uses it anew") {
  OnSqlite on;
  const auto store = on.open();
  const fs::path log = on.settings.directory / "deskwire.db-wal";
  SampleDesk desk(store->blobs(), {});
  std::uintmax_t largest = 0;
  for (int i = 0; i < 40; ++i) {
    store->commit(desk.work(20));
    largest = std::max(largest, fs::file_size(log));
    (void)store->housekeep(kNow + minutes(i), true);
  }
  CHECK(fs::file_size(log) == largest);
  CHECK(largest < std::uintmax_t{2} << 20);
}

TEST_CASE("threads may keep blobs at once, also the same ones") {
  OnSqlite on;
  const auto store = on.open();
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (std::uint64_t seed = 0; seed < 15; ++seed) {
          const std::string bytes = noise(40'000 + seed, seed);
          const auto blob = store->blobs().keep(bytes);
          const auto file = sqlite::File::to_read(file_of(on, *blob));
          if (!file || sqlite::decompress(file->read_all(), bytes.size()) != bytes) ++wrong;
        }
      });
  }
  CHECK(wrong == 0);
}

TEST_CASE("a backup restores the desk, blobs included") {
  OnSqlite on;
  const auto store = on.open();
  SampleDesk desk(store->blobs(), {.mail_bytes = 15'000});
  for (int i = 0; i < 10; ++i) store->commit(desk.work(20));
  const auto large = store->blobs().keep(noise(90'000, 1));
  Batch batch = a_message_with(large);
  batch.messages[0].id = batch.contents[0].message = MessageId{100'000};
  store->commit(batch);
  const std::string before = describe(*store);
  OnSqlite restored;
  store->backup(restored.settings.directory);
  store->commit(desk.work(20));
  fs::remove_all(on.settings.directory / "blobs");
  const auto copy = restored.open();
  CHECK(describe(*copy) == before);
  CHECK(copy->open_reader()->raw_message(MessageId{100'000})->size() == 90'000);
}

TEST_CASE("a backup while mail comes in is the desk as it was between two commits") {
  OnSqlite on;
  const auto store = on.open();
  SampleDesk desk(store->blobs(), {});
  for (int i = 0; i < 20; ++i) store->commit(desk.work(50));
  std::vector<std::string> states{describe(*store)};
  OnSqlite restored;
  std::atomic<bool> done = false;
  {
    std::jthread copier([&] {
      store->backup(restored.settings.directory);
      done = true;
    });
    for (int i = 0; i < 60 && !done; ++i) {
      store->commit(desk.work(5));
      states.push_back(describe(*store));
    }
  }
  const std::string found = describe(*restored.open());
  CHECK(std::ranges::find(states, found) != states.end());
}

TEST_CASE("a backup into a directory with something in it is refused, the desk goes on") {
  OnSqlite on;
  const auto store = on.open();
  TempDir target;
  std::ofstream(target.path() / "precious") << "x";
  try {
    store->backup(target.path());
    FAIL("it was written");
  } catch (const StoreError&) {
    FAIL("a StoreError would stop the desk");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("not empty") != std::string::npos);
  }
  SampleDesk desk(store->blobs(), {});
  CHECK_NOTHROW(store->commit(desk.mails(1)));
}

TEST_CASE("an unfinished backup has no database under its name") {
  OnSqlite on;
  const auto store = on.open();
  const auto blob = store->blobs().keep(noise(90'000, 1));
  store->commit(a_message_with(blob));
  fs::remove(file_of(on, *blob));
  TempDir target;
  CHECK_THROWS_AS(store->backup(target.path() / "copy"), std::runtime_error);
  CHECK_FALSE(fs::exists(target.path() / "copy" / "deskwire.db"));
}
