// SPDX-License-Identifier: Apache-2.0
// The chat, wired: visitors' sockets, agents' names, and the way by mail for visitors who left.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "app/mail.hpp"
#include "auth/keyed_hash.hpp"
#include "channels/chat/chat_channel.hpp"
#include "config/config.hpp"
#include "console/console.hpp"
#include "desk/front_desk.hpp"
#include "http/router.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

class Chats {
 public:
  /// Before the core's first command. `tell` reaches an agent's consoles.
  Chats(boost::asio::io_context& loop, Core& core, FrontDesk& desk, Mail& mail, Router& router,
        const config::Config& config, const KeyHasher& keys,
        std::function<void(AgentId, std::string_view, boost::json::object)> tell);
  void start() { channel_.start(); }
  boost::asio::awaitable<void> stop() { return channel_.stop(); }
  void reload(const config::Config& config);
  [[nodiscard]] chat::ChatChannel& channel() { return channel_; }

 private:
  chat::ChatChannel channel_;
};

}  // namespace deskwire::app
