// SPDX-License-Identifier: Apache-2.0
// Power cuts at every write, sync and truncation that a working store does: whatever was committed
// is there, and each batch is there wholly or not at all.
#include <catch2/catch.hpp>
#include <vector>

#include "storage/crash_disk.hpp"
#include "storage/describe.hpp"
#include "storage/sample_desk.hpp"
#include "storage/stores.hpp"

using namespace deskwire;
namespace {

constexpr int kBatches = 5;
constexpr SampleDesk::Settings kDesk{.seed = 11, .senders = 6, .mail_bytes = 400};

/// What the store shows after each batch, the first: after none.
std::vector<std::string> expected_states() {
  OnMemory on;
  const auto store = on.open();
  SampleDesk desk(store->blobs(), kDesk);
  std::vector<std::string> states{describe(*store)};
  for (int i = 0; i < kBatches; ++i) {
    store->commit(desk.work(6));
    states.push_back(describe(*store));
  }
  return states;
}

/// Opens, commits and checkpoints until done or until the power goes; how many commits returned.
int work_until_the_power_goes(const SqliteSettings& settings) {
  int committed = 0;
  try {
    const auto store = open_sqlite(settings);
    SampleDesk desk(store->blobs(), kDesk);
    for (int i = 0; i < kBatches; ++i) {
      store->commit(desk.work(6));
      ++committed;
      if (i % 2 == 0) (void)store->housekeep(desk.now(), false);
    }
  } catch (const StoreError& error) {
    CHECK(error.kind == StoreError::Kind::disk);
  }
  return committed;
}

void cut_power_everywhere(std::uint64_t first, std::uint64_t step, bool partly) {
  const std::vector<std::string> expected = expected_states();
  CrashDisk disk;
  bool done = false;
  std::uint64_t cuts = 0;
  for (std::uint64_t n = first; !done; n += step) {
    OnSqlite on;
    on.settings.vfs = CrashDisk::name();
    on.settings.checkpoint_bytes = 1;  // Every housekeeping copies the log.
    disk.cut_power_at(n);
    const int committed = work_until_the_power_goes(on.settings);
    done = !disk.power_is_off();
    disk.forget_unsynced(partly ? n : 0);
    CAPTURE(n, committed);
    const auto store = on.open();
    const std::string found = describe(*store);
    const bool whole =
        found == expected[static_cast<std::size_t>(committed)] ||
        (committed < kBatches && found == expected[static_cast<std::size_t>(committed) + 1]);
    REQUIRE(whole);
    ++cuts;
  }
  CHECK(cuts > 20);
}

}  // namespace

TEST_CASE("after a power cut anywhere every batch is there wholly or not at all") {
  cut_power_everywhere(1, 1, false);
}

TEST_CASE("so it is when some of what was not synced reached the disk") {
  cut_power_everywhere(2, 3, true);
}

TEST_CASE("a store goes on working after a power cut") {
  OnSqlite on;
  CrashDisk disk;
  on.settings.vfs = CrashDisk::name();
  std::string before;
  {
    const auto store = on.open();
    SampleDesk desk(store->blobs(), kDesk);
    store->commit(desk.work(6));
    before = describe(*store);
    disk.cut_power_at(3);
    CHECK_THROWS_AS(store->commit(desk.work(6)), StoreError);
    CHECK_THROWS_WITH(store->commit(desk.work(1)),
                      Catch::Matchers::StartsWith("the store failed before"));
  }
  disk.forget_unsynced(0);
  const auto store = on.open();
  CHECK(describe(*store) == before);
  SampleDesk desk(store->blobs(), kDesk);
  (void)desk.work(6);
  store->commit(desk.work(6));
  CHECK(describe(*store) != before);
}
