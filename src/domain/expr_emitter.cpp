// SPDX-License-Identifier: Apache-2.0
#include "domain/expr_emitter.hpp"

#include <algorithm>

#include "deskwire/base/nearest_name.hpp"

namespace deskwire::expr {
namespace {

// Bounds what one expression can cost: every pattern has its own compiled automaton, and a needle
// is looked for at every place of a text of up to 64 KiB.
constexpr std::size_t kMaxPatterns = 64;
constexpr std::size_t kMaxNeedleBytes = 256;

bool is_broken(const Value& v) { return v.type == Type::broken; }

std::uint32_t last_index(std::size_t size) { return static_cast<std::uint32_t>(size - 1); }

/// "'message.size', a number"
std::string spelled(const Value& value) {
  return describe(*value.token) + ", " + std::string(describe(value.type));
}

std::string one_of(std::span<const std::string_view> names) {
  std::string out = "one of ";
  for (const auto name : names) out += (name == names.front() ? "" : ", ") + std::string(name);
  return out;
}

}  // namespace

void Emitter::fail(const Token& at, std::string found, std::string expected) {
  errors_.push_back({at.offset, std::move(found), std::move(expected)});
}

Value Emitter::text_literal(const Token& token) {
  program_.texts.push_back(token.text);
  return {Type::text, {true, last_index(program_.texts.size())}, 0, &token};
}

Value Emitter::number_literal(const Token& token, Type type, std::int64_t value) {
  program_.numbers.push_back(value);
  return {type, {true, last_index(program_.numbers.size())}, 0, &token};
}

Value Emitter::list_literal(const Token& token, const std::vector<Value>& items) {
  Value list{Type::broken, items.front().ref, static_cast<std::uint32_t>(items.size()), &token};
  const Type first = items.front().type;
  for (const auto& item : items) {
    if (is_broken(item)) return list;
    if (item.type == first) continue;
    fail(*item.token, spelled(item), std::string(describe(first)) + " like the first of the list");
    return list;
  }
  if (first == Type::text) list.type = Type::list;
  if (first == Type::number) list.type = Type::numbers;
  if (first == Type::duration) list.type = Type::durations;
  if (is_broken(list))
    fail(*items.front().token, spelled(items.front()), "texts, numbers or durations in a list");
  return list;
}

Value Emitter::add(Instruction instruction) {
  program_.code.push_back(instruction);
  return {Type::condition, {}, 0, nullptr};
}

std::size_t Emitter::jump(Op op) {
  add({.op = op, .left = {}, .right = {}});
  return program_.code.size() - 1;
}

void Emitter::land(std::size_t place) {
  program_.code[place].target = static_cast<std::uint32_t>(program_.code.size());
}

Value Emitter::as_condition(const Value& value) {
  if (value.type == Type::condition || is_broken(value)) return value;
  if (value.type == Type::boolean) return add({.op = Op::truth, .left = value.ref, .right = {}});
  fail(*value.token, spelled(value), "a condition: a comparison, or a fact that is true or false");
  return {};
}

bool Emitter::want(const Value& value, Type type, std::string_view role) {
  if (value.type == type) return true;
  if (!is_broken(value))
    fail(*value.token, spelled(value), std::string(describe(type)) + std::string(role));
  return false;
}

Value Emitter::compare(const Value& left, const Token& op, const Value& right) {
  switch (op.kind) {
    case TokenKind::equal:
    case TokenKind::not_equal:
      return compare_equal(left, op, right);
    case TokenKind::in:
      return compare_in(left, right);
    case TokenKind::has:
      return compare_has(left, right);
    case TokenKind::contains:
      return compare_contains(left, right);
    case TokenKind::matches:
      return compare_matches(left, right);
    default:
      return compare_order(left, op, right);
  }
}

Value Emitter::compare_equal(const Value& left, const Token& op, const Value& right) {
  if (is_broken(left) || is_broken(right)) return {};
  if (left.type == Type::list || left.type == Type::numbers || left.type == Type::durations) {
    fail(*left.token, spelled(left), "a single value; a list is asked with has or in");
    return {};
  }
  if (!want(right, left.type, " to compare with " + describe(*left.token))) return {};
  check_possible(left, right);
  check_possible(right, left);
  const Op code = left.type == Type::text ? Op::text_equal : Op::number_equal;
  return add({.op = code,
              .negated = op.kind == TokenKind::not_equal,
              .left = left.ref,
              .right = right.ref});
}

Value Emitter::compare_order(const Value& left, const Token& op, const Value& right) {
  if (is_broken(left) || is_broken(right)) return {};
  if (left.type != Type::number && left.type != Type::duration) {
    fail(*left.token, spelled(left), "a number or a duration before " + describe(op));
    return {};
  }
  if (!want(right, left.type, " to compare with " + describe(*left.token))) return {};
  // a > b is b < a, and a <= b is not b < a: one instruction serves four signs.
  const bool swap = op.kind == TokenKind::greater || op.kind == TokenKind::less_equal;
  const bool negated = op.kind == TokenKind::less_equal || op.kind == TokenKind::greater_equal;
  return add({.op = Op::number_less,
              .negated = negated,
              .left = swap ? right.ref : left.ref,
              .right = swap ? left.ref : right.ref});
}

Value Emitter::compare_in(const Value& left, const Value& right) {
  if (is_broken(left) || is_broken(right)) return {};
  Type item = Type::broken;
  if (right.type == Type::list) item = Type::text;
  if (right.type == Type::numbers) item = Type::number;
  if (right.type == Type::durations) item = Type::duration;
  if (item == Type::broken) {
    fail(*right.token, spelled(right), "a list such as [\"a\", \"b\"] after in");
    return {};
  }
  if (!want(left, item, " before in, like the list's items")) return {};
  for (std::uint32_t i = 0; right.ref.literal && item == Type::text && i < right.count; ++i)
    check_possible(left, {Type::text, {true, right.ref.index + i}, 0, right.token});
  return add({.op = item == Type::text ? Op::text_in : Op::number_in,
              .left = left.ref,
              .right = right.ref,
              .count = right.count});
}

Value Emitter::compare_has(const Value& left, const Value& right) {
  // Both sides are looked at so that both errors are told at once.
  const bool list = want(left, Type::list, " before has");
  const bool item = want(right, Type::text, " after has");
  if (!list || !item) return {};
  return add({.op = Op::list_has, .left = right.ref, .right = left.ref, .count = left.count});
}

Value Emitter::compare_contains(const Value& left, const Value& right) {
  const bool hay = want(
      left, Type::text,
      left.type == Type::list ? " before contains; a list is asked with has" : " before contains");
  const bool needle = want(right, Type::text, " after contains");
  if (!hay || !needle) return {};
  if (!right.ref.literal) {
    fail(*right.token, spelled(right), "a quoted text after contains");
    return {};
  }
  std::string& text = program_.texts[right.ref.index];
  if (text.empty() || text.size() > kMaxNeedleBytes) {
    fail(*right.token,
         text.empty() ? "an empty text" : "a text of " + std::to_string(text.size()) + " bytes",
         "1 to " + std::to_string(kMaxNeedleBytes) + " bytes after contains");
    return {};
  }
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return add({.op = Op::text_contains, .left = left.ref, .right = right.ref});
}

Value Emitter::compare_matches(const Value& left, const Value& right) {
  const bool text = want(left, Type::text, " before matches");
  const bool pattern = want(right, Type::text, " with a pattern after matches");
  if (!text || !pattern) return {};
  if (!right.ref.literal) {
    fail(*right.token, spelled(right), "a quoted pattern after matches");
    return {};
  }
  if (program_.matchers.size() == kMaxPatterns) {
    fail(*right.token, "one pattern more",
         "at most " + std::to_string(kMaxPatterns) + " patterns in an expression");
    return {};
  }
  auto matcher = matchers_.compile(program_.texts[right.ref.index]);
  if (!matcher) {
    fail(*right.token, "a bad pattern: " + matcher.error(), "a regular expression (RE2 syntax)");
    return {};
  }
  program_.matchers.push_back(std::move(*matcher));
  program_.patterns.push_back(program_.texts[right.ref.index]);
  return add({.op = Op::text_matches,
              .left = left.ref,
              .right = {true, last_index(program_.matchers.size())}});
}

/// A comparison with a text that the fact never has is a slip, not a rule that happens never to
/// fire.
void Emitter::check_possible(const Value& fact, const Value& literal) {
  const auto possible = possible_texts(fact.ref);
  if (possible.empty() || !literal.ref.literal || literal.type != Type::text) return;
  const std::string& text = program_.texts[literal.ref.index];
  if (std::ranges::find(possible, text) != possible.end()) return;
  const auto near = nearest_name(text, possible);
  const std::string hint = near.empty() ? "" : " (did you mean " + std::string(near) + "?)";
  fail(*literal.token, "\"" + shortened(text) + "\"", one_of(possible) + hint);
}

}  // namespace deskwire::expr
