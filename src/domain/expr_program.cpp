// SPDX-License-Identifier: Apache-2.0
// Evaluation, and the table of facts.
#include "domain/expr_program.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace deskwire {
namespace {

using expr::Instruction;
using expr::Op;
using expr::Ref;

constexpr auto kFacts = std::to_array<FactInfo>({
    {"channel", FactType::text},
    {"channel_name", FactType::text},
    {"message.subject", FactType::text},
    {"message.text", FactType::text},
    {"message.any", FactType::text},
    {"message.from", FactType::text},
    {"message.from_domain", FactType::text},
    {"message.to", FactType::list},
    {"message.language", FactType::text},
    {"message.machine", FactType::boolean},
    {"message.authenticated", FactType::boolean},
    {"message.size", FactType::number},
    {"message.attachments", FactType::number},
    {"ticket.priority", FactType::text},
    {"ticket.queue", FactType::text},
    {"ticket.tags", FactType::list},
    {"customer.tier", FactType::number},
    {"customer.known", FactType::boolean},
});
static_assert(kFacts.size() == static_cast<std::size_t>(Fact::customer_known) + 1,
              "every Fact needs its row, in enum order");
static_assert(kFacts.size() <= std::tuple_size_v<decltype(Facts::text)>);

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// `needle` is lower case. The first byte is looked for alone because that is where almost every
/// place fails.
bool contains_ignoring_case(std::string_view text, std::string_view needle) {
  if (needle.empty()) return true;
  if (text.size() < needle.size()) return false;
  const std::size_t last = text.size() - needle.size();
  for (std::size_t i = 0; i <= last; ++i) {
    if (lower(text[i]) != needle.front()) continue;
    if (std::ranges::equal(text.substr(i, needle.size()), needle, {}, lower)) return true;
  }
  return false;
}

/// One evaluation: the program's pools and the facts of the moment behind one way of reading an
/// operand.
class Evaluation {
 public:
  Evaluation(const Program::Impl& program, const Facts& facts) : program_(program), facts_(facts) {}

  bool run() const {
    bool result = true;
    const auto& code = program_.code;
    for (std::size_t at = 0; at < code.size(); ++at) {
      const Instruction& i = code[at];
      switch (i.op) {
        case Op::jump_if_true:
        case Op::jump_if_false:
          // Jumps only lead forward, so a program always ends.
          if (result == (i.op == Op::jump_if_true)) at = i.target - 1;
          break;
        case Op::negate:
          result = !result;
          break;
        default:
          result = test(i) != i.negated;
          break;
      }
    }
    return result;
  }

  [[nodiscard]] bool test(const Instruction& i) const {
    switch (i.op) {
      case Op::truth:
        return number(i.left) != 0;
      case Op::number_equal:
        return number(i.left) == number(i.right);
      case Op::number_less:
        return number(i.left) < number(i.right);
      case Op::number_in: {
        const auto first = program_.numbers.begin() + i.right.index;
        return std::find(first, first + i.count, number(i.left)) != first + i.count;
      }
      case Op::text_equal:
        return text(i.left) == text(i.right);
      case Op::text_contains:
        return contains_ignoring_case(text(i.left), text(i.right));
      case Op::text_matches:
        return program_.matchers[i.right.index]->matches(text(i.left));
      case Op::text_in:
        return any(i, [](auto a, auto b) { return a == b; });
      case Op::list_has:
        return any(i, equal_ignoring_case);
      case Op::jump_if_true:
      case Op::jump_if_false:
      case Op::negate:
        break;
    }
    assert(false && "not a test");
    return false;
  }

 private:
  template <class Same>
  bool any(const Instruction& i, Same same) const {
    const std::string_view wanted = text(i.left);
    if (!i.right.literal)
      return std::ranges::any_of(facts_.list[i.right.index],
                                 [&](auto item) { return same(item, wanted); });
    const auto first = program_.texts.begin() + i.right.index;
    return std::any_of(first, first + i.count,
                       [&](std::string_view item) { return same(item, wanted); });
  }

  [[nodiscard]] std::string_view text(Ref r) const {
    return r.literal ? std::string_view(program_.texts[r.index]) : facts_.text[r.index];
  }
  [[nodiscard]] std::int64_t number(Ref r) const {
    return r.literal ? program_.numbers[r.index] : facts_.number[r.index];
  }

  const Program::Impl& program_;
  const Facts& facts_;
};

}  // namespace

std::span<const FactInfo> fact_table() { return kFacts; }

bool expr::run_test(const Program::Impl& program, const Instruction& test, const Facts& facts) {
  return Evaluation(program, facts).test(test);
}

bool Program::matches(const Facts& facts) const {
  return always() || Evaluation(*impl_, facts).run();
}

}  // namespace deskwire
