// SPDX-License-Identifier: Apache-2.0
#include "auth/rate_limiter.hpp"

#include <algorithm>

namespace deskwire {

Duration RateLimiter::take(std::string_view key, Instant now) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= limit_.max_keys) {
      buckets_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({std::string(key), now});
    found = buckets_.emplace(order_.front().key, order_.begin()).first;
  } else {
    order_.splice(order_.begin(), order_, found->second);
  }
  Bucket& bucket = *found->second;
  const Instant full_at = std::max(bucket.full_at, now) + limit_.refill;
  const Duration over = (full_at - now) - limit_.refill * limit_.burst;
  if (over > Duration{0}) return over;
  bucket.full_at = full_at;
  return {};
}

void RateLimiter::refund(std::string_view key) {
  const auto found = buckets_.find(key);
  if (found != buckets_.end()) found->second->full_at = found->second->full_at - limit_.refill;
}

}  // namespace deskwire
