// SPDX-License-Identifier: Apache-2.0
// The agents' socket: `GET /console`, sub-protocol deskwire.console.v1, JSON-RPC 2.0. Loop thread
// only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "auth/keyed_hash.hpp"
#include "auth/rate_limiter.hpp"
#include "desk/call_notice.hpp"
#include "desk/front_desk.hpp"
#include "http/router.hpp"

namespace deskwire {

class TicketSearch;

/// What a message on its way out needs of its channel.
struct OutboundIds {
  std::string message_id;  ///< Fresh, without angle brackets.
  MailAddress from;        ///< The channel's own address.
  std::string region;      ///< Of a number: how national ones are read.
};

struct ConsoleSettings {
  std::function<Instant()> now;
  /// `ticket` is zero for one that is about to be opened.
  std::function<OutboundIds(ChannelId channel, TicketId ticket)> draw_outbound;
  /// Whether mail to the address comes back to this desk.
  std::function<bool(std::string_view address)> is_ours;
  /// An agent types on a ticket, or has seen its messages up to a sequence: for channels on which
  /// that can be shown. May be empty.
  std::function<void(TicketId ticket, bool typing)> on_typing{};
  std::function<void(TicketId ticket, std::uint32_t seq)> on_read{};
  /// The configuration's file, its text without secrets: `{version, file, text, in_force}`; read
  /// on a worker.
  std::function<std::function<boost::json::object()>()> policy_text{};
  /// The errors of a text, `[{line, column, path, found, expected}]`; checked on a worker.
  std::function<std::function<boost::json::object()>(std::string text)> check_policy{};
  TicketSearch* search = nullptr;  ///< Without one there is no ticket.search.

  std::chrono::milliseconds log_in_within{10'000};
  /// Calls of one session: a person with a fast client, not a script.
  RateLimit calls{.burst = 100, .refill = milliseconds(20), .max_keys = 1};
  /// A session that looks at a ticket is forgotten when it was silent for six of these.
  std::chrono::milliseconds viewing_sweep{5'000};
  /// A session that ended, or is another role's by now, is noticed within this.
  std::chrono::milliseconds look_again_every{60'000};
  std::size_t sessions = 2'000;
  std::size_t sessions_per_user = 20;
  std::size_t replay_rows = 2'000;           ///< Journal rows; further behind means resync.
  std::size_t queued_batches = 256;          ///< Committed batches not yet told; more means resync.
  std::size_t attachment_bytes = 25u << 20;  ///< Of one message, together.
};

class Console {
 public:
  Console(ConsoleSettings settings, boost::asio::any_io_executor executor, FrontDesk& desk,
          const KeyHasher& keys);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  void add_routes(Router& router);
  /// A telephone rings, or no longer: told to the consoles that are open now, kept nowhere.
  boost::asio::awaitable<void> announce(CallNotice notice);
  [[nodiscard]] std::size_t sessions() const;
  /// Something fleeting for every session of an agent: no event, lost when nobody is there.
  void tell(AgentId agent, std::string_view method, const boost::json::object& params);
  /// After the listener has stopped: waits for what the sessions' ends still had to say.
  boost::asio::awaitable<void> stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deskwire
