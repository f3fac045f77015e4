// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/chat_transport.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace deskwire::chat {

ChatTransport::ChatTransport(Settings settings, ChatHub& hub, boost::asio::any_io_executor executor,
                             Transport& mail, ToMail to_mail)
    : settings_(std::move(settings)),
      hub_(hub),
      executor_(std::move(executor)),
      mail_(mail),
      to_mail_(std::move(to_mail)),
      started_at_(hub.now()) {}

void ChatTransport::answer(std::function<void(SendOutcome)> done, SendOutcome outcome) {
  boost::asio::post(executor_, [done = std::move(done), outcome = std::move(outcome)]() mutable {
    done(std::move(outcome));
  });
}

void ChatTransport::look_up(OutboundMessage, std::function<void(SendOutcome)> done) {
  answer(std::move(done), {DeliveryState::queued, ""});
}

void ChatTransport::send(OutboundMessage message, std::function<void(SendOutcome)> done) {
  const Conversation* conversation = hub_.of(message.item.ticket);
  const std::uint32_t seq = message.message.message.visible_seq;
  // Whoever came for a moment and took it needs no mail.
  if (conversation != nullptr && (conversation->here() || conversation->received >= seq))
    return answer(std::move(done), {DeliveryState::sent, ""});
  const auto place = std::ranges::find(settings_.places, message.item.channel_name, &Place::id);
  const auto& to = message.message.content.to;
  const bool by_mail = place != settings_.places.end() && place->answer_by_mail && !to.empty() &&
                       !to.front().address.empty();
  if (!by_mail)
    return answer(std::move(done), {DeliveryState::sent, "kept for the visitor's return"});
  const Instant gone_since = conversation != nullptr ? conversation->left_at : started_at_;
  const Duration still = gone_since + place->mail_after - hub_.now();
  if (still > Duration{})
    return answer(std::move(done),
                  {.state = DeliveryState::queued,
                   .detail = "the visitor has left; it goes by mail unless they come back",
                   .retry_in = std::max(still, seconds(1))});
  const MailAddress address = to.front();
  auto mail = to_mail_(std::move(message), place->answer_by_mail, address);
  if (!mail)
    return answer(std::move(done), {DeliveryState::failed, "the mailbox is no longer configured"});
  mail_.send(std::move(*mail), [done = std::move(done)](SendOutcome outcome) {
    if (outcome.state == DeliveryState::sent) outcome.detail = "by mail: " + outcome.detail;
    done(std::move(outcome));
  });
}

}  // namespace deskwire::chat
