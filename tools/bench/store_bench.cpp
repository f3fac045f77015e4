// SPDX-License-Identifier: Apache-2.0
// How many mails a second the SQLite store makes durable, by size of batch, with every row that a
// new mail brings. Only the storage thread's work is timed: commit and the housekeeping after it.
// Run it on the disk that the figures are to speak of.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "storage/sample_desk.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace {

using namespace deskwire;
namespace fs = std::filesystem;
using Millis = std::chrono::duration<double, std::milli>;

struct Options {
  fs::path directory = "store_bench.data";
  std::vector<std::size_t> batches = {1, 16, 64, 256};
  std::size_t mails = 20'000;
  std::size_t preload = 0;
  std::size_t mail_bytes = 4096;
  std::uint32_t senders = 10'000;
  std::uint64_t checkpoint_mib = 64;
};

template <class Work>
Millis time_of(Work&& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - begun;
}

double percentile(std::vector<Millis>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))].count();
}

void load(Store& store, SampleDesk& desk, std::size_t mails) {
  for (std::size_t done = 0; done < mails; done += 256) {
    store.commit(desk.mails(256));
    (void)store.housekeep(desk.now(), false);
  }
}

void measure(Store& store, SampleDesk& desk, std::size_t batch_size, std::size_t mails) {
  // A batch of one costs a sync a mail; a few thousand of them say enough.
  const std::size_t batches =
      std::max<std::size_t>(1, std::min(mails / batch_size, std::size_t{2000}));
  std::vector<Millis> times;
  Millis total{0};
  Millis longest_checkpoint{0};
  for (std::size_t i = 0; i < batches; ++i) {
    const Batch batch = desk.mails(batch_size);
    times.push_back(time_of([&] { store.commit(batch); }));
    const Millis kept_house = time_of([&] { (void)store.housekeep(desk.now(), false); });
    longest_checkpoint = std::max(longest_checkpoint, kept_house);
    total += times.back() + kept_house;
  }
  std::ranges::sort(times);
  const double rate = static_cast<double>(batches * batch_size) / total.count() * 1000.0;
  std::printf(
      "batch %4zu: %7.0f mails/s  commit p50 %.2f  p99 %.2f  max %.2f  checkpoint max %.2f ms\n",
      batch_size, rate, percentile(times, 0.5), percentile(times, 0.99), times.back().count(),
      longest_checkpoint.count());
}

int run(const Options& options) {
  fs::remove_all(options.directory);
  SqliteSettings settings;
  settings.directory = options.directory;
  settings.checkpoint_bytes = options.checkpoint_mib << 20;
  auto store = open_sqlite(settings);
  SampleDesk desk(store->blobs(),
                  {.seed = 1, .senders = options.senders, .mail_bytes = options.mail_bytes});
  load(*store, desk, options.preload);
  for (const std::size_t size : options.batches) measure(*store, desk, size, options.mails);
  store.reset();
  const auto size = fs::file_size(options.directory / "deskwire.db");
  store = open_sqlite(settings);
  Snapshot snapshot;
  const Millis took = time_of([&] { snapshot = store->load_snapshot(); });
  std::printf("start-up: %zu open tickets read in %.0f ms; %.1f KiB a mail in the database\n",
              snapshot.tickets.size(), took.count(),
              static_cast<double>(size) / 1024.0 / static_cast<double>(snapshot.next_ticket - 1));
  store.reset();
  fs::remove_all(options.directory);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("mails a second through the SQLite store");
  app.add_option("--directory", options.directory, "removed before and after");
  app.add_option("--batch", options.batches, "batch sizes")->delimiter(',');
  app.add_option("--mails", options.mails, "a batch size");
  app.add_option("--preload", options.preload, "tickets in the store before");
  app.add_option("--mail-bytes", options.mail_bytes, "of a mail");
  app.add_option("--senders", options.senders, "addresses that mail comes from");
  app.add_option("--checkpoint-mib", options.checkpoint_mib, "log size at which it is copied");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
