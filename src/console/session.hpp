// SPDX-License-Identifier: Apache-2.0
// One console socket and what is known about it.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "auth/rate_limiter.hpp"
#include "auth/sessions.hpp"
#include "console/notices.hpp"
#include "http/websocket.hpp"

namespace deskwire {

struct Session {
  Session(std::shared_ptr<WebSocket> s, RateLimit limit) : socket(std::move(s)), calls(limit) {}

  std::shared_ptr<WebSocket> socket;
  std::string network;           ///< What log-in limits count.
  std::string device;            ///< What the client calls itself, in words.
  std::string cookie;            ///< The token that came with the upgrade; may be empty.
  std::optional<Principal> who;  ///< Set once signed in; never changes after that.
  std::string token;
  /// How often its log-in changed, and up to which change it was looked at again; nothing is done
  /// in between.
  std::uint32_t doubts = 0, settled = 0;
  [[nodiscard]] bool doubted() const { return settled != doubts; }
  RateLimiter calls;
  bool answering = false;  ///< A call is under way.
  /// Why the socket is closed, once that call is answered.
  std::optional<std::pair<CloseCode, std::string>> ending;
  /// Runs after the answer to the current call was queued: a result comes before its events.
  std::function<void()> after_answer;

  bool counted = false;           ///< Among its agent's sessions.
  bool live = false;              ///< Events flow; until then a replay may be under way.
  std::uint64_t live_after = 0;   ///< Journal rows up to here are known to the client.
  Cursor sent;                    ///< The last event's, "prev" of the next.
  bool board = false;             ///< Subscribed to board rows,
  std::uint64_t board_after = 0;  ///< which it knows up to this revision of the board.
};

using SessionPtr = std::shared_ptr<Session>;

}  // namespace deskwire
