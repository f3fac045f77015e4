// SPDX-License-Identifier: Apache-2.0
// The one thread that owns the Store: it commits batches, runs jobs between them, keeps house when
// nothing else is to be done and watches the free space. After the first StoreError it touches the
// store no more: nothing is retried in place.
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "deskwire/port/store.hpp"
#include "runtime/clock.hpp"

namespace deskwire {

class StorageThread {
 public:
  using Done = std::move_only_function<void(std::exception_ptr)>;

  /// How long a commit took, on success; null when it failed.
  struct Committed {
    std::exception_ptr error;
    std::chrono::nanoseconds took{};
  };

  /// `on_fatal` is called on the loop, at most once, when a job or the housekeeping met a
  /// StoreError. A failed commit is told to its own `done` alone.
  StorageThread(boost::asio::io_context& loop, std::unique_ptr<Store> store,
                std::function<void(std::exception_ptr)> on_fatal);
  ~StorageThread();
  StorageThread(const StorageThread&) = delete;
  StorageThread& operator=(const StorageThread&) = delete;

  /// One batch at a time: the next only after `done` was called (on the loop).
  void commit(std::shared_ptr<const Batch> batch, std::move_only_function<void(Committed)> done);
  /// Runs `job` between batches and calls `done` on the loop with what it threw, or null. False:
  /// full or stopping.
  [[nodiscard]] bool try_post(std::function<void(Store&)> job, Done done);
  /// Runs what is queued, keeps house a last time, closes the store, then calls `done` on the loop.
  /// Once.
  void stop(std::function<void()> done);

  [[nodiscard]] std::uint64_t free_bytes() const { return free_bytes_; }
  [[nodiscard]] std::size_t depth() const;
  /// When the thread last went round; for liveness. A commit that hangs shows here.
  [[nodiscard]] SteadyTime alive_at() const {
    return SteadyTime(SteadyTime::duration(alive_at_.load()));
  }
  /// Only to open readers and for the blob keeper, which are thread safe; valid until stop.
  [[nodiscard]] Store& store() { return *store_; }

 private:
  struct Commit {
    std::shared_ptr<const Batch> batch;
    std::move_only_function<void(Committed)> done;
  };
  struct Job {
    std::function<void(Store&)> run;
    Done done;
  };

  void run();
  void run_commit(Commit commit);
  void run_job(Job job);
  void keep_house(bool idle);
  void watch_disk();
  void close();
  void fail(const std::exception_ptr& error);
  [[nodiscard]] bool work_waits() const { return commit_ || !jobs_.empty(); }

  boost::asio::io_context& loop_;
  std::unique_ptr<Store> store_;
  std::function<void(std::exception_ptr)> on_fatal_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Commit> commit_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::function<void()> stopped_;

  std::atomic<std::uint64_t> free_bytes_;
  std::atomic<SteadyTime::rep> alive_at_;

  // The storage thread's own.
  std::exception_ptr broken_;
  SteadyTime housekept_at_;
  bool more_house_ = false;

  std::jthread thread_;  ///< Last: it uses all the others.
};

}  // namespace deskwire
