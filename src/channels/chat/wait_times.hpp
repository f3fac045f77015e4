// SPDX-License-Identifier: Apache-2.0
// How long tickets of a queue have waited lately: what a visitor may expect.
#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/domain/entities.hpp"

namespace deskwire::chat {

class WaitTimes {
 public:
  struct Estimate {
    Duration half, most;  ///< Within these 50 % and 90 % of the last tickets were taken.
  };

  void taken(QueueId queue, Duration waited) {
    std::deque<Duration>& last = queues_[queue];
    if (last.size() == kKept) last.pop_front();
    last.push_back(std::max(waited, Duration{}));
  }
  /// Nothing while there are too few to say anything.
  [[nodiscard]] std::optional<Estimate> estimate(QueueId queue) const {
    const auto found = queues_.find(queue);
    if (found == queues_.end() || found->second.size() < kEnough) return std::nullopt;
    std::vector<Duration> sorted(found->second.begin(), found->second.end());
    std::ranges::sort(sorted);
    return Estimate{sorted[sorted.size() / 2], sorted[sorted.size() * 9 / 10]};
  }

 private:
  static constexpr std::size_t kKept = 50, kEnough = 5;
  std::unordered_map<QueueId, std::deque<Duration>> queues_;
};

}  // namespace deskwire::chat
