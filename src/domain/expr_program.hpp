// SPDX-License-Identifier: Apache-2.0
// What an expression compiles to: a flat list of tests over one boolean register with jumps for
// `and` and `or`. No stack and no allocation at evaluation; literals sit in pools beside the code.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "deskwire/domain/expr.hpp"

namespace deskwire::expr {

enum class Op : std::uint8_t {
  jump_if_true,
  jump_if_false,  // to `target`, leaving the register
  negate,
  truth,  // register = left (a boolean)
  number_equal,
  number_less,  // left, right; booleans and durations are numbers too
  number_in,    // left in literal numbers [right, right + count)
  text_equal,
  text_contains,  // left, right; the needle of contains is lower case already
  text_matches,   // left against matcher `right`
  text_in,
  list_has  // text `left` in list `right`: exactly, or ignoring ASCII case
};

/// A fact (by number) or a literal (by place in the pool of its type; lists: the first of `count`
/// texts).
struct Ref {
  bool literal = false;
  std::uint32_t index = 0;
};

struct Instruction {
  Op op = Op::truth;
  bool negated = false;  ///< != is equal negated, >= is less negated, and so on.
  Ref left, right;
  std::uint32_t count = 0;   ///< Length of a literal list.
  std::uint32_t target = 0;  ///< Of a jump.
};

}  // namespace deskwire::expr

namespace deskwire {

struct Program::Impl {
  std::vector<expr::Instruction> code;
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;
  std::vector<std::shared_ptr<const Matcher>> matchers;
  std::vector<std::string> patterns;  ///< Of the matchers, as written.
};

namespace expr {

/// One test on its own; `negated` is left to the caller.
bool run_test(const Program::Impl& program, const Instruction& test, const Facts& facts);

}  // namespace expr

}  // namespace deskwire
