// SPDX-License-Identifier: Apache-2.0
// The store that fails on demand: what it promises to the tests that stand on it.
#include <catch2/catch.hpp>
#include <memory>

#include "storage/memory/faulty_store.hpp"
#include "storage/memory/memory_store.hpp"

namespace deskwire {
namespace {

/// A batch with one journal row, which is how its arrival is seen.
Batch batch(std::uint64_t seq) {
  Batch batch;
  batch.journal.push_back({.seq = seq, .at = {1000}, .actor = {}, .command = "Tick", .events = {}});
  batch.counters.seq = seq;
  return batch;
}

struct Bench {
  std::shared_ptr<MemoryImage> image = std::make_shared<MemoryImage>();
  FaultyStore store{std::make_unique<MemoryStore>(image)};

  /// What the next process would find.
  [[nodiscard]] std::uint64_t durable_seq() const { return MemoryStore(image).load_snapshot().seq; }
};

}  // namespace

TEST_CASE("a commit told to fail before loses its batch and every later write") {
  Bench bench;
  bench.store.commit(batch(1));
  bench.store.fail_commit(2, FaultyStore::When::before);
  bench.store.commit(batch(2));
  CHECK_THROWS_AS(bench.store.commit(batch(3)), StoreError);
  CHECK(bench.store.dead());
  CHECK_THROWS_AS(bench.store.commit(batch(3)), StoreError);
  CHECK_THROWS_AS(bench.store.put_session({}), StoreError);
  CHECK(bench.durable_seq() == 2);
}

TEST_CASE("a commit told to fail after is durable though nobody hears of it") {
  Bench bench;
  bench.store.fail_commit(1, FaultyStore::When::after);
  CHECK_THROWS_AS(bench.store.commit(batch(1)), StoreError);
  CHECK(bench.durable_seq() == 1);
}

TEST_CASE("after a power loss the next store finds what was committed") {
  Bench bench;
  bench.store.commit(batch(1));
  bench.store.lose_power();
  CHECK_THROWS_AS(bench.store.commit(batch(2)), StoreError);
  CHECK_THROWS_AS(bench.store.load_snapshot(), StoreError);
  CHECK(bench.durable_seq() == 1);
}

TEST_CASE("a full disk shows its free space, and a write to it is the last") {
  Bench bench;
  bench.store.fill_disk(4096);
  CHECK(bench.store.free_bytes() == 4096);
  CHECK(bench.store.load_snapshot().seq == 0);
  CHECK_THROWS_AS(bench.store.commit(batch(1)), StoreError);
  CHECK(bench.durable_seq() == 0);
}

TEST_CASE("a disk emptied before anything was written goes on") {
  Bench bench;
  bench.store.fill_disk();
  bench.store.empty_disk();
  bench.store.commit(batch(1));
  CHECK(bench.durable_seq() == 1);
  CHECK(bench.store.free_bytes() > 4096);
}

TEST_CASE("a slow commit is not durable while it is held up") {
  Bench bench;
  std::uint64_t seen = 99;
  bench.store.set_before_commit([&] { seen = bench.durable_seq(); });
  bench.store.commit(batch(1));
  CHECK(seen == 0);
  CHECK(bench.durable_seq() == 1);
}

}  // namespace deskwire
