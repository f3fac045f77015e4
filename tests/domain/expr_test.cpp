// SPDX-License-Identifier: Apache-2.0
// The workflow's language: what each operator means, how they bind, and what a wrong expression is
// told.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "deskwire/domain/expr.hpp"
#include "domain/some_facts.hpp"

using namespace deskwire;
using namespace deskwire::testing;

namespace {

bool holds(std::string_view source) {
  auto program = compile(source, SubstringMatchers{});
  for (const auto& e : program ? std::vector<ExprError>{} : program.error())
    FAIL_CHECK(source << " at " << e.offset << ": found " << e.found << ", expected "
                      << e.expected);
  return program && program->matches(some_facts());
}

/// The errors as "offset: found …, expected …" lines.
std::vector<std::string> errors_of(std::string_view source) {
  std::vector<std::string> lines;
  const auto program = compile(source, SubstringMatchers{});
  if (program) return lines;
  for (const auto& e : program.error())
    lines.push_back(std::to_string(e.offset) + ": found " + e.found + ", expected " + e.expected);
  return lines;
}

}  // namespace

TEST_CASE("a default program matches everything") { CHECK(Program{}.matches(Facts{})); }

TEST_CASE("texts compare exactly") {
  CHECK(holds(R"(ticket.queue == "billing")"));
  CHECK_FALSE(holds(R"(ticket.queue == "Billing")"));
  CHECK(holds(R"(ticket.queue != "general")"));
  CHECK_FALSE(holds(R"(ticket.queue != "billing")"));
  CHECK(holds(R"("billing" == ticket.queue)"));
}

TEST_CASE("numbers, sizes and durations compare by value") {
  CHECK(holds("message.size == 2048"));
  CHECK(holds("message.size == 2KiB"));
  CHECK(holds("message.size < 1MiB"));
  CHECK_FALSE(holds("message.size < 2048"));
  CHECK(holds("message.size <= 2048"));
  CHECK_FALSE(holds("message.size <= 2047"));
  CHECK(holds("message.size > 2047"));
  CHECK_FALSE(holds("message.size > 2048"));
  CHECK(holds("message.size >= 2048"));
  CHECK_FALSE(holds("message.size >= 2049"));
  CHECK(holds("message.size != -1"));
  CHECK(holds("90s < 2m and 1h30m == 90m and 2d > 8h and 48h >= 2d and 15m <= 15m"));
}

TEST_CASE("in looks exactly for a value in a list") {
  CHECK(holds(R"(ticket.queue in ["general", "billing"])"));
  CHECK_FALSE(holds(R"(ticket.queue in ["general", "BILLING"])"));
  CHECK(holds("message.attachments in [1, 2, 3]"));
  CHECK_FALSE(holds("message.attachments in [1, 3]"));
  CHECK(holds("90s in [90s, 2m]"));
  CHECK(holds(R"("vip" in ticket.tags)"));
  CHECK_FALSE(holds(R"("VIP" in ticket.tags)"));
}

TEST_CASE("has looks in a list and contains in a text, both without regard to ASCII case") {
  CHECK(holds(R"(ticket.tags has "VIP")"));
  CHECK_FALSE(holds(R"(ticket.tags has "vi")"));
  CHECK(holds(R"(message.subject contains "REFUND")"));
  CHECK(holds(R"(message.any contains "invoice")"));
  CHECK_FALSE(holds(R"(message.subject contains "invoice")"));
}

TEST_CASE("matches asks the matcher") {
  CHECK(holds("message.subject matches 'refund'"));
  CHECK_FALSE(holds("message.subject matches 'nothing like it'"));
}

TEST_CASE("a fact that is true or false is a condition of its own") {
  CHECK(holds("message.authenticated"));
  CHECK_FALSE(holds("message.machine"));
  CHECK(holds("message.machine == false"));
  CHECK(holds("message.authenticated != message.machine"));
  CHECK(holds("true"));
  CHECK_FALSE(holds("false"));
}

TEST_CASE("not binds tighter than and, and tighter than or") {
  CHECK(holds("true or true and false"));
  CHECK_FALSE(holds("(true or true) and false"));
  CHECK(holds("not false and true"));
  CHECK_FALSE(holds("not (false or true)"));
  CHECK(holds("not not true"));
  CHECK_FALSE(holds("not true or false"));
  CHECK(holds("not message.size < 10"));
  CHECK(holds("false and false or true"));
  CHECK(holds("((message.size)) == 2048"));
}

TEST_CASE("and, or and not agree with the truth table for every small formula") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const auto [source, expected] = random_formula(random, 5);
    INFO(source);
    const auto program = compile(source, SubstringMatchers{});
    REQUIRE(program);
    REQUIRE(program->matches(some_facts()) == expected);
  }
}

TEST_CASE("single quotes are raw and a doubled one stands for itself") {
  CHECK(holds(R"('a\b' == "a\\b")"));
  CHECK(holds(R"('it''s' == "it's")"));
  CHECK(holds(R"("say \"hi\"" == 'say "hi"')"));
}

TEST_CASE("a wrong type is told with what stands there and what should") {
  CHECK(errors_of(R"(message.size == "big")") ==
        std::vector<std::string>{
            "16: found '\"big\"', a text, expected a number to compare with 'message.size'"});
  CHECK(errors_of("message.size > 90s") ==
        std::vector<std::string>{
            "15: found '90s', a duration, expected a number to compare with 'message.size'"});
  CHECK(errors_of(R"(message.to contains "x")") ==
        std::vector<std::string>{"0: found 'message.to', a list of texts, expected a text before "
                                 "contains; a list is asked with has"});
  CHECK(errors_of("ticket.queue and true") ==
        std::vector<std::string>{"0: found 'ticket.queue', a text, expected a condition: a "
                                 "comparison, or a fact that is true or false"});
  CHECK(errors_of(R"(ticket.queue > "a")") ==
        std::vector<std::string>{
            "0: found 'ticket.queue', a text, expected a number or a duration before '>'"});
  CHECK(errors_of(R"(message.size in ["a"])") ==
        std::vector<std::string>{
            "0: found 'message.size', a number, expected a text before in, like the list's items"});
  CHECK(errors_of(R"(ticket.queue in ["a", 1])") ==
        std::vector<std::string>{
            "22: found '1', a number, expected a text like the first of the list"});
  CHECK(
      errors_of("message.machine == (true or false)") ==
      std::vector<std::string>{
          "19: found '(', a condition, expected true or false to compare with 'message.machine'"});
}

TEST_CASE("an unknown name is answered with the nearest fact") {
  CHECK(
      errors_of("mesage.size > 1") ==
      std::vector<std::string>{
          "0: found the unknown name 'mesage.size', expected a fact; did you mean message.size?"});
  CHECK(errors_of("billing") ==
        std::vector<std::string>{
            "0: found the unknown name 'billing', expected a fact such as message.subject "
            "(texts are quoted)"});
}

TEST_CASE("a text that a fact can never be is an error") {
  CHECK(errors_of(R"(ticket.priority == "hihg")") ==
        std::vector<std::string>{
            "19: found \"hihg\", expected one of low, normal, high, urgent (did you mean high?)"});
  CHECK(errors_of(R"(channel in ["email", "fax"])").size() == 1);
}

TEST_CASE("all errors of one expression come in one run, by place") {
  CHECK(errors_of("message.sise > 1 and (ticket.queue > 2 or message.size == \"x\") "
                  "and channel = 'sms'") ==
        std::vector<std::string>{
            "0: found the unknown name 'message.sise', expected a fact; did you mean message.size?",
            "22: found 'ticket.queue', a text, expected a number or a duration before '>'",
            "58: found '\"x\"', a text, expected a number to compare with 'message.size'",
            "75: found '=', expected == to compare"});
}

TEST_CASE("broken syntax is told where it breaks") {
  CHECK(errors_of("") ==
        std::vector<std::string>{
            "0: found the end, expected a fact such as message.subject, a value or '('"});
  CHECK(errors_of("(true") ==
        std::vector<std::string>{"5: found the end, expected ')' for the '(' at byte 0"});
  CHECK(errors_of("true)") == std::vector<std::string>{"4: found ')', expected its '(' before it"});
  CHECK(errors_of("1 < 2 < 3") ==
        std::vector<std::string>{"6: found '<', expected an operator, and, or, or the end"});
  CHECK(errors_of("(1 < 2) == true") ==
        std::vector<std::string>{"8: found '==' after a condition, expected and, or, or the end"});
  CHECK(errors_of("ticket.queue == \"open") ==
        std::vector<std::string>{"16: found a text without an end, expected a closing \""});
  CHECK(errors_of("message.size > 12x") ==
        std::vector<std::string>{"15: found '12x', expected a whole number, a size such as 10MiB "
                                 "or a duration such as 1h30m"});
  CHECK(errors_of("message.size > 99999999999999999999").size() == 1);
  CHECK(errors_of("message.machine && !true") ==
        std::vector<std::string>{"16: found '&&', expected and",
                                 "19: found '!', expected != or not"});
}

TEST_CASE("a refused pattern and an empty needle are errors at load") {
  CHECK(errors_of("message.any matches '('") ==
        std::vector<std::string>{
            "20: found a bad pattern: missing ), expected a regular expression (RE2 syntax)"});
  CHECK(errors_of("message.any contains ''").size() == 1);
}

TEST_CASE("nesting and length are limited with one message") {
  const std::string deep = std::string(64, '(') + "true" + std::string(64, ')');
  CHECK(errors_of(deep).empty());
  const std::string deeper = std::string(5000, '(') + "true" + std::string(5000, ')');
  CHECK(
      errors_of(deeper) ==
      std::vector<std::string>{"64: found nesting deeper than 64, expected a flatter expression"});
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  CHECK(errors_of(nots + "true").size() == 1);
  std::string wide = "true";
  while (wide.size() < 16 * 1024 - 10) wide += " and true";
  CHECK(errors_of(wide).empty());
  CHECK(errors_of(wide + std::string(64, ' ')).size() == 1);
}

TEST_CASE("whatever is typed either compiles or is told why, within the source") {
  std::mt19937 random(42);
  const std::vector<std::string> pieces = vocabulary();
  for (int round = 0; round < 20'000; ++round) {
    std::string source;
    const auto length = std::uniform_int_distribution<int>(0, 24)(random);
    for (int i = 0; i < length; ++i) {
      if (random() % 8 == 0)
        source += static_cast<char>(random() % 256);
      else
        source += pieces[random() % pieces.size()] + (random() % 4 == 0 ? "" : " ");
    }
    const auto program = compile(source, SubstringMatchers{});
    if (program) {
      (void)program->matches(some_facts());
      continue;
    }
    REQUIRE_FALSE(program.error().empty());
    REQUIRE(program.error().size() <= 20);
    for (const auto& e : program.error()) {
      REQUIRE(e.offset <= source.size());
      REQUIRE_FALSE(e.found.empty());
      REQUIRE_FALSE(e.expected.empty());
    }
  }
}

TEST_CASE("every fact has a name and can be asked for") {
  for (const auto& info : fact_table()) {
    const std::string name(info.name);
    switch (info.type) {
      case FactType::text:
        CHECK(errors_of(name + " contains \"x\"").empty());
        break;
      case FactType::number:
        CHECK(errors_of(name + " >= 0").empty());
        break;
      case FactType::boolean:
        CHECK(errors_of(name).empty());
        break;
      case FactType::list:
        CHECK(errors_of(name + " has \"x\"").empty());
        break;
    }
  }
}
