// SPDX-License-Identifier: Apache-2.0
// The configurations that ship load, and mean what the wire contract says of the demo.
#include <catch2/catch.hpp>

#include "config/given.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

namespace {

Config demo(NameIds& ids, const LoadOptions& options = kShort) {
  auto config = load(repository() / "config/demo.yaml", SystemSecrets{}, ids, options);
  if (!config)
    for (const auto& error : config.error()) FAIL_CHECK(to_string(error));
  REQUIRE(config);
  return std::move(*config);
}

}  // namespace

TEST_CASE("the demo listens where the contract says") {
  NameIds ids;
  const auto config = demo(ids);
  CHECK(to_string(config.http.listen) == "127.0.0.1:8080");
  CHECK(to_string(config.smtp.listen.value()) == "127.0.0.1:2525");
  CHECK(to_string(config.lmtp.listen.value()) == "127.0.0.1:2424");
  CHECK(config.smarthost.host == "127.0.0.1");
  CHECK(config.smarthost.port == 2526);
  CHECK(config.smarthost.tls == SmarthostTls::none);
  CHECK(config.desk.public_url == "http://127.0.0.1:8080");
  CHECK(config.demo);
}

TEST_CASE("the demo has the contract's channels") {
  NameIds ids;
  const auto config = demo(ids);
  REQUIRE(config.channels.email.size() == 2);
  CHECK(config.channels.email[0].address == "support@demo.test");
  CHECK(config.channels.email[1].address == "billing@demo.test");
  const auto* support = config.policy->channel(config.channels.email[0].id);
  const auto* billing = config.policy->channel(config.channels.email[1].id);
  REQUIRE((support && billing));
  CHECK(config.policy->queue(support->queue)->name == "general");
  CHECK(config.policy->queue(billing->queue)->name == "billing");
  CHECK(config.policy->skill(billing->required.at(0).skill)->name == "billing");
  const auto& sms = config.channels.sms.at(0);
  CHECK(sms.number == "+15005550006");
  CHECK(sms.gateway == "twilio");
  CHECK(sms.api_base == "http://127.0.0.1:2580");
  CHECK(sms.account == "AC" + std::string(32, '0'));
  CHECK(sms.tokens.at(0).value == "demo-twilio-token");
  const auto& chat = config.channels.chat.at(0);
  CHECK(chat.name == "web");
  CHECK(chat.ask_for == std::vector<std::string>{"name", "email"});
  CHECK_FALSE(chat.greeting.empty());
  CHECK(chat.hours == CalendarId{});
  CHECK(chat.answer_by_mail == config.channels.email[0].id);
  CHECK(config.channels.voice.empty());
  CHECK(config.channels.cti.at(0).name == "pbx");
  CHECK(config.channels.cti.at(0).secrets.at(0).value == "whsec_ZGVtby1jdGktc2VjcmV0");
  CHECK(config.policy->channel("pbx")->channel == Channel::voice);
}

TEST_CASE("the demo has the contract's users") {
  NameIds ids;
  const auto config = demo(ids);
  REQUIRE(config.users.size() == 4);
  const auto& [agent1, agent2, supervisor, admin] =
      std::tie(config.users[0], config.users[1], config.users[2], config.users[3]);
  CHECK(agent1.name == "agent1");
  CHECK(agent2.name == "agent2");
  CHECK(supervisor.name == "supervisor1");
  CHECK(supervisor.role == Role::supervisor);
  CHECK(admin.role == Role::admin);
  for (const auto& user : config.users) CHECK(user.password->value == "demo-password");
  const SkillId billing{*ids.find("skill", "billing")};
  const auto held = std::ranges::find(agent1.skills, billing, &SkillLevel::skill);
  REQUIRE(held != agent1.skills.end());
  CHECK(held->level == 4);
  CHECK(agent2.queues == std::vector<QueueId>{config.policy->queue("general")->id});
}

TEST_CASE("the demo sends any text with refund to billing") {
  NameIds ids;
  const auto config = demo(ids);
  Facts facts;
  facts.set(Fact::message_any, std::string_view("Question\nWhere is my ReFund?"));
  const auto& rule = config.policy->workflow.at(0);
  CHECK(rule.when.matches(facts));
  CHECK(config.policy->queue(rule.queue)->name == "billing");
}

TEST_CASE("the demo's office closes for lunch and for the new year") {
  NameIds ids;
  const auto config = demo(ids, {});
  const auto& office = config.policy->calendars.at(0);
  const auto at = [](std::int64_t unix_s) { return Instant{unix_s * 1000}; };
  CHECK(office.is_open(at(1780279200)));        // Mon 2026-06-01 09:00 +07
  CHECK_FALSE(office.is_open(at(1780291800)));  // 12:30
  CHECK_FALSE(office.is_open(at(1767232800)));  // Thu 2026-01-01 09:00
  CHECK(office.open.front().begin > at(1420000000));
  CHECK(office.open.back().end > at(2398000000));
}

TEST_CASE("the example loads when its secrets are there") {
  GivenSecrets secrets;
  secrets.variables = {{"DESKWIRE_METRICS_TOKEN", "a-metrics-token"},
                       {"TWILIO_TOKEN", "one"},
                       {"TWILIO_TOKEN_OLD", "two"},
                       {"VONAGE_SECRET", "three"},
                       {"VONAGE_SIGNATURE", "four"},
                       {"PBX_SECRET", "whsec_c2VjcmV0"}};
  secrets.files = {
      {"/etc/deskwire/smarthost.password", "secret"},
      {"/etc/deskwire/token.secret", "sixteen bytes and more"},
      {"/etc/deskwire/bridge.secret", "five"},
      {"/etc/deskwire/chat-identity.secret", "another of sixteen bytes"},
      {"/etc/deskwire/admin.hash", "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHQ$aGFzaA"}};
  NameIds ids;
  const auto config = load(repository() / "config/example.yaml", secrets, ids, kShort);
  if (!config)
    for (const auto& error : config.error()) FAIL_CHECK(to_string(error));
  REQUIRE(config);
  CHECK_FALSE(config->demo);
  for (const auto& warning : config->warnings) FAIL_CHECK(to_string(warning));
  CHECK(config->policy->moves.size() == 1);
  CHECK(config->channels.sms.at(0).tokens.size() == 2);
  CHECK(config->channels.voice.at(0).phones.at(1).address == "sip:bob@pbx.example.com");
}
