// SPDX-License-Identifier: Apache-2.0
// Workers as real threads: a pool of readers, one for parsing, one for password hashing, and the
// storage thread's own queue.
#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "runtime/job_pool.hpp"
#include "runtime/metrics.hpp"
#include "runtime/storage_thread.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class WorkerThreads final : public Workers {
 public:
  WorkerThreads(boost::asio::io_context& loop, StorageThread& storage);
  ~WorkerThreads() override;

  boost::asio::awaitable<void> read_job(std::function<void(Reader&)> job) override;
  boost::asio::awaitable<void> store_job(std::function<void(Store&)> job) override;
  boost::asio::awaitable<void> cpu_job(Pool pool, std::function<void()> job) override;

  /// Runs what was taken and joins; the loop must still run, for those who wait. What comes after
  /// is "busy".
  void stop();
  void report(Metrics& metrics) const;

 private:
  boost::asio::io_context& loop_;
  StorageThread& storage_;
  std::vector<std::unique_ptr<Reader>> readers_;  ///< One a thread.
  JobPool read_;
  JobPool parse_;
  JobPool hash_;
};

}  // namespace deskwire
