// SPDX-License-Identifier: Apache-2.0
// What is proved of conditions: the plain cases are found, and nothing is ever proved that some
// message refutes.
#include "deskwire/domain/expr_proof.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "domain/some_facts.hpp"

using namespace deskwire;
using namespace deskwire::testing;

namespace {

constexpr std::int64_t kPlenty = 1'000'000;

std::vector<Program> compiled(const std::vector<std::string>& sources) {
  std::vector<Program> out;
  for (const auto& source : sources) {
    auto program = compile(source, SubstringMatchers{});
    INFO(source);
    REQUIRE(program);
    out.push_back(std::move(*program));
  }
  return out;
}

const std::vector<KnownTexts> kChannels{{Fact::channel, {"email", "sms", "voice", "chat"}}};

bool never(const std::string& source) {
  return ConditionProver(compiled({source}), kChannels, kPlenty).never_holds(0);
}
bool always(const std::string& source) {
  return ConditionProver(compiled({source}), kChannels, kPlenty).always_holds(0);
}
/// The last one by those before it.
bool covered(const std::vector<std::string>& sources) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i + 1 < sources.size(); ++i) others.push_back(i);
  return ConditionProver(compiled(sources), kChannels, kPlenty).covered(others.size(), others);
}

/// A text that sits where the language's small vocabulary can meet it, or not.
std::string a_text(std::mt19937& random) {
  static const std::vector<std::string> all{"", "a", "A", "ab", "b", "ba", "abc", "x"};
  return all[random() % all.size()];
}

std::string a_test(std::mt19937& random) {
  const auto quoted = [&] {
    const std::string text = a_text(random);
    return "\"" + (text.empty() ? "q" : text) + "\"";
  };
  const std::string number = std::to_string(static_cast<int>(random() % 4));
  static const std::vector<std::string> texts{"message.subject", "message.text", "message.any",
                                              "message.language", "message.from"};
  const std::string fact = texts[random() % texts.size()];
  switch (random() % 12) {
    case 0:
      return fact + " == " + quoted();
    case 1:
      return fact + " in [" + quoted() + ", " + quoted() + "]";
    case 2:
      return fact + " contains " + quoted();
    case 3:
      return fact + " matches " + quoted();
    case 4:
      return "[" + quoted() + ", " + quoted() + "] has " + fact;
    case 5:
      return "ticket.tags has " + quoted();
    case 6:
      return quoted() + " in ticket.tags";
    case 7:
      return "customer.tier < " + number;
    case 8:
      return number + " <= customer.tier";
    case 9:
      return "customer.tier in [" + number + ", 2]";
    case 10:
      return fact + " == " + texts[random() % texts.size()];
    default:
      return "message.machine";
  }
}

std::string a_condition(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 4 == 0) return a_test(random);
  if (random() % 4 == 0) return "not (" + a_condition(random, depth - 1) + ")";
  return "(" + a_condition(random, depth - 1) + ")" + (random() % 2 == 0 ? " and " : " or ") + "(" +
         a_condition(random, depth - 1) + ")";
}

/// Facts as a message of these texts has them, with storage of their own.
struct World {
  explicit World(std::mt19937& random)
      : subject(a_text(random)),
        text(a_text(random)),
        any(subject + "\n" + text),
        language(a_text(random)),
        from(a_text(random)),
        tag_texts{a_text(random), a_text(random)},
        tags{tag_texts[0], tag_texts[1]} {
    facts.set(Fact::message_subject, std::string_view(subject));
    facts.set(Fact::message_text, std::string_view(text));
    facts.set(Fact::message_any, std::string_view(any));
    facts.set(Fact::message_language, std::string_view(language));
    facts.set(Fact::message_from, std::string_view(from));
    facts.set(Fact::customer_tier, static_cast<std::int64_t>(random() % 5) - 1);
    facts.set(Fact::message_machine, static_cast<std::int64_t>(random() % 2));
    facts.set(Fact::ticket_tags, std::span<const std::string_view>(tags).first(random() % 3));
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::string subject, text, any, language, from;
  std::vector<std::string> tag_texts;
  std::vector<std::string_view> tags;
  Facts facts;
};

}  // namespace

TEST_CASE("a condition that contradicts itself never holds") {
  CHECK(never("false"));
  CHECK(never("message.machine and not message.machine"));
  CHECK(never(R"(channel == "email" and channel == "sms")"));
  CHECK(never(R"(message.subject == "a" and message.subject in ["b", "c"])"));
  CHECK(never("customer.tier > 3 and customer.tier < 2"));
  CHECK(never("customer.tier > 3 and customer.tier < 4"));
  CHECK(never(R"(message.subject contains "refund" and not message.subject contains "FUND")"));
  CHECK(never(R"(message.subject == "refund" and not message.subject contains "fund")"));
  CHECK_FALSE(never("customer.tier > 3 and customer.tier < 5"));
  CHECK_FALSE(never(R"(message.subject contains "a" and not message.text contains "a")"));
  CHECK_FALSE(never(R"(message.language == "de")"));
}

TEST_CASE("a condition that leaves nothing out always holds") {
  CHECK(always("true"));
  CHECK(always("message.machine or not message.machine"));
  CHECK(always("customer.tier >= 2 or customer.tier < 2"));
  CHECK(always(R"(channel in ["email", "sms", "voice", "chat"])"));
  CHECK(always(R"(message.subject != "a" or message.subject == "a")"));
  CHECK_FALSE(always(R"(channel in ["email", "sms", "voice"])"));
  CHECK_FALSE(always(R"(message.subject != "a")"));
  CHECK(ConditionProver({Program()}, {}, kPlenty).always_holds(0));
}

TEST_CASE("a narrower condition is covered by a wider one") {
  CHECK(covered({R"(message.any contains "fund")", R"(message.subject contains "refund")"}));
  CHECK(covered({R"(channel != "chat")", R"(channel == "sms" and message.machine)"}));
  CHECK(covered({"customer.tier >= 1", "customer.tier >= 2"}));
  CHECK(covered(
      {R"(message.from_domain in ["a.test", "b.test"])", R"(message.from_domain == "b.test")"}));
  CHECK(covered({R"(ticket.tags has "VIP")", R"("vip" in ticket.tags)"}));
  CHECK(covered({"message.subject matches 'down'",
                 "message.subject matches 'down' and not message.machine"}));
  CHECK_FALSE(
      covered({R"(message.subject contains "refund")", R"(message.any contains "refund")"}));
  CHECK_FALSE(covered({"customer.tier >= 2", "customer.tier >= 1"}));
  CHECK_FALSE(covered({R"("vip" in ticket.tags)", R"(ticket.tags has "vip")"}));
  CHECK_FALSE(covered({"message.subject matches 'down'", "message.text matches 'down'"}));
}

TEST_CASE("several conditions cover what none of them does alone") {
  CHECK(covered({"message.machine", "not message.machine and customer.tier < 5",
                 "not message.machine and customer.tier > 3", R"(customer.tier == 2)"}));
  CHECK(
      covered({R"(channel == "email")", R"(channel == "sms")", R"(channel in ["email", "sms"])"}));
  CHECK_FALSE(covered({R"(channel == "email")", R"(channel == "sms")", R"(channel != "chat")"}));
}

TEST_CASE("case matters where the language says so and nowhere else") {
  CHECK_FALSE(never(R"(["vip"] has message.from and message.from != "vip")"));
  CHECK(never(R"(["vip"] has message.from and not ["VIP"] has message.from)"));
  CHECK_FALSE(never(R"(message.subject contains "A" and message.subject != "a")"));
}

TEST_CASE("what is not set counts as a text like any other") {
  CHECK_FALSE(never(R"(message.language != "de" and message.language != "en")"));
  CHECK_FALSE(always(R"(message.language == "" or message.language == "en")"));
}

TEST_CASE("nothing is proved once the effort is spent") {
  const auto conditions = compiled({"message.machine and not message.machine"});
  CHECK(ConditionProver(conditions, {}, 100).never_holds(0));
  CHECK_FALSE(ConditionProver(conditions, {}, 1).never_holds(0));
  CHECK_FALSE(ConditionProver(conditions, {}, 0).never_holds(0));
}

TEST_CASE("nothing is proved that some message refutes") {
  std::mt19937 random(20'261'123);
  int proved = 0;
  for (int round = 0; round < 1'500; ++round) {
    std::vector<std::string> sources;
    for (int i = 0; i < 4; ++i) sources.push_back(a_condition(random, 2));
    const std::vector<Program> conditions = compiled(sources);
    ConditionProver prover(conditions, {}, kPlenty);
    const bool is_never = prover.never_holds(3), is_always = prover.always_holds(3),
               is_covered = prover.covered(3, std::vector<std::size_t>{0, 1, 2});
    if (!is_never && !is_always && !is_covered) continue;
    ++proved;
    for (int sample = 0; sample < 300; ++sample) {
      const World world(random);
      const bool holds = conditions[3].matches(world.facts);
      const bool before = conditions[0].matches(world.facts) ||
                          conditions[1].matches(world.facts) || conditions[2].matches(world.facts);
      INFO(sources[0] << " | " << sources[1] << " | " << sources[2] << " | " << sources[3]);
      if (is_never) REQUIRE_FALSE(holds);
      if (is_always) REQUIRE(holds);
      if (is_covered && holds) REQUIRE(before);
    }
  }
  CHECK(proved > 100);
}

TEST_CASE("of conditions about what is true or false everything is found") {
  std::mt19937 random(7);
  const std::vector<std::string> names{"message.machine", "message.authenticated",
                                       "customer.known"};
  const auto formula = [&](const auto& self, int depth) -> std::string {
    if (depth == 0) return names[random() % names.size()];
    if (random() % 3 == 0) return "not (" + self(self, depth - 1) + ")";
    return "(" + self(self, depth - 1) + ")" + (random() % 2 == 0 ? " and (" : " or (") +
           self(self, depth - 1) + ")";
  };
  for (int round = 0; round < 300; ++round) {
    const std::vector<std::string> sources{formula(formula, 2), formula(formula, 3)};
    const std::vector<Program> conditions = compiled(sources);
    bool never_true = true, always_true = true, hidden = true;
    for (std::int64_t world = 0; world < 8; ++world) {
      Facts facts;
      facts.set(Fact::message_machine, world & 1);
      facts.set(Fact::message_authenticated, world >> 1 & 1);
      facts.set(Fact::customer_known, world >> 2 & 1);
      const bool holds = conditions[1].matches(facts);
      never_true = never_true && !holds;
      always_true = always_true && holds;
      hidden = hidden && (!holds || conditions[0].matches(facts));
    }
    INFO(sources[0] << " | " << sources[1]);
    ConditionProver prover(conditions, {}, kPlenty);
    CHECK(prover.never_holds(1) == never_true);
    CHECK(prover.always_holds(1) == always_true);
    if (prover.covered(1, std::vector<std::size_t>{0})) CHECK(hidden);
  }
}
