// SPDX-License-Identifier: Apache-2.0
// Requests to signed entrances that failed their check: kept for people to look at, counted, and
// nothing of them reaches a ticket. Bounded in number, in size and in pace, since anyone can send
// them. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string_view>

#include "auth/rate_limiter.hpp"
#include "http/message.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task_group.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

/// Records of this kind, newest first, are the quarantine; their value is a JSON object
/// `{entrance,reason,client,method,target,headers,body}`.
inline constexpr std::string_view kQuarantineRecord = "quarantine";

class Quarantine {
 public:
  Quarantine(boost::asio::any_io_executor executor, Workers& workers, Metrics& metrics,
             std::function<Instant()> now);

  /// `entrance` names who should have sent it ("twilio", "cti/pbx"), `reason` is one word.
  void keep(const HttpRequest& request, std::string_view entrance, std::string_view reason);
  /// After the listener has stopped: waits for what is being written.
  boost::asio::awaitable<void> stop() { return tasks_.join(); }

 private:
  boost::asio::awaitable<void> write(Record record);

  Workers& workers_;
  Metrics& metrics_;
  std::function<Instant()> now_;
  RateLimiter pace_;
  std::uint64_t number_ = 0;
  TaskGroup tasks_;
};

}  // namespace deskwire
