// SPDX-License-Identifier: Apache-2.0
// The only door for facts: committed batches, in order, on the loop thread. Boards and lists are
// folds of these.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "deskwire/port/batch.hpp"

namespace deskwire {

class Feed {
 public:
  using Listener = std::function<void(const std::shared_ptr<const Batch>&)>;

  /// Unsubscribes when destroyed; must not outlive the feed.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Feed* feed, std::uint64_t id) : feed_(feed), id_(id) {}
    Subscription(Subscription&& other) noexcept
        : feed_(std::exchange(other.feed_, nullptr)), id_(other.id_) {}
    Subscription& operator=(Subscription&& other) noexcept {
      std::swap(feed_, other.feed_);
      std::swap(id_, other.id_);
      return *this;
    }
    ~Subscription() {
      if (feed_) feed_->listeners_.erase(id_);
    }

   private:
    Feed* feed_ = nullptr;
    std::uint64_t id_ = 0;
  };

  [[nodiscard]] Subscription subscribe(Listener listener);
  void publish(const std::shared_ptr<const Batch>& batch);
  /// Sequence of the last committed journal row that was published.
  [[nodiscard]] std::uint64_t seq() const { return seq_; }
  void restore(std::uint64_t seq) { seq_ = seq; }

 private:
  std::map<std::uint64_t, std::shared_ptr<Listener>>
      listeners_;  ///< Shared: one may end itself while it runs.
  std::uint64_t next_id_ = 1;
  std::uint64_t seq_ = 0;
};

}  // namespace deskwire
