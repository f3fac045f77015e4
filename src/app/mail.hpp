// SPDX-License-Identifier: Apache-2.0
// The email channel, wired: entrances, parser, and the way out through the smarthost.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "auth/keyed_hash.hpp"
#include "channels/email/email_channel.hpp"
#include "channels/email/email_transport.hpp"
#include "channels/email/inbound.hpp"
#include "channels/email/mailboxes.hpp"
#include "config/config.hpp"
#include "console/console.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

class Mail {
 public:
  /// Binds the listeners; throws when an address is taken. `keys` makes pseudonyms, `tokens` signs
  /// addresses.
  Mail(boost::asio::io_context& loop, Core& core, const config::Config& config,
       const std::filesystem::path& data, const KeyHasher& keys, const KeyHasher& tokens);
  void start() { channel_.start(); }
  /// The entrances; the transport is closed by the core's own stop.
  boost::asio::awaitable<void> stop() { return channel_.stop(); }
  boost::asio::awaitable<void> join() { return transport_.join(); }
  void reload(const config::Config& config);

  /// A fresh Message-ID and the sender of an answer on that channel.
  [[nodiscard]] OutboundIds draw_outbound(ChannelId channel, TicketId ticket) const;
  [[nodiscard]] bool is_ours(std::string_view address) const;
  /// A message of another channel as a mail from `mailbox`, with a Message-ID that stays the same;
  /// nothing without such a mailbox.
  [[nodiscard]] std::optional<OutboundMessage> as_mail(OutboundMessage message, ChannelId mailbox,
                                                       MailAddress to) const;
  [[nodiscard]] Transport& transport() { return transport_; }
  [[nodiscard]] std::string smtp_address() const { return channel_.smtp_address(); }
  [[nodiscard]] std::string lmtp_address() const { return channel_.lmtp_address(); }

 private:
  KeyHasher tokens_, keys_;
  std::shared_ptr<const email::Mailboxes> mailboxes_;
  std::string desk_name_;
  email::Inbound inbound_;
  email::EmailChannel channel_;
  email::EmailTransport transport_;
};

}  // namespace deskwire::app
