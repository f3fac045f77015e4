// SPDX-License-Identifier: Apache-2.0
#include "domain/expr_lexer.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "deskwire/base/quantity.hpp"

namespace deskwire::expr {
namespace {

constexpr std::array<std::pair<std::string_view, TokenKind>, 9> kWords{
    {{"and", TokenKind::and_},
     {"or", TokenKind::or_},
     {"not", TokenKind::not_},
     {"in", TokenKind::in},
     {"has", TokenKind::has},
     {"contains", TokenKind::contains},
     {"matches", TokenKind::matches},
     {"true", TokenKind::true_},
     {"false", TokenKind::false_}}};

// Longer signs first, so that "<=" is not read as "<".
constexpr std::array<std::pair<std::string_view, TokenKind>, 11> kSigns{
    {{"==", TokenKind::equal},
     {"!=", TokenKind::not_equal},
     {"<=", TokenKind::less_equal},
     {">=", TokenKind::greater_equal},
     {"<", TokenKind::less},
     {">", TokenKind::greater},
     {"(", TokenKind::open},
     {")", TokenKind::close},
     {"[", TokenKind::open_list},
     {"]", TokenKind::close_list},
     {",", TokenKind::comma}}};

struct Foreign {
  char sign;
  TokenKind kind;
  std::string_view meant;
};
constexpr std::array<Foreign, 4> kForeign{{{'=', TokenKind::equal, "== to compare"},
                                           {'!', TokenKind::not_, "!= or not"},
                                           {'&', TokenKind::and_, "and"},
                                           {'|', TokenKind::or_, "or"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  Lexer(std::string_view source, std::vector<ExprError>& errors)
      : source_(source), errors_(errors) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    while (skip_space(), at_ < source_.size()) {
      Token token{.kind = TokenKind::end, .offset = here(), .spelling = {}, .text = {}};
      if (!read(token)) continue;
      token.spelling = source_.substr(token.offset, at_ - token.offset);
      tokens.push_back(std::move(token));
    }
    tokens.push_back({.kind = TokenKind::end, .offset = here(), .spelling = {}, .text = {}});
    return tokens;
  }

 private:
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(at_); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  void skip_space() {
    while (is_space(peek())) ++at_;
  }
  void fail(std::uint32_t offset, std::string found, std::string expected) {
    errors_.push_back({offset, std::move(found), std::move(expected)});
  }

  bool read(Token& token) {
    const char c = peek();
    if (c == '"') return read_quoted(token);
    if (c == '\'') return read_raw(token);
    if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return read_number(token);
    if (is_letter(c)) return read_word(token);
    for (const auto& [sign, kind] : kSigns) {
      if (!source_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      token.kind = kind;
      return true;
    }
    return read_unknown(token);
  }

  bool read_word(Token& token) {
    const std::size_t begin = at_;
    while (is_letter(peek()) || is_digit(peek()) || (peek() == '.' && is_letter(peek(1)))) ++at_;
    const auto word = source_.substr(begin, at_ - begin);
    token.kind = TokenKind::word;
    for (const auto& [known, kind] : kWords)
      if (known == word) token.kind = kind;
    return true;
  }

  /// Whole numbers, sizes (10MiB) and durations (1h30m) begin alike; the letters decide.
  bool read_number(Token& token) {
    const std::size_t begin = at_++;
    while (is_digit(peek()) || is_letter(peek())) ++at_;
    const auto spelled = source_.substr(begin, at_ - begin);
    token.kind = TokenKind::number;
    const auto [end, ec] =
        std::from_chars(spelled.data(), spelled.data() + spelled.size(), token.number);
    if (ec == std::errc{} && end == spelled.data() + spelled.size()) return true;
    if (const auto size = parse_size(spelled)) {
      token.number = static_cast<std::int64_t>(*size);
      return true;
    }
    if (const auto duration = parse_duration(spelled)) {
      token.kind = TokenKind::duration;
      token.number = duration->ms;
      return true;
    }
    fail(token.offset, "'" + shortened(spelled) + "'",
         "a whole number, a size such as 10MiB or a duration such as 1h30m");
    token.number = 0;  // Goes on as a number, so that the rest is still checked.
    return true;
  }

  bool read_quoted(Token& token) {
    token.kind = TokenKind::text;
    for (++at_; at_ < source_.size(); ++at_) {
      const char c = source_[at_];
      if (c == '"') return ++at_, true;
      token.text += c == '\\' ? read_escape() : c;
    }
    return unterminated(token, "\"");
  }

  char read_escape() {
    const std::uint32_t offset = here();
    switch (peek(1)) {
      case '"':
        return ++at_, '"';
      case '\\':
        return ++at_, '\\';
      case 'n':
        return ++at_, '\n';
      case 't':
        return ++at_, '\t';
      default:
        fail(offset, "a backslash before something else",
             R"(\" \\ \n or \t (or 'single quotes', where a backslash is itself))");
        return '\\';
    }
  }

  bool read_raw(Token& token) {
    token.kind = TokenKind::text;
    for (++at_; at_ < source_.size(); ++at_) {
      if (source_[at_] == '\'') {
        if (peek(1) != '\'') return ++at_, true;
        ++at_;
      }
      token.text += source_[at_];
    }
    return unterminated(token, "'");
  }

  bool unterminated(const Token& token, std::string_view quote) {
    fail(token.offset, "a text without an end", "a closing " + std::string(quote));
    return true;
  }

  /// A run of bytes that begin nothing is one error, not one a byte. Signs of other languages are
  /// then read as what they mean there, so that the rest of the expression is still checked.
  bool read_unknown(Token& token) {
    const std::size_t begin = at_;
    do ++at_;
    while (at_ < source_.size() &&
           (source_[at_] == source_[begin] || static_cast<unsigned char>(source_[at_]) >= 0x80));
    const auto c = static_cast<unsigned char>(source_[begin]);
    const std::string found = c < 0x20 || c == 0x7f
                                  ? "a control character"
                                  : "'" + shortened(source_.substr(begin, at_ - begin)) + "'";
    for (const auto& [sign, kind, meant] : kForeign) {
      if (sign != source_[begin]) continue;
      fail(token.offset, found, std::string(meant));
      token.kind = kind;
      return true;
    }
    fail(token.offset, found, "a fact, a value or an operator");
    return false;
  }

  std::string_view source_;
  std::vector<ExprError>& errors_;
  std::size_t at_ = 0;
};

}  // namespace

std::string describe(const Token& token) {
  if (token.kind == TokenKind::end) return "the end";
  return "'" + shortened(token.spelling) + "'";
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kShown = 40;
  if (text.size() <= kShown) return std::string(text);
  std::size_t length = kShown;  // Never cut inside a UTF-8 sequence.
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  return std::string(text.substr(0, length)) + "…";
}

std::vector<Token> tokenize(std::string_view source, std::vector<ExprError>& errors) {
  return Lexer(source, errors).run();
}

}  // namespace deskwire::expr
