// SPDX-License-Identifier: Apache-2.0
// Token buckets by key, in bounded memory: each key may act `burst` times at once and then once
// every `refill`. One thread only.
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "deskwire/base/instant.hpp"

namespace deskwire {

struct RateLimit {
  std::uint32_t burst = 10;
  Duration refill = seconds(1);   ///< Until one more is allowed.
  std::size_t max_keys = 10'000;  ///< Above it the key that acted longest ago is forgotten.
};

class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit) : limit_(limit) {}

  /// Takes one. Zero: it may go on; otherwise nothing was taken and this is how long to wait.
  [[nodiscard]] Duration take(std::string_view key, Instant now);
  /// Gives back what `take` took, for what turned out to be harmless.
  void refund(std::string_view key);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  /// GCRA: a key may act while the time at which its bucket would be full again is not further
  /// ahead than burst × refill.
  struct Bucket {
    std::string key;
    Instant full_at;
  };
  using Order = std::list<Bucket>;  ///< Latest first.

  RateLimit limit_;
  Order order_;
  std::unordered_map<std::string_view, Order::iterator> buckets_;  ///< Keys view into `order_`.
};

}  // namespace deskwire
