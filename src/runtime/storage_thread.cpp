// SPDX-License-Identifier: Apache-2.0
#include "runtime/storage_thread.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "runtime/job_pool.hpp"
#include "runtime/limits.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

/// Without work for so long the thread is idle: senders answer a commit within a few milliseconds,
/// and a checkpoint in between would be in their way.
constexpr auto kIdleAfter = 20ms;
/// The free space is looked at, at most this often beside batches.
constexpr auto kWatchEvery = 1s;
/// So often a busy store may keep its house. A checkpoint that runs beside the batches has to be
/// followed closely: what is written until the next look is what it is still behind by.
constexpr auto kBusyHousekeepingEvery = 5ms;
/// The last checkpoint may take so long; what it leaves is done at the next start.
constexpr auto kLastHousekeeping = 3s;

}  // namespace

StorageThread::StorageThread(asio::io_context& loop, std::unique_ptr<Store> store,
                             std::function<void(std::exception_ptr)> on_fatal)
    : loop_(loop),
      store_(std::move(store)),
      on_fatal_(std::move(on_fatal)),
      free_bytes_(store_->free_bytes()),
      alive_at_(steady_now().time_since_epoch().count()),
      housekept_at_(steady_now()),
      thread_([this] {
        name_this_thread("desk-store");
        run();
      }) {}

StorageThread::~StorageThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
}

void StorageThread::commit(std::shared_ptr<const Batch> batch,
                           std::move_only_function<void(Committed)> done) {
  {
    const std::lock_guard lock(mutex_);
    commit_.emplace(Commit{std::move(batch), std::move(done)});
  }
  wake_.notify_one();
}

bool StorageThread::try_post(std::function<void(Store&)> job, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= limits::kStoreQueue) return false;
    jobs_.push_back({std::move(job), std::move(done)});
  }
  wake_.notify_one();
  return true;
}

void StorageThread::stop(std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_ = std::move(done);
  }
  wake_.notify_one();
}

std::size_t StorageThread::depth() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

/// A batch goes first, then one job, so that neither can starve the other.
void StorageThread::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto patience =
        more_house_ ? SteadyTime::duration(kIdleAfter) : SteadyTime::duration(kWatchEvery);
    const bool woken = wake_.wait_for(lock, patience, [this] { return stopping_ || work_waits(); });
    if (stopping_ && !work_waits()) break;
    std::optional<Commit> commit = std::exchange(commit_, std::nullopt);
    std::optional<Job> job;
    if (!jobs_.empty()) {
      job.emplace(std::move(jobs_.front()));
      jobs_.pop_front();
    }
    lock.unlock();
    if (commit) run_commit(std::move(*commit));
    if (job) run_job(std::move(*job));
    commit.reset();
    job.reset();
    keep_house(!woken);
    watch_disk();
    alive_at_ = steady_now().time_since_epoch().count();
    lock.lock();
  }
  lock.unlock();
  close();
}

void StorageThread::run_commit(Commit commit) {
  Committed result;
  const SteadyTime begun = steady_now();
  if (!broken_) {
    try {
      store_->commit(*commit.batch);
    } catch (...) {
      broken_ = std::current_exception();
    }
  }
  result.error = broken_;
  result.took = steady_now() - begun;
  asio::post(loop_, [done = std::move(commit.done), result]() mutable { done(result); });
}

void StorageThread::run_job(Job job) {
  std::exception_ptr error = broken_;
  if (!error) {
    try {
      job.run(*store_);
    } catch (const StoreError&) {
      error = std::current_exception();
      fail(error);
    } catch (...) {
      error = std::current_exception();
    }
  }
  job.run = nullptr;
  asio::post(loop_, [done = std::move(job.done), error]() mutable { done(error); });
}

void StorageThread::keep_house(bool idle) {
  if (broken_) return;
  const SteadyTime now = steady_now();
  if (!idle && now - housekept_at_ < kBusyHousekeepingEvery) {
    more_house_ = true;  // Something was written: look again once it is quiet.
    return;
  }
  try {
    const bool more = store_->housekeep(system_now(), idle);
    more_house_ = more || !idle;
  } catch (...) {
    fail(std::current_exception());
  }
  housekept_at_ = steady_now();
}

void StorageThread::watch_disk() {
  // After every round that did something, and once a second: the question costs about a
  // microsecond.
  if (broken_) return;
  try {
    free_bytes_ = store_->free_bytes();
  } catch (...) {
    fail(std::current_exception());
  }
}

void StorageThread::close() {
  const SteadyTime until = steady_now() + kLastHousekeeping;
  try {
    while (!broken_ && steady_now() < until && store_->housekeep(system_now(), true)) {
    }
  } catch (const std::exception& e) {
    spdlog::error("the last housekeeping failed: {}", e.what());
  }
  std::function<void()> stopped;
  {
    const std::lock_guard lock(mutex_);
    stopped = std::move(stopped_);
  }
  store_.reset();
  if (stopped) asio::post(loop_, std::move(stopped));
}

void StorageThread::fail(const std::exception_ptr& error) {
  broken_ = error;
  asio::post(loop_, [tell = on_fatal_, error] { tell(error); });
}

}  // namespace deskwire
