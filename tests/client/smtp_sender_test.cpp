// SPDX-License-Identifier: Apache-2.0
// What the smarthost says, and what we make of it.
#include "client/smtp_sender.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "client/fake_smarthost.hpp"

namespace deskwire {
namespace {

using test::FakeSmarthost;

SmtpMessage a_message(std::string data = "Subject: hello\r\n\r\nGood day.\r\n") {
  return {.envelope_from = "desk@demo.test",
          .recipients = {"ann@example.com"},
          .data = std::move(data)};
}

/// A loop, a smarthost and a way to it, made with the first message; `send` runs the loop until the
/// outcome is told.
struct Wire {
  boost::asio::io_context loop;
  FakeSmarthost smarthost{loop};
  SmtpSettings settings;
  std::optional<SmtpSender> sender;

  Wire() {
    settings.host = "127.0.0.1";
    settings.port = smarthost.port();
    settings.ehlo_name = "desk.demo.test";
  }

  SmtpResult send(SmtpMessage message) {
    std::optional<SmtpResult> result;
    if (!sender) sender.emplace(loop, settings);
    sender->send(std::move(message), [&](SmtpResult r) {
      result = std::move(r);
      loop.stop();
    });
    loop.restart();
    loop.run();
    REQUIRE(result);
    return *result;
  }
};

}  // namespace

TEST_CASE("a message that the smarthost takes is sent") {
  Wire wire;
  const SmtpResult result = wire.send(a_message());
  CHECK(result.state == DeliveryState::sent);
  CHECK(result.last.code == 250);
  CHECK(result.detail == "250 2.0.0 queued as 42");
  REQUIRE(result.recipients.size() == 1);
  CHECK(result.recipients.front().code == 250);
  REQUIRE(wire.smarthost.messages.size() == 1);
  CHECK(wire.smarthost.messages.front() == "Subject: hello\r\n\r\nGood day.\r\n");
  CHECK(wire.smarthost.commands.front() == "EHLO desk.demo.test");
}

TEST_CASE("the null path is written as such, and leading dots are stuffed") {
  Wire wire;
  SmtpMessage message = a_message("Subject: dots\r\n\r\n.hidden\r\n..\r\n");
  message.envelope_from.clear();
  CHECK(wire.send(message).state == DeliveryState::sent);
  CHECK(wire.smarthost.messages.front() == "Subject: dots\r\n\r\n..hidden\r\n...\r\n");
  CHECK(wire.smarthost.commands.at(1).starts_with("MAIL FROM:<>"));
}

TEST_CASE("a second message goes over the same connection") {
  Wire wire;
  wire.settings.connections = 1;
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
  CHECK(wire.smarthost.connections == 1);
  CHECK(wire.smarthost.messages.size() == 2);
}

TEST_CASE("a kept connection that the smarthost gave up is replaced at once") {
  Wire wire;
  wire.settings.connections = 1;
  wire.smarthost.messages_per_connection = 1;
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
  CHECK(wire.smarthost.connections == 2);
  CHECK(wire.smarthost.messages.size() == 2);
}

TEST_CASE("a 4xx reply to any command leaves the message queued") {
  const auto* const at = GENERATE("GREETING", "MAIL", "RCPT", "DATA", "END");
  Wire wire;
  wire.smarthost.replies[at] = "451 4.3.0 later, please";
  const SmtpResult result = wire.send(a_message());
  CHECK(result.state == DeliveryState::queued);
  CHECK(result.detail == "451 4.3.0 later, please");
}

TEST_CASE("a 5xx reply about the mail is final") {
  const auto* const at = GENERATE("MAIL", "RCPT", "DATA", "END");
  Wire wire;
  wire.smarthost.replies[at] = "550-5.7.1 this\r\n550 5.7.1 we do not like";
  const SmtpResult result = wire.send(a_message());
  CHECK(result.state == DeliveryState::failed);
  CHECK(result.last.code == 550);
  CHECK(result.detail == "550 5.7.1 we do not like");
}

TEST_CASE("a 5xx greeting or a refused log-in speaks of us and not of the mail") {
  const auto* const at = GENERATE("GREETING", "AUTH");
  Wire wire;
  wire.settings.user = "desk";
  wire.settings.password = "wrong";
  wire.smarthost.replies[at] = "554 5.7.0 go away";
  CHECK(wire.send(a_message()).state == DeliveryState::queued);
}

TEST_CASE("a demand for a log-in at MAIL gives up no mail") {
  Wire wire;
  wire.smarthost.replies["MAIL"] = "530 5.7.0 Authentication required";
  CHECK(wire.send(a_message()).state == DeliveryState::queued);
}

TEST_CASE("a user and a password are shown to a smarthost that asks for them") {
  Wire wire;
  wire.settings.user = "desk";
  wire.settings.password = "secret";
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
  CHECK(wire.smarthost.commands.at(1).starts_with("AUTH PLAIN"));
}

TEST_CASE("one refused recipient does not keep the mail from the others") {
  Wire wire;
  wire.smarthost.replies["RCPT <bob@example.com>"] = "550 5.1.1 <bob@example.com>: no such user";
  SmtpMessage message = a_message();
  message.recipients = {"bob@example.com", "ann@example.com"};
  const SmtpResult result = wire.send(message);
  CHECK(result.state == DeliveryState::sent);
  REQUIRE(result.recipients.size() == 2);
  CHECK(result.recipients.at(0).code == 550);
  CHECK(result.recipients.at(1).code == 250);
  CHECK(result.detail == "not to every recipient: 550 5.1.1 <(address)>: no such user");
}

TEST_CASE("a mail whose recipients are all refused is final only if each refusal is") {
  Wire wire;
  wire.smarthost.replies["RCPT <ann@example.com>"] = "550 5.1.1 no such user";
  wire.smarthost.replies["RCPT <bob@example.com>"] =
      GENERATE("550 5.1.1 nor this", "450 4.2.0 full");
  SmtpMessage message = a_message();
  message.recipients = {"bob@example.com", "ann@example.com"};
  const SmtpResult result = wire.send(message);
  const bool both_final = result.recipients.at(0).code == 550;
  CHECK(result.state == (both_final ? DeliveryState::failed : DeliveryState::queued));
}

TEST_CASE("a smarthost that hangs up leaves the message queued") {
  const auto* const at = GENERATE("GREETING", "MAIL", "BODY", "END");
  Wire wire;
  wire.smarthost.hang_up_at = at;
  const SmtpResult result = wire.send(a_message());
  CHECK(result.state == DeliveryState::queued);
  CHECK_FALSE(result.detail.empty());
}

TEST_CASE("a smarthost that nobody runs leaves the message queued") {
  Wire wire;
  boost::asio::ip::tcp::acceptor closed(wire.loop, {boost::asio::ip::address_v4::loopback(), 0});
  wire.settings.port = closed.local_endpoint().port();
  closed.close();
  CHECK(wire.send(a_message()).state == DeliveryState::queued);
}

TEST_CASE("a smarthost without STARTTLS gets nothing when STARTTLS is required") {
  Wire wire;
  wire.settings.tls = SmtpTls::starttls;
  CHECK(wire.send(a_message()).state == DeliveryState::queued);
  CHECK(wire.smarthost.messages.empty());
  for (const std::string& command : wire.smarthost.commands)
    CHECK_FALSE(command.starts_with("MAIL"));
}

TEST_CASE("a silent smarthost runs into the time-out and holds up nobody else") {
  Wire wire;
  FakeSmarthost tarpit(wire.loop);
  tarpit.silent_at = GENERATE("GREETING", "MAIL", "END");
  SmtpSettings slow = wire.settings;
  slow.port = tarpit.port();
  slow.total_timeout = std::chrono::milliseconds(300);
  SmtpSender slow_sender(wire.loop, slow);
  std::vector<SmtpResult> stuck;
  for (int i = 0; i < 20; ++i)
    slow_sender.send(a_message(), [&](SmtpResult r) { stuck.push_back(std::move(r)); });

  CHECK(wire.send(a_message()).state == DeliveryState::sent);

  wire.loop.restart();
  while (stuck.size() < 20) wire.loop.run_one();
  for (const SmtpResult& result : stuck) CHECK(result.state == DeliveryState::queued);
}

TEST_CASE("a smarthost that never answers the farewell holds up nobody") {
  Wire wire;
  wire.smarthost.silent_at = "QUIT";
  wire.smarthost.replies["MAIL"] = "550 5.7.1 no";
  wire.settings.connections = 1;
  for (int i = 0; i < 3; ++i) CHECK(wire.send(a_message()).state == DeliveryState::failed);
  wire.smarthost.replies.clear();
  CHECK(wire.send(a_message()).state == DeliveryState::sent);
}

TEST_CASE("what is under way when the sender stops is told as queued") {
  Wire wire;
  wire.smarthost.silent_at = "END";
  std::optional<SmtpResult> result;
  wire.sender.emplace(wire.loop, wire.settings);
  wire.sender->send(a_message(), [&](SmtpResult r) { result = std::move(r); });
  while (wire.smarthost.messages.empty()) wire.loop.run_one();
  wire.sender->stop();
  while (!result) wire.loop.run_one();
  CHECK(result->state == DeliveryState::queued);

  CHECK(wire.send(a_message()).state == DeliveryState::queued);  // Nothing is taken any more.
}

TEST_CASE("an address that would break out of the dialogue is refused before it is written") {
  const auto* const bad = GENERATE("x@y.test>\r\nRCPT TO:<z@y.test", "a\nb@y.test", "<x@y.test>");
  Wire wire;
  SmtpMessage message = a_message();
  message.recipients.emplace_back(bad);
  CHECK(wire.send(message).state == DeliveryState::failed);
  CHECK(wire.smarthost.connections == 0);
}

TEST_CASE("a message for nobody is refused") {
  Wire wire;
  SmtpMessage message = a_message();
  message.recipients.clear();
  CHECK(wire.send(message).state == DeliveryState::failed);
}

TEST_CASE("details keep no addresses and nothing unprintable") {
  CHECK(without_addresses("550 <a.b+c@d.example> unknown; try x@y.") ==
        "550 <(address)> unknown; try (address)");
  CHECK(without_addresses("250 ok\r\n\x01\xff") == "250 ok    ");
  CHECK(without_addresses(std::string(500, 'x')).size() == 200);
}

}  // namespace deskwire
