// SPDX-License-Identifier: Apache-2.0
// The grammar, by recursive descent, loosest first:
//   either     = both { "or" both }             both       = negation { "and" negation }
//   negation   = "not" negation | comparison    comparison = operand [ operator operand ]
//   operand    = fact | text | number | duration | "true" | "false" | "[" literals "]" | "(" either
//   ")"
// An error skips to the next and, or, ) or end, so that one run tells all of them.
#include <algorithm>
#include <tuple>

#include "domain/expr_emitter.hpp"

namespace deskwire {
namespace expr {
namespace {

constexpr std::size_t kMaxBytes = 16 * 1024;
constexpr int kMaxNesting = 64;
constexpr std::size_t kMaxErrors = 20;

bool is_operator(TokenKind kind) {
  switch (kind) {
    case TokenKind::equal:
    case TokenKind::not_equal:
    case TokenKind::less:
    case TokenKind::less_equal:
    case TokenKind::greater:
    case TokenKind::greater_equal:
    case TokenKind::in:
    case TokenKind::has:
    case TokenKind::contains:
    case TokenKind::matches:
      return true;
    default:
      return false;
  }
}

class Parser {
 public:
  Parser(const std::vector<Token>& tokens, Emitter& emitter) : tokens_(tokens), emitter_(emitter) {}

  void run() {
    emitter_.as_condition(either());
    if (peek().kind == TokenKind::end) return;
    if (peek().kind == TokenKind::close) return emitter_.fail(peek(), "')'", "its '(' before it");
    emitter_.fail(peek(), describe(peek()), "an operator, and, or, or the end");
  }

 private:
  [[nodiscard]] const Token& peek() const { return tokens_[at_]; }
  const Token& take() {
    const Token& token = tokens_[at_];
    if (token.kind != TokenKind::end) ++at_;
    return token;
  }
  bool take_if(TokenKind kind) {
    if (peek().kind != kind) return false;
    take();
    return true;
  }

  Value either() { return chain(TokenKind::or_, Op::jump_if_true, &Parser::both); }
  Value both() { return chain(TokenKind::and_, Op::jump_if_false, &Parser::negation); }

  /// `part { word part }`. A lone part is handed on as it is; in a chain each is a condition, and
  /// the first that decides jumps over the rest.
  Value chain(TokenKind word, Op decided, Value (Parser::*part)()) {
    Value value = (this->*part)();
    if (peek().kind != word) return value;
    std::vector<std::size_t> jumps;
    bool whole = emitter_.as_condition(value).type == Type::condition;
    while (take_if(word)) {
      jumps.push_back(emitter_.jump(decided));
      whole &= emitter_.as_condition((this->*part)()).type == Type::condition;
    }
    for (const auto place : jumps) emitter_.land(place);
    return whole ? Value{Type::condition, {}, 0, nullptr} : Value{};
  }

  Value negation() {
    if (peek().kind != TokenKind::not_) return comparison();
    const Token& word = take();
    if (!enter(word)) return {};
    const Value value = emitter_.as_condition(negation());
    --depth_;
    if (value.type == Type::condition) emitter_.negate();
    return value;
  }

  Value comparison() {
    const Value left = operand();
    if (!is_operator(peek().kind)) return left;
    if (left.type == Type::condition) {
      emitter_.fail(peek(), describe(peek()) + " after a condition", "and, or, or the end");
      return skip();
    }
    const Token& op = take();
    return emitter_.compare(left, op, operand());
  }

  Value operand() {
    const Token& token = peek();
    switch (token.kind) {
      case TokenKind::word:
        return fact(take());
      case TokenKind::text:
      case TokenKind::number:
      case TokenKind::duration:
      case TokenKind::true_:
      case TokenKind::false_:
        return literal(take());
      case TokenKind::open_list:
        return list();
      case TokenKind::open:
        return parenthesised();
      default:
        emitter_.fail(token, describe(token), "a fact such as message.subject, a value or '('");
        return skip();
    }
  }

  Value fact(const Token& token) {
    if (const auto known = find_fact(token.spelling))
      return {known->type, {false, static_cast<std::uint32_t>(known->fact)}, 0, &token};
    const auto near = nearest_fact(token.spelling);
    emitter_.fail(token, "the unknown name " + describe(token),
                  near.empty() ? "a fact such as message.subject (texts are quoted)"
                               : "a fact; did you mean " + std::string(near) + "?");
    return {};
  }

  Value literal(const Token& token) {
    switch (token.kind) {
      case TokenKind::text:
        return emitter_.text_literal(token);
      case TokenKind::number:
        return emitter_.number_literal(token, Type::number, token.number);
      case TokenKind::duration:
        return emitter_.number_literal(token, Type::duration, token.number);
      default:
        return emitter_.number_literal(token, Type::boolean,
                                       token.kind == TokenKind::true_ ? 1 : 0);
    }
  }

  Value list() {
    const Token& open = take();
    std::vector<Value> items;
    do {
      const Token& token = peek();
      if (token.kind != TokenKind::text && token.kind != TokenKind::number &&
          token.kind != TokenKind::duration) {
        emitter_.fail(token, describe(token), "a quoted text, a number or a duration in the list");
        return skip();
      }
      items.push_back(literal(take()));
    } while (take_if(TokenKind::comma));
    if (!take_if(TokenKind::close_list)) {
      emitter_.fail(peek(), describe(peek()), "',' or ']' to close the list");
      return skip();
    }
    return emitter_.list_literal(open, items);
  }

  Value parenthesised() {
    const Token& open = take();
    if (!enter(open)) return {};
    Value inner = either();
    --depth_;
    if (gave_up_) return {};
    if (inner.token == nullptr) inner.token = &open;
    if (take_if(TokenKind::close)) return inner;
    emitter_.fail(peek(), describe(peek()),
                  "')' for the '(' at byte " + std::to_string(open.offset));
    return skip();
  }

  /// Counts nesting; past the limit it reports once and gives up on the rest, since the parser
  /// itself recurses.
  bool enter(const Token& token) {
    if (++depth_ <= kMaxNesting) return true;
    emitter_.fail(token, "nesting deeper than " + std::to_string(kMaxNesting),
                  "a flatter expression");
    at_ = tokens_.size() - 1;
    gave_up_ = true;
    return false;
  }

  /// Skips what cannot be understood up to where a condition can end.
  Value skip() {
    int open = 0;
    for (; peek().kind != TokenKind::end; take()) {
      const TokenKind kind = peek().kind;
      if (open == 0 &&
          (kind == TokenKind::and_ || kind == TokenKind::or_ || kind == TokenKind::close))
        break;
      if (kind == TokenKind::open) ++open;
      if (kind == TokenKind::close) --open;
    }
    return {};
  }

  const std::vector<Token>& tokens_;
  Emitter& emitter_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool gave_up_ = false;  // Nested too deep: one message, then silence.
};

}  // namespace
}  // namespace expr

std::expected<Program, std::vector<ExprError>> compile(std::string_view source,
                                                       const MatcherFactory& matchers) {
  std::vector<ExprError> errors;
  if (source.size() > expr::kMaxBytes) {
    errors.push_back({static_cast<std::uint32_t>(expr::kMaxBytes),
                      std::to_string(source.size()) + " bytes",
                      "at most " + std::to_string(expr::kMaxBytes) + " bytes"});
    return std::unexpected(std::move(errors));
  }
  const auto tokens = expr::tokenize(source, errors);
  expr::Emitter emitter(matchers, errors);
  expr::Parser(tokens, emitter).run();
  if (errors.empty()) return Program(emitter.take());
  std::ranges::sort(errors, {},
                    [](const ExprError& e) { return std::tie(e.offset, e.expected, e.found); });
  if (errors.size() > expr::kMaxErrors) errors.resize(expr::kMaxErrors);
  return std::unexpected(std::move(errors));
}

}  // namespace deskwire
