// SPDX-License-Identifier: Apache-2.0
// The heart, wired: engine, committer, storage thread, workers, ticker, feed and outbox on one
// loop. The order of members is the order of life; destruction is the shutdown backwards.
// Everything here is called on the loop thread.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/port/store.hpp"
#include "runtime/clock.hpp"
#include "runtime/committer.hpp"
#include "runtime/feed.hpp"
#include "runtime/health.hpp"
#include "runtime/metrics.hpp"
#include "runtime/outbox.hpp"
#include "runtime/storage_thread.hpp"
#include "runtime/ticker.hpp"
#include "runtime/worker_threads.hpp"

namespace deskwire {

struct CoreSettings {
  std::uint64_t disk_reserve_bytes = 256u << 20;  ///< Intake is refused while less is free.
  ClockSource clock;
};

class Core {
 public:
  /// Reads the snapshot (throws StoreError) and makes the engine. `new_names` came with `policy`
  /// and are persisted with the first batch. `on_fatal` is called once, on the loop, after a commit
  /// or a read failed and every waiter was told: the process must exit with 74.
  Core(boost::asio::io_context& loop, std::unique_ptr<Store> store, PolicyPtr policy,
       std::vector<NameRow> new_names, Metrics& metrics,
       std::function<void(std::exception_ptr)> on_fatal, CoreSettings settings = {});
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  /// Submits Restarted, and once that is durable starts the ticker and the outbox (register
  /// transports before) and calls `done`.
  void start(std::function<void(const Submission&)> done);
  /// Takes no more commands, lets sends end (5 s at most), commits what is queued, joins the
  /// workers, checkpoints, closes the store. The loop must run until it resumes. Listeners and
  /// sessions must have ended before.
  boost::asio::awaitable<void> stop();

  /// Replaces the policy with a journaled command; `new_names` are persisted in the same or an
  /// earlier batch.
  void replace_policy(PolicyPtr policy, std::vector<NameRow> new_names, Gateway::Done done);

  /// A copy of the store, made on a worker while commits go on. Resumes when it is complete; throws
  /// what the store threw.
  boost::asio::awaitable<void> backup(std::string directory);

  [[nodiscard]] Gateway& gateway() { return committer_; }
  [[nodiscard]] Workers& workers() { return workers_; }
  [[nodiscard]] Feed& feed() { return feed_; }
  [[nodiscard]] Outbox& outbox() { return outbox_; }
  [[nodiscard]] BlobKeeper& blobs() { return storage_.store().blobs(); }
  /// For a thread of one's own. Goes before the core stops.
  [[nodiscard]] std::unique_ptr<Reader> open_reader() { return storage_.store().open_reader(); }
  /// Whether there is more room than what intake leaves. Thread safe.
  [[nodiscard]] bool has_room() const { return storage_.free_bytes() >= disk_reserve_bytes_; }
  [[nodiscard]] DeskClock& clock() { return clock_; }
  /// The state runs ahead of the disk: show it to nobody before the head has committed.
  [[nodiscard]] const Engine& engine() const { return engine_; }
  [[nodiscard]] Health& health() { return health_; }
  /// Commands decided and not yet handed to the storage thread.
  [[nodiscard]] std::size_t building() const { return committer_.building(); }
  /// Readiness as of now: storage, intake, and whatever was set on `health()`.
  [[nodiscard]] bool ready();
  /// False when the storage thread hangs. That this is answered at all shows that the loop lives.
  [[nodiscard]] bool live() const;

 private:
  void failed(std::exception_ptr error);
  void refresh_metrics();
  void count_waiting();

  boost::asio::io_context& loop_;
  Metrics& metrics_;
  std::function<void(std::exception_ptr)> on_fatal_;
  std::uint64_t disk_reserve_bytes_;
  DeskClock clock_;
  Health health_;
  Feed feed_;
  std::vector<OutboxItem> restored_outbox_;
  Engine engine_;
  StorageThread storage_;
  WorkerThreads workers_;
  Committer committer_;
  Ticker ticker_;
  Outbox outbox_;
  std::optional<SteadyTime> counted_at_;
};

}  // namespace deskwire
