// SPDX-License-Identifier: Apache-2.0
// One socket's calls: read one after the other, answered in order, at a bounded pace. Shared by
// every sub-protocol.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string_view>

#include "auth/rate_limiter.hpp"
#include "http/rpc.hpp"
#include "http/websocket.hpp"

namespace deskwire {

struct RpcPeer {
  std::shared_ptr<WebSocket> socket;
  RateLimiter* calls = nullptr;  ///< Of this peer alone.
  std::function<Instant()> now;
  std::string_view name;  ///< For the log: "console".
  std::function<boost::asio::awaitable<RpcResult>(RpcCall)> call;
  /// After the answer was queued; `done` if it was no error. A result comes before its events.
  std::function<void(bool done)> answered;
};

/// Returns when the socket closes.
boost::asio::awaitable<void> serve_calls(RpcPeer peer);

}  // namespace deskwire
