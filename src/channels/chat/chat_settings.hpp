// SPDX-License-Identifier: Apache-2.0
// What the chat needs to know, and the seams to what it may not: people's names and consoles.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/rate_limiter.hpp"
#include "deskwire/domain/policy.hpp"
#include "deskwire/port/blob_keeper.hpp"
#include "runtime/feed.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire::chat {

inline constexpr std::size_t kTextBytes = 8u << 10;

/// One chat of one site.
struct Place {
  ChannelId id;
  std::string name;  ///< In the paths: /chat/NAME.
  std::vector<std::string> allowed_origins;
  std::string greeting, closed_message;
  std::vector<std::string> ask_for;
  CalendarId hours;  ///< Zero: always open.
  std::vector<std::string> identity_secrets;
  Duration idle_warning, idle_close;  ///< Zero: never.
  ChannelId answer_by_mail;           ///< Zero: answers wait for the visitor's return.
  Duration mail_after;
  std::uint64_t max_upload_bytes = 10u << 20;
  std::uint32_t messages_per_minute = 240;
};

struct Settings {
  std::vector<Place> places;
  std::chrono::milliseconds start_within{10'000};
  std::size_t sockets = 20'000;
  std::size_t sockets_per_visitor = 20;
  /// New visitors of one network: a school behind one address comes at once, a script is slowed.
  RateLimit starts{.burst = 1'000, .refill = milliseconds(50)};
  RateLimit calls{.burst = 60, .refill = milliseconds(100), .max_keys = 1};
  RateLimit uploads{.burst = 20, .refill = seconds(6)};
  RateLimit network_uploads{.burst = 100, .refill = seconds(2)};
};

/// A page or script inside the binary: path below "/chat/" and bytes.
using Asset = std::pair<std::string_view, std::string_view>;

struct Seams {
  Gateway& gateway;
  Workers& workers;
  Feed& feed;
  BlobKeeper& blobs;
  std::function<Instant()> now;
  /// What to call an agent before visitors.
  std::function<boost::asio::awaitable<std::string>(AgentId)> agent_name;
  /// Something fleeting for the console of the agent who has the ticket.
  std::function<void(AgentId agent, std::string_view method, boost::json::object params)> tell;
  std::span<const Asset> assets;
};

}  // namespace deskwire::chat
