// SPDX-License-Identifier: Apache-2.0
// Tokens of the workflow's language. Texts are "double quoted" (with \" \\ \n \t) or 'single
// quoted', which is raw but for '' (one quote), so that patterns need no doubled backslashes.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/expr.hpp"

namespace deskwire::expr {

enum class TokenKind : std::uint8_t {
  end,
  word,
  text,
  number,
  duration,
  // Punctuation and comparison signs.
  open,
  close,
  open_list,
  close_list,
  comma,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  // Words of the language.
  and_,
  or_,
  not_,
  in,
  has,
  contains,
  matches,
  true_,
  false_
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::uint32_t offset = 0;
  std::string_view spelling;  ///< As written; a view into the source.
  std::string text;           ///< Unquoted, for `text`.
  std::int64_t number = 0;    ///< For `number` (sizes in bytes) and `duration` (milliseconds).
};

/// What a message calls the token: its spelling in quotes, shortened, or "the end".
std::string describe(const Token& token);
/// At most about 40 bytes of `text`, whole characters.
std::string shortened(std::string_view text);

/// All tokens with an `end` at last. What cannot be read is reported and skipped.
std::vector<Token> tokenize(std::string_view source, std::vector<ExprError>& errors);

}  // namespace deskwire::expr
