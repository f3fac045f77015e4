// SPDX-License-Identifier: Apache-2.0
// Type-checks one comparison and emits its code. Knows operators and types, nothing of grammar.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/expr_values.hpp"

namespace deskwire::expr {

class Emitter {
 public:
  Emitter(const MatcherFactory& matchers, std::vector<ExprError>& errors)
      : matchers_(matchers), errors_(errors) {}

  Value text_literal(const Token& token);
  Value number_literal(const Token& token, Type type, std::int64_t value);
  /// A literal list of items of one type, which were emitted one after the other.
  Value list_literal(const Token& token, const std::vector<Value>& items);

  /// `left op right` as a condition, or broken after a type error.
  Value compare(const Value& left, const Token& op, const Value& right);
  /// Makes sure the register holds the truth of `value`.
  Value as_condition(const Value& value);
  void negate() { add({.op = Op::negate, .left = {}, .right = {}}); }

  /// Emits a jump to be aimed later; answers its place.
  std::size_t jump(Op op);
  /// Aims the jump at what is emitted next.
  void land(std::size_t place);

  std::shared_ptr<const Program::Impl> take() {
    return std::make_shared<Program::Impl>(std::move(program_));
  }
  void fail(const Token& at, std::string found, std::string expected);

 private:
  Value compare_order(const Value& left, const Token& op, const Value& right);
  Value compare_equal(const Value& left, const Token& op, const Value& right);
  Value compare_in(const Value& left, const Value& right);
  Value compare_has(const Value& left, const Value& right);
  Value compare_contains(const Value& left, const Value& right);
  Value compare_matches(const Value& left, const Value& right);
  bool want(const Value& value, Type type, std::string_view role);
  void check_possible(const Value& fact, const Value& literal);
  Value add(Instruction instruction);

  const MatcherFactory& matchers_;
  std::vector<ExprError>& errors_;
  Program::Impl program_;
};

}  // namespace deskwire::expr
