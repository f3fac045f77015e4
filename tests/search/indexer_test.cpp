// SPDX-License-Identifier: Apache-2.0
// The index follows the journal: whatever happens to it or to the process, it ends as one that was
// made anew from the same rows.
#include <catch2/catch.hpp>
#include <fstream>

#include "search/index_rig.hpp"
#include "storage/crash_disk.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace fs = std::filesystem;

namespace {

/// A desk's day in small: tickets, answers, moves, a customer who changes names.
void work(RowDesk& desk, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    desk.now = desk.now + minutes(1);
    const TicketId id = desk.open("Hóa đơn " + std::to_string(i), "kim" + std::to_string(i % 3));
    desk.say(id, "Where is order " + std::to_string(i) + "? 退款 0912 345 67" + std::to_string(i));
    desk.say(id, "note " + std::to_string(i), Direction::note, {"bill-" + std::to_string(i)});
    desk.change(id, [](Ticket& ticket) { ticket.state = TicketState::pending; });
    if (i % 4 == 1)
      desk.rename("kim0", "Kim " + std::to_string(i), "+8491234567" + std::to_string(i));
    if (i % 5 == 2)
      for (int n = 0; n < 40; ++n) desk.say(id, "chat line " + std::to_string(n));
  }
}

void overwrite(const fs::path& file, std::uint64_t offset, const std::string& bytes) {
  std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(static_cast<std::streamoff>(offset));
  out << bytes;
}

bool contains(const fs::path& file, const std::string& bytes) {
  std::ifstream in(file, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  return all.find(bytes) != std::string::npos;
}

}  // namespace

TEST_CASE("what is committed while it runs makes the same index as rows read at once") {
  IndexRig rig;
  rig.start();
  for (int i = 0; i < 6; ++i) {
    work(rig.desk, 3);
    rig.settle();
  }
  rig.stop();
  CHECK(dump(rig.file()) == rebuilt(rig));
}

TEST_CASE("after a start it goes on where it was, and reads only what it missed") {
  IndexRig rig;
  work(rig.desk, 4);
  rig.start();
  rig.settle();
  CHECK(rig.indexer->rebuilds() == 1);
  rig.stop();
  work(rig.desk, 4);
  rig.start();
  rig.settle();
  CHECK(rig.indexer->rebuilds() == 0);
  rig.stop();
  CHECK(dump(rig.file()) == rebuilt(rig));
}

TEST_CASE("a power cut anywhere leaves an index that catches up to the same") {
  CrashDisk disk;
  bool done = false;
  std::string expected;
  std::uint64_t cuts = 0;
  for (std::uint64_t n = 1; !done; n += 2) {
    IndexRig rig(CrashDisk::name());
    work(rig.desk, 3);
    disk.cut_power_at(n);
    rig.start();
    rig.settle([&] { return disk.power_is_off(); });
    work(rig.desk, 2);
    rig.settle([&] { return disk.power_is_off(); });
    rig.stop();  // Closing copies the log into the file.
    done = !disk.power_is_off();
    disk.forget_unsynced(n % 3 == 0 ? n : 0);
    rig.start();
    rig.settle();
    rig.stop();
    if (expected.empty()) expected = rebuilt(rig);
    CAPTURE(n);
    REQUIRE(dump(rig.file()) == expected);
    ++cuts;
  }
  CHECK(cuts > 20);
}

TEST_CASE("a file that is missing, cut, damaged or something else is made anew") {
  IndexRig rig;
  work(rig.desk, 6);
  rig.start();
  rig.settle();
  rig.stop();
  const std::string before = dump(rig.file());
  SECTION("missing") { fs::remove(rig.file()); }
  SECTION("empty") { fs::resize_file(rig.file(), 0); }
  SECTION("cut") { fs::resize_file(rig.file(), fs::file_size(rig.file()) / 2 + 100); }
  SECTION("no database") { std::ofstream(rig.file(), std::ios::trunc) << std::string(9000, 'x'); }
  SECTION("its first page is damaged") { overwrite(rig.file(), 100, std::string(3000, '\xA5')); }
  SECTION("of another form") {
    sqlite::Database database(rig.file(), sqlite::Database::Mode::write, "");
    database.execute("PRAGMA user_version = 999");
  }
  SECTION("someone else's") {
    fs::remove(rig.file());
    sqlite::Database database(rig.file(), sqlite::Database::Mode::create, "");
    database.execute("CREATE TABLE theirs (x)");
  }
  SECTION("of another store") { rig.name = "store-2"; }
  SECTION("of a future that this store does not have") {
    sqlite::Database database(rig.file(), sqlite::Database::Mode::write, "");
    database.execute("UPDATE place SET seq = seq + 1000");
  }
  SECTION("of another past") {
    sqlite::Database database(rig.file(), sqlite::Database::Mode::write, "");
    database.execute("UPDATE place SET at = at + 1");
  }
  rig.start();
  rig.settle();
  CHECK(rig.indexer->rebuilds() == 1);
  rig.stop();
  CHECK(dump(rig.file()) == before);
}

TEST_CASE("damage that a search meets has the index made anew") {
  IndexRig rig;
  work(rig.desk, 6);
  rig.start();
  rig.settle();
  const std::string found = rig.tickets("order ");
  CHECK(found.size() == 11);
  rig.indexer->report_damage();
  rig.settle();
  CHECK(rig.indexer->rebuilds() == 2);
  CHECK(rig.tickets("order ") == found);
}

TEST_CASE("a journal that was cut behind the index's back has it made anew") {
  IndexRig rig;
  rig.desk.ask("first");
  rig.start();
  rig.settle();
  rig.stop();
  rig.desk.ask("second");
  {
    const std::lock_guard lock(rig.store.image()->mutex);
    auto& journal = rig.store.image()->journal;
    journal.erase(journal.begin(), journal.end() - 1);
  }
  rig.start();
  rig.settle();
  CHECK(rig.indexer->rebuilds() == 1);
  CHECK(rig.tickets("second ") == "2");
}

TEST_CASE("while the disk is full nothing is written, and then it goes on") {
  IndexRig rig;
  rig.room = false;
  rig.desk.ask("refund");
  rig.start();
  CHECK(rig.indexer->generation() == 0);
  const search::Page page = rig.find("refund ");
  CHECK(page.found.empty());
  CHECK_FALSE(page.complete);
  rig.stop();
  rig.room = true;
  rig.start();
  rig.settle();
  CHECK(rig.tickets("refund ") == "1");
}

TEST_CASE("a customer's new name finds all their tickets, and the old one none") {
  IndexRig rig;
  rig.start();
  for (int i = 0; i < 3; ++i) rig.desk.ask("help " + std::to_string(i), "kim");
  rig.desk.ask("help", "lan");
  rig.settle();
  CHECK(rig.tickets("from:kim help ") == "3 2 1");
  rig.desk.rename("kim", "Nguyễn Thị Bưởi", "+84912345678");
  rig.settle();
  CHECK(rig.tickets("buoi ") == "3 2 1");
  CHECK(rig.tickets("0912 345 678 ") == "3 2 1");
  rig.desk.rename("kim", "Someone");
  rig.settle();
  CHECK(rig.tickets("buoi ").empty());
}

TEST_CASE("content that was erased is found no more, and leaves no trace in the file") {
  IndexRig rig;
  const TicketId id = rig.desk.ask("my secretword is here");
  rig.start();
  rig.settle();
  CHECK(rig.tickets("secretword ") == "1");
  {
    const std::lock_guard lock(rig.store.image()->mutex);
    rig.store.image()->contents.clear();
  }
  // Events that are not known to leave texts alone have their tickets read whole.
  rig.desk.commit(rig.desk.begin(MediaAttached{MessageId{1}, id, kNoon}));
  rig.settle();
  CHECK(rig.tickets("secretword ").empty());
  rig.stop();
  const auto files = search_files({.file = rig.file(), .vfs = ""});
  {
    const auto writer = files->open_writer();
    int slices = 0;
    while (writer->tidy(kNoon)) REQUIRE(++slices < 1000);
  }
  CHECK_FALSE(contains(rig.file(), "secretword"));
  CHECK(contains(rig.file(), "kim"));
}

TEST_CASE("a ticket that is gone from the store is gone from the index") {
  IndexRig rig;
  const TicketId id = rig.desk.ask("refund");
  rig.desk.ask("refund");
  rig.start();
  rig.settle();
  {
    const std::lock_guard lock(rig.store.image()->mutex);
    rig.store.image()->tickets.erase(id);
  }
  CHECK(rig.tickets("refund ") == "2");  // Already before the index knows.
  rig.desk.commit(rig.desk.begin(moved(id)));
  rig.settle();
  rig.stop();
  CHECK(dump(rig.file()) == rebuilt(rig));
}

TEST_CASE("a row of the journal that moves a thousand tickets is taken in slices") {
  IndexRig rig;
  std::vector<Event> events;
  for (int i = 0; i < 1000; ++i) {
    const TicketId id = rig.desk.open("moved", "kim");
    events.push_back(moved(id));
  }
  rig.start();
  rig.settle();
  Batch batch = rig.desk.begin(DaemonRestarted{});
  batch.journal.front().events = std::move(events);
  rig.desk.commit(std::move(batch));
  rig.settle();
  rig.stop();
  CHECK(dump(rig.file()) == rebuilt(rig));
}
