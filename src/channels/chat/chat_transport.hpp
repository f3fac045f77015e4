// SPDX-License-Identifier: Apache-2.0
// Answers to visitors. A committed answer is in the conversation and reaches the visitor by itself;
// what is left to decide is whether someone who went away gets it by mail. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>

#include "channels/chat/chat_channel.hpp"
#include "channels/chat/chat_hub.hpp"

namespace deskwire::chat {

class ChatTransport final : public Transport {
 public:
  ChatTransport(Settings settings, ChatHub& hub, boost::asio::any_io_executor executor,
                Transport& mail, ToMail to_mail);

  void send(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  /// Nothing is sent twice by asking again: a mail keeps its Message-ID.
  void look_up(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  void close() override {}
  void replace(Settings settings) { settings_ = std::move(settings); }

 private:
  void answer(std::function<void(SendOutcome)> done, SendOutcome outcome);

  Settings settings_;
  ChatHub& hub_;
  boost::asio::any_io_executor executor_;
  Transport& mail_;
  ToMail to_mail_;
  Instant started_at_;  ///< Nobody is known to have been here before.
};

}  // namespace deskwire::chat
