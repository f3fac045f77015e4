// SPDX-License-Identifier: Apache-2.0
// Mail out, with our own entrance as the smarthost.
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "channels/email/email_transport.hpp"
#include "channels/email/session_office.hpp"
#include "storage/memory/memory_store.hpp"

namespace deskwire::email {
namespace {

namespace asio = boost::asio;
using Await = asio::awaitable<void>;

/// A ticket with `inbound` messages of a customer and an answer that has an attachment.
struct Desk {
  explicit Desk(std::uint32_t inbound) {
    const auto blob = store.blobs().keep("the bytes");
    Batch batch;
    Ticket ticket;
    ticket.id = {1};
    for (std::uint32_t seq = 1; seq <= inbound + 1; ++seq) {
      Message message;
      message.id = {seq};
      message.ticket = ticket.id;
      message.seq = seq;
      message.direction = seq > inbound ? Direction::out : Direction::in;
      auto content = std::make_shared<MessageContent>();
      content->message_id = "m" + std::to_string(seq) + "@example.org";
      if (seq > inbound) {
        Attachment attachment;
        attachment.n = 1;
        attachment.blob_sha256 = blob->sha256;
        content->attachments.push_back(attachment);
        content->blobs.push_back(blob);
      }
      batch.messages.push_back(message);
      batch.contents.push_back({message.id, ticket.id, seq == 1, content});
    }
    ticket.last_seq = inbound + 1;
    batch.tickets.push_back(ticket);
    store.commit(batch);
    reader = store.open_reader();
    answer = {inbound + 1};
  }

  [[nodiscard]] OutboundMessage outbound() const {
    OutboundMessage out{{}, *reader->message(answer), *reader->ticket({1})};
    out.item.message = answer;
    return out;
  }

  MemoryStore store;
  std::unique_ptr<Reader> reader;
  MessageId answer;
};

SmtpMessage to_support(const MailMaterial&) {
  return {"agent@desk.test", {"support@demo.test"}, "Subject: answer\r\n\r\n.dot\r\n"};
}

SmtpSettings smarthost(const Office& office) {
  SmtpSettings settings;
  settings.host = "127.0.0.1";
  const std::string address = office.channel->smtp_address();
  settings.port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  settings.connections = 1;
  return settings;
}

asio::awaitable<SendOutcome> sent(EmailTransport& transport, OutboundMessage message) {
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(SendOutcome)>(
      [&transport](auto handler, OutboundMessage m) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        transport.send(std::move(m),
                       [shared](SendOutcome outcome) { std::move (*shared)(std::move(outcome)); });
      },
      asio::use_awaitable, std::move(message));
}

/// Runs `story` with a transport that is closed and joined behind it.
void run(Office& office, MailComposer compose, std::function<Await(EmailTransport&)> story) {
  EmailTransport transport(office.loop, office.workers, std::move(compose), smarthost(office));
  office.run([&](Office&) -> Await {
    co_await story(transport);
    transport.close();
    co_await transport.join();
  });
}

TEST_CASE("an answer reaches the smarthost with what it is made of") {
  Desk desk(150);
  Office office;
  office.workers.reader = desk.reader.get();
  std::size_t history = 0;
  std::uint32_t first = 0, second = 0, last = 0;
  std::string attachment;
  const auto compose = [&](const MailMaterial& material) {
    history = material.history.size();
    first = material.history.at(0).message.seq;
    second = material.history.at(1).message.seq;
    last = material.history.back().message.seq;
    attachment = material.blobs.begin()->second;
    return to_support(material);
  };
  run(office, compose, [&](EmailTransport& transport) -> Await {
    const SendOutcome outcome = co_await sent(transport, desk.outbound());
    CHECK(outcome.state == DeliveryState::sent);
    CHECK(outcome.detail.starts_with("250 2.0.0"));
    CHECK(office.envelopes.at(0).mail_from == "agent@desk.test");
    CHECK(office.gateway.raw(0).ends_with("Subject: answer\r\n\r\n.dot\r\n"));
    CHECK(history == 101);
    CHECK((first == 1 && second == 51 && last == 150));
    CHECK(attachment == "the bytes");
  });
}

TEST_CASE("a smarthost that refuses for good, or for now, is told apart") {
  Desk desk(1);
  Office office;
  office.workers.reader = desk.reader.get();
  SmtpMessage mail = to_support({});
  run(
      office, [&](const MailMaterial&) { return mail; },
      [&](EmailTransport& transport) -> Await {
        mail.recipients = {"nobody@demo.test"};
        SendOutcome outcome = co_await sent(transport, desk.outbound());
        CHECK(outcome.state == DeliveryState::failed);
        CHECK(outcome.detail.starts_with("550 5.1.1"));
        mail.recipients = {"support@demo.test"};
        office.gateway.accepts = false;
        outcome = co_await sent(transport, desk.outbound());
        CHECK(outcome.state == DeliveryState::queued);
        CHECK(outcome.detail.starts_with("452 4.3.1"));
      });
}

TEST_CASE("what can never be sent has failed, what could not be made now is tried again") {
  Desk desk(1);
  Office office;
  run(
      office,
      [](const MailMaterial&) -> SmtpMessage {
        throw std::invalid_argument("there is no address to answer to");
      },
      [&](EmailTransport& transport) -> Await {
        SendOutcome outcome = co_await sent(transport, desk.outbound());
        CHECK(outcome.state == DeliveryState::queued);
        office.workers.reader = desk.reader.get();
        outcome = co_await sent(transport, desk.outbound());
        CHECK(outcome.state == DeliveryState::failed);
        CHECK(outcome.detail == "there is no address to answer to");
        transport.close();
        outcome = co_await sent(transport, desk.outbound());
        CHECK(outcome.state == DeliveryState::queued);
        CHECK(office.gateway.commands.empty());
      });
}

TEST_CASE("a replaced smarthost is used from the next mail on") {
  Desk desk(1);
  Office office;
  office.workers.reader = desk.reader.get();
  run(office, to_support, [&](EmailTransport& transport) -> Await {
    CHECK((co_await sent(transport, desk.outbound())).state == DeliveryState::sent);
    SmtpSettings nobody = smarthost(office);
    nobody.port = 1;
    transport.replace(to_support, nobody);
    CHECK((co_await sent(transport, desk.outbound())).state == DeliveryState::queued);
    transport.replace(to_support, smarthost(office));
    CHECK((co_await sent(transport, desk.outbound())).state == DeliveryState::sent);
    CHECK(office.gateway.commands.size() == 2);
  });
}

}  // namespace
}  // namespace deskwire::email
