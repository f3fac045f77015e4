// SPDX-License-Identifier: Apache-2.0
#include "channels/email/email_transport.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <stdexcept>
#include <utility>

namespace deskwire::email {
namespace asio = boost::asio;
namespace {

/// References need the root and the last messages; nothing needs all of a thread of thousands.
constexpr std::uint32_t kHistory = 100;

MailMaterial read_material(Reader& reader, OutboundMessage outbound) {
  MailMaterial out;
  const Message& message = outbound.message.message;
  const std::uint32_t before = message.seq;
  const std::uint32_t after = before > kHistory ? before - kHistory - 1 : 0;
  if (after > 0) out.history = reader.messages(message.ticket, 0, 1);
  for (MessageRow& row : reader.messages(message.ticket, after, kHistory)) {
    if (row.message.seq < before) out.history.push_back(std::move(row));
  }
  for (const Attachment& attachment : outbound.message.content.attachments) {
    if (attachment.blob_sha256.empty()) continue;
    auto bytes = reader.blob(attachment.blob_sha256);
    if (!bytes) throw std::invalid_argument("an attachment is no longer there");
    out.blobs[attachment.blob_sha256] = std::move(*bytes);
  }
  Needs needs;
  for (const Key& key : outbound.ticket.ticket.participants)
    needs.keys.emplace_back(KeyKind::dead_address, key);
  out.dead = reader.load(needs).keys;
  out.outbound = std::move(outbound);
  return out;
}

}  // namespace

EmailTransport::EmailTransport(asio::io_context& loop, Workers& workers, MailComposer compose,
                               SmtpSettings smarthost)
    : loop_(loop),
      workers_(workers),
      compose_(std::move(compose)),
      sender_(std::make_shared<SmtpSender>(loop, std::move(smarthost))),
      tasks_(loop.get_executor(), "mail out") {}

EmailTransport::~EmailTransport() = default;

void EmailTransport::replace(MailComposer compose, SmtpSettings smarthost) {
  compose_ = std::move(compose);
  std::erase_if(replaced_, [](const auto& sender) { return sender.expired(); });
  replaced_.push_back(sender_);
  sender_ = std::make_shared<SmtpSender>(loop_, std::move(smarthost));
}

void EmailTransport::close() {
  closed_ = true;
  sender_->stop();
  for (const auto& replaced : replaced_) {
    if (const auto sender = replaced.lock()) sender->stop();
  }
}

void EmailTransport::send(OutboundMessage message, std::function<void(SendOutcome)> done) {
  if (closed_) {
    asio::post(loop_, [done = std::move(done)] { done({DeliveryState::queued, "stopping"}); });
    return;
  }
  tasks_.spawn(deliver(std::move(message), std::move(done)));
}

void EmailTransport::look_up(OutboundMessage, std::function<void(SendOutcome)> done) {
  asio::post(loop_, [done = std::move(done)] { done({DeliveryState::queued, ""}); });
}

asio::awaitable<void> EmailTransport::deliver(OutboundMessage message,
                                              std::function<void(SendOutcome)> done) {
  // Never told inside send().
  co_await asio::post(loop_, asio::use_awaitable);
  SendOutcome outcome{DeliveryState::queued, ""};
  const MessageId id = message.item.message;
  try {
    outcome = co_await attempt(std::move(message));
  } catch (const std::invalid_argument& e) {
    outcome = {DeliveryState::failed, e.what()};
  } catch (const Busy&) {
    outcome.detail = "the desk is busy";
  } catch (const std::exception& e) {
    spdlog::error("mail out: message {} could not be made: {}", id.value, e.what());
    outcome.detail = "local trouble";
  }
  done(std::move(outcome));
}

asio::awaitable<SendOutcome> EmailTransport::attempt(OutboundMessage message) {
  MailMaterial material = co_await gather(std::move(message));
  auto job = [compose = compose_, material = std::make_shared<const MailMaterial>(
                                      std::move(material))] { return compose(*material); };
  SmtpMessage mail = co_await workers_.run(Workers::Pool::parse, std::move(job));
  SmtpResult result = co_await hand_over(std::move(mail));
  co_return SendOutcome{result.state, std::move(result.detail)};
}

asio::awaitable<MailMaterial> EmailTransport::gather(OutboundMessage message) {
  co_return co_await workers_.read([message = std::move(message)](Reader& reader) mutable {
    return read_material(reader, std::move(message));
  });
}

asio::awaitable<SmtpResult> EmailTransport::hand_over(SmtpMessage message) {
  // A replaced sender lives until its last mail was told about.
  const std::shared_ptr<SmtpSender> sender = sender_;
  if (closed_) co_return SmtpResult{};
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(SmtpResult)>(
      [sender](auto handler, SmtpMessage mail) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        sender->send(std::move(mail), [shared](SmtpResult result) {
          asio::dispatch(asio::append(std::move(*shared), std::move(result)));
        });
      },
      asio::use_awaitable, std::move(message));
}

}  // namespace deskwire::email
