// SPDX-License-Identifier: Apache-2.0
#include "runtime/job_pool.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace deskwire {

void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

JobPool::JobPool(const std::string& name, std::size_t threads, std::size_t bound)
    : bound_(bound), wake_(threads) {
  threads_.reserve(threads);
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this, name, i] {
      name_this_thread(name);
      run(i);
    });
}

bool JobPool::try_post(Job&& job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= bound_) return false;
    jobs_.push_back(std::move(job));
    if (!idle_.empty()) {
      wake_[idle_.back()].notify_one();
      idle_.pop_back();
    }
  }
  return true;
}

void JobPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (std::condition_variable& wake : wake_) wake.notify_one();
  threads_.clear();  // Joins.
}

std::size_t JobPool::depth() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

void JobPool::run(std::size_t worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!stopping_ && jobs_.empty()) {
      if (std::ranges::find(idle_, worker) == idle_.end()) idle_.push_back(worker);
      wake_[worker].wait(lock);
    }
    std::erase(idle_, worker);  // It may have woken without having been told to.
    if (jobs_.empty()) return;
    {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job(worker);
    }  // What the job holds is let go of before the next one, and outside the lock.
    lock.lock();
  }
}

}  // namespace deskwire
