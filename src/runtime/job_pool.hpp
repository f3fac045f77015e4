// SPDX-License-Identifier: Apache-2.0
// A few named threads and one bounded queue of jobs. Jobs must not throw. Jobs that were taken are
// run, also while stopping.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace deskwire {

class JobPool {
 public:
  /// Told which of the pool's threads runs it, from 0.
  using Job = std::move_only_function<void(std::size_t worker)>;

  /// `name` is what the system shows for the threads: at most 15 bytes.
  JobPool(const std::string& name, std::size_t threads, std::size_t bound);
  ~JobPool() { stop(); }
  JobPool(const JobPool&) = delete;
  JobPool& operator=(const JobPool&) = delete;

  /// False when the queue is full or the pool stops; the job is then untouched. Any thread.
  [[nodiscard]] bool try_post(Job&& job);
  /// Takes no more, runs what is queued, joins.
  void stop();
  [[nodiscard]] std::size_t depth() const;

 private:
  void run(std::size_t worker);

  const std::size_t bound_;
  mutable std::mutex mutex_;
  std::deque<std::condition_variable> wake_;  ///< One a thread.
  std::vector<std::size_t> idle_;             ///< Threads that wait, the latest last.
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

/// Names the calling thread for ps, top and core dumps.
void name_this_thread(const std::string& name);

}  // namespace deskwire
