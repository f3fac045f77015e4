// SPDX-License-Identifier: Apache-2.0
// Types of the workflow's language and what the compiler knows of an operand before it runs.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/expr_lexer.hpp"
#include "domain/expr_program.hpp"

namespace deskwire::expr {

enum class Type : std::uint8_t {
  broken,  ///< Already reported; agrees with everything so that one slip gives one message.
  text,
  number,
  duration,
  boolean,
  list,  ///< Of texts.
  numbers,
  durations,  ///< Literal lists of numbers.
  condition   ///< A test that is emitted already; its answer is in the register.
};

/// "a text", "a list of texts" …
std::string_view describe(Type type);

/// A parsed operand. It stays unemitted until it is known how it is used.
struct Value {
  Type type = Type::broken;
  Ref ref;
  std::uint32_t count = 0;       ///< Items of a literal list.
  const Token* token = nullptr;  ///< Where it begins.
};

struct KnownFact {
  Fact fact;
  Type type;
};
std::optional<KnownFact> find_fact(std::string_view name);
/// The fact a mistyped name probably meant, or empty.
std::string_view nearest_fact(std::string_view name);
/// The only texts a fact can take (channel, ticket.priority); empty where any text is possible.
std::span<const std::string_view> possible_texts(Ref ref);

}  // namespace deskwire::expr
