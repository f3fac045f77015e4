// SPDX-License-Identifier: Apache-2.0
#include "search/query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "search/words.hpp"
#include "text/phone.hpp"

namespace deskwire::search {
namespace {

constexpr auto kKeys =
    std::to_array<std::string_view>({"state", "queue", "agent", "tag", "channel", "from"});
/// Fewer digits are a word like any other.
constexpr std::size_t kLeastPhoneDigits = 7, kMostPhoneDigits = 15;
/// What a national number must have left without its leading zeros.
constexpr std::size_t kLeastNational = 6;
constexpr std::size_t kMostIdDigits = 15;

/// What stands between two spaces, or in quotes.
struct Piece {
  std::string key;  ///< Of a filter; empty: words.
  std::string_view text;
  bool negated = false;
  bool quoted = false;
  bool last = false;  ///< Nothing follows it, so it may not be finished.
};

/// Reads the question piece by piece.
class Pieces {
 public:
  explicit Pieces(std::string_view text) : rest_(text) {}

  bool next(Piece& out) {
    skip_spaces();
    if (rest_.empty()) return false;
    out = Piece{};
    if (rest_.size() > 1 && rest_[0] == '-' && !starts_with_space(rest_.substr(1))) {
      out.negated = true;
      rest_.remove_prefix(1);
    }
    read_key(out);
    if (const std::size_t quote = quote_bytes(rest_); quote > 0)
      read_quoted(out, quote);
    else
      read_bare(out);
    out.last = rest_.empty();
    return true;
  }

 private:
  /// Bytes of the space that `text` begins with: ASCII's, or the wide one of Chinese and Japanese.
  static std::size_t space_bytes(std::string_view text) {
    if (text.empty()) return 0;
    if (static_cast<unsigned char>(text[0]) <= ' ') return 1;
    if (text.starts_with("\xc2\xa0")) return 2;
    return text.starts_with("\xe3\x80\x80") ? 3 : 0;
  }
  static bool starts_with_space(std::string_view text) { return space_bytes(text) > 0; }
  /// Keyboards of telephones write “ ” on their own.
  static std::size_t quote_bytes(std::string_view text) {
    if (text.starts_with('"')) return 1;
    return text.starts_with("\xe2\x80\x9c") || text.starts_with("\xe2\x80\x9d") ? 3 : 0;
  }

  void skip_spaces() {
    while (const std::size_t bytes = space_bytes(rest_)) rest_.remove_prefix(bytes);
  }

  void read_key(Piece& out) {
    const std::size_t colon = rest_.find(':');
    if (colon == std::string_view::npos || colon + 1 == rest_.size()) return;
    std::string key;
    for (const Word& word : words_of(rest_.substr(0, colon))) key += word.folded;
    if (key.size() != colon || std::ranges::find(kKeys, key) == kKeys.end()) return;
    if (starts_with_space(rest_.substr(colon + 1))) return;
    out.key = std::move(key);
    rest_.remove_prefix(colon + 1);
  }

  void read_quoted(Piece& out, std::size_t quote) {
    out.quoted = true;
    rest_.remove_prefix(quote);
    std::size_t end = 0;
    while (end < rest_.size() && quote_bytes(rest_.substr(end)) == 0) ++end;
    out.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    rest_.remove_prefix(quote_bytes(rest_));
  }

  void read_bare(Piece& out) {
    std::size_t end = 0;
    while (end < rest_.size() && !starts_with_space(rest_.substr(end))) ++end;
    out.text = rest_.substr(0, end);
    rest_.remove_prefix(end);
  }

  std::string_view rest_;
};

TicketId id_in(std::string_view digits) {
  std::uint64_t value = 0;
  if (digits.empty() || digits.size() > kMostIdDigits) return {};
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = failed == std::errc{} && end == digits.data() + digits.size();
  return TicketId{whole ? value : 0};
}

/// Made of digits and of what stands between those of a telephone number.
bool is_phone_like(std::string_view text) {
  constexpr std::string_view kBeside = "+()-./ ";
  return std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::all_of(text, [kBeside](char c) {
           return (c >= '0' && c <= '9') || kBeside.find(c) != std::string_view::npos;
         });
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
  return out;
}

/// The end of the number, which every way of writing it shares; empty if it is none.
std::string phone_end(const std::string& written, std::string_view region) {
  std::string digits = digits_of(written);
  if (digits.size() < kLeastPhoneDigits || digits.size() > kMostPhoneDigits) return {};
  if (const auto number = text::to_e164(written, region)) digits = text::national_digits(*number);
  digits.erase(0, digits.find_first_not_of('0'));
  return digits.size() < kLeastNational ? std::string() : backwards(digits);
}

SearchTerm term_of(std::string_view text, bool may_go_on) {
  SearchTerm out;
  std::vector<Word> words = words_of(text);
  if (words.empty()) return out;
  const bool after_pair = words.size() > 1 && words[words.size() - 2].end == words.back().end;
  out.prefix = words.back().alone || may_go_on;
  if (after_pair) {  // It holds the last character already.
    words.pop_back();
    out.prefix = false;
  }
  if (words.size() == 1) out.marked = words.front().marked;
  for (Word& word : words) out.words.push_back(std::move(word.folded));
  // One letter begins half of all words.
  if (!words.back().alone && out.words.back().size() < 2) out.prefix = false;
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view region) : pieces_(text), region_(region) {
    const bool ends_in_space = !text.empty() && static_cast<unsigned char>(text.back()) <= ' ';
    for (Piece piece; pieces_.next(piece);) {
      piece.last = piece.last && !ends_in_space;
      read(piece);
    }
    end_number();
    if (out_.all.size() == 1 && out_.none.empty() && out_.filters.empty() && out_.ids.empty())
      out_.maybe_id = only_id_;
  }

  Query take() { return std::move(out_); }

 private:
  void read(const Piece& piece) {
    const bool plain = piece.key.empty() && !piece.negated;
    if (plain && is_phone_like(piece.text) && !piece.text.starts_with('#'))
      return add_to_number(piece);
    end_number();
    if (piece.key == "from") return add_from(piece);
    if (!piece.key.empty()) {
      out_.filters.push_back(
          {.key = piece.key, .value = std::string(piece.text), .negated = piece.negated});
      return;
    }
    if (!piece.quoted && piece.text.starts_with('#')) {
      if (const TicketId id = id_in(piece.text.substr(1))) {
        (piece.negated ? out_.not_ids : out_.ids).push_back(id);
        return;
      }
    }
    add(term_of(piece.text, piece.last && !piece.quoted && !piece.negated), piece.negated);
  }

  /// Pieces of one number may be typed with spaces.
  void add_to_number(const Piece& piece) {
    number_pieces_.push_back(piece);
    if (!number_.empty()) number_ += ' ';
    number_ += piece.text;
  }

  void end_number() {
    if (number_pieces_.empty()) return;
    const std::vector<Piece> pieces = std::exchange(number_pieces_, {});
    const std::string written = std::exchange(number_, {});
    std::string phone = phone_end(written, region_);
    if (phone.empty()) {
      for (const Piece& piece : pieces) {
        only_id_ = pieces.size() == 1 && !piece.quoted ? id_in(piece.text) : TicketId{};
        add(term_of(piece.text, piece.last && !piece.quoted), false);
      }
      return;
    }
    only_id_ = pieces.size() == 1 ? id_in(written) : TicketId{};
    SearchTerm term = term_of(written, pieces.back().last && !pieces.back().quoted);
    term.phone = std::move(phone);
    add(std::move(term), false);
  }

  void add_from(const Piece& piece) {
    SearchTerm term = term_of(piece.text, piece.last && !piece.quoted);
    term.customer = true;
    if (is_phone_like(piece.text)) term.phone = phone_end(std::string(piece.text), region_);
    add(std::move(term), piece.negated);
  }

  void add(SearchTerm term, bool negated) {
    if (term.words.empty()) return;
    if (out_.all.size() + out_.none.size() >= kTerms) {
      out_.too_long = true;
      return;
    }
    (negated ? out_.none : out_.all).push_back(std::move(term));
  }

  Pieces pieces_;
  std::string region_;
  Query out_;
  std::vector<Piece> number_pieces_;
  std::string number_;
  TicketId only_id_;
};

}  // namespace

Query parse_query(std::string_view text, std::string_view region) {
  return Parser(text, region).take();
}

}  // namespace deskwire::search
