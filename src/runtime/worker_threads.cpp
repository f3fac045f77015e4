// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker_threads.hpp"

#include <exception>
#include <utility>

#include "runtime/limits.hpp"
#include "runtime/pool_wait.hpp"

namespace deskwire {
namespace asio = boost::asio;

WorkerThreads::WorkerThreads(asio::io_context& loop, StorageThread& storage)
    : loop_(loop),
      storage_(storage),
      readers_([&storage] {
        std::vector<std::unique_ptr<Reader>> readers;
        for (std::size_t i = 0; i < limits::kReadThreads; ++i)
          readers.push_back(storage.store().open_reader());
        return readers;
      }()),
      read_("desk-read", limits::kReadThreads, limits::kReadQueue),
      parse_("desk-parse", limits::kParseThreads, limits::kParseQueue),
      hash_("desk-hash", limits::kHashThreads, limits::kHashQueue) {}

WorkerThreads::~WorkerThreads() = default;

asio::awaitable<void> WorkerThreads::read_job(std::function<void(Reader&)> job) {
  co_await finished(
      loop_, "the readers are busy", [this, job = std::move(job)](auto resume) mutable {
        return read_.try_post([this, job = std::move(job), resume](std::size_t worker) mutable {
          std::exception_ptr error = outcome_of([&] { job(*readers_[worker]); });
          job = nullptr;
          resume(std::move(error));
        });
      });
}

asio::awaitable<void> WorkerThreads::cpu_job(Pool pool, std::function<void()> job) {
  JobPool& threads = pool == Pool::parse ? parse_ : hash_;
  const char* busy = pool == Pool::parse ? "the parsers are busy" : "too many log-ins at once";
  co_await finished(loop_, busy, [&threads, job = std::move(job)](auto resume) mutable {
    return threads.try_post([job = std::move(job), resume](std::size_t) mutable {
      std::exception_ptr error = outcome_of(job);
      job = nullptr;
      resume(std::move(error));
    });
  });
}

asio::awaitable<void> WorkerThreads::store_job(std::function<void(Store&)> job) {
  co_await finished(
      loop_, "the storage thread is busy", [this, job = std::move(job)](auto resume) mutable {
        return storage_.try_post(std::move(job),
                                 [resume](std::exception_ptr error) { resume(std::move(error)); });
      });
}

void WorkerThreads::stop() {
  read_.stop();
  parse_.stop();
  hash_.stop();
  readers_.clear();
}

void WorkerThreads::report(Metrics& metrics) const {
  metrics.depth(Metrics::Depth::read, read_.depth());
  metrics.depth(Metrics::Depth::parse, parse_.depth());
  metrics.depth(Metrics::Depth::hash, hash_.depth());
  metrics.depth(Metrics::Depth::storage, storage_.depth());
}

}  // namespace deskwire
