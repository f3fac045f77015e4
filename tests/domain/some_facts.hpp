// SPDX-License-Identifier: Apache-2.0
// One message's facts, a matcher that looks for the pattern as plain text, and sources of
// expressions.
#pragma once
#include <array>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "deskwire/domain/expr.hpp"

namespace deskwire::testing {

class SubstringMatcher : public Matcher {
 public:
  explicit SubstringMatcher(std::string_view pattern) : pattern_(pattern) {}
  [[nodiscard]] bool matches(std::string_view text) const override {
    return text.find(pattern_) != std::string_view::npos;
  }

 private:
  std::string pattern_;
};

/// Refuses "(" so that the way of a refused pattern can be tested.
class SubstringMatchers : public MatcherFactory {
 public:
  std::expected<std::shared_ptr<const Matcher>, std::string> compile(
      std::string_view pattern) const override {
    if (pattern == "(") return std::unexpected("missing )");
    return std::make_shared<SubstringMatcher>(pattern);
  }
};

inline Facts some_facts() {
  static constexpr std::array<std::string_view, 2> tags{"vip", "trial"};
  static constexpr std::array<std::string_view, 1> to{"support@demo.test"};
  Facts facts;
  facts.set(Fact::channel, std::string_view("email"));
  facts.set(Fact::ticket_queue, std::string_view("billing"));
  facts.set(Fact::ticket_priority, std::string_view("high"));
  facts.set(Fact::message_subject, std::string_view("Where is my refund?"));
  facts.set(Fact::message_any, std::string_view("Where is my refund?\nInvoice 7 was paid twice."));
  facts.set(Fact::message_size, std::int64_t{2048});
  facts.set(Fact::message_attachments, std::int64_t{2});
  facts.set(Fact::message_authenticated, std::int64_t{1});
  facts.set(Fact::ticket_tags, std::span<const std::string_view>(tags));
  facts.set(Fact::message_to, std::span<const std::string_view>(to));
  return facts;
}

/// A formula of true, false, and, or, not with its value, always parenthesised below the top.
inline std::pair<std::string, bool> random_formula(std::mt19937& random, int depth) {
  const auto kind = depth == 0 ? random() % 3 : random() % 6;
  if (kind == 0) return {"true", true};
  if (kind == 1) return {"message.machine", false};
  if (kind == 2) return {"message.size == 2048", true};
  if (kind == 3) {
    const auto [source, value] = random_formula(random, depth - 1);
    return {"not (" + source + ")", !value};
  }
  const auto left = random_formula(random, depth - 1), right = random_formula(random, depth - 1);
  const bool conjunction = kind == 4;
  return {"(" + left.first + ")" + (conjunction ? " and " : " or ") + "(" + right.first + ")",
          conjunction ? left.second && right.second : left.second || right.second};
}

inline std::vector<std::string> vocabulary() {
  std::vector<std::string> words{
      "and",   "or",    "not", "in", "has",      "contains", "matches",  "true",
      "false", "(",     ")",   "[",  "]",        ",",        "==",       "!=",
      "<",     "<=",    ">",   ">=", "\"high\"", "'raw'",    "42",       "-1",
      "10MiB", "1h30m", "\"",  "'",  "\\",       "=",        "nonsense", "a.b.c"};
  for (const auto& info : fact_table()) words.emplace_back(info.name);
  return words;
}

}  // namespace deskwire::testing
