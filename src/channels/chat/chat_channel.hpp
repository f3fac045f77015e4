// SPDX-License-Identifier: Apache-2.0
// The chat: `GET /chat/{channel}`, sub-protocol deskwire.chat.v1, JSON-RPC 2.0; the files around
// it; and the way out of agents' answers. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "auth/keyed_hash.hpp"
#include "channels/chat/chat_settings.hpp"
#include "deskwire/engine/state.hpp"
#include "deskwire/port/transport.hpp"
#include "http/router.hpp"

namespace deskwire::chat {

/// A chat message as a mail to a visitor who left; nothing when no mail can be made of it.
using ToMail = std::function<std::optional<OutboundMessage>(OutboundMessage message,
                                                            ChannelId mailbox, MailAddress to)>;

class ChatChannel {
 public:
  /// `state` is what is durable, before the first command. `mail` is the way out of what `to_mail`
  /// makes; both must outlive this.
  ChatChannel(Settings settings, Seams seams, boost::asio::any_io_executor executor,
              const KeyHasher& keys, const State& state, Transport& mail, ToMail to_mail);
  ~ChatChannel();
  ChatChannel(const ChatChannel&) = delete;
  ChatChannel& operator=(const ChatChannel&) = delete;

  void add_routes(Router& router);
  void start();
  void reload(Settings settings);
  /// Agents' answers: taken at once by a visitor who is here, else kept for their return or sent by
  /// mail.
  [[nodiscard]] Transport& transport();
  [[nodiscard]] std::size_t visits() const;

  // What agents do, told to visitors.
  void agent_typing(TicketId ticket, bool typing);
  void agent_read(TicketId ticket, std::uint32_t seq);

  /// After the listener has stopped.
  boost::asio::awaitable<void> stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deskwire::chat
