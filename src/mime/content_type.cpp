// SPDX-License-Identifier: Apache-2.0
#include "mime/content_type.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>
#include <tuple>

#include "mime/charset.hpp"
#include "mime/limits.hpp"
#include "mime/text_run.hpp"

namespace deskwire::mime {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// A piece of a parameter after RFC 2231: `name*number*=value`.
struct Piece {
  std::string name;
  std::size_t number = 0;
  std::size_t order = 0;  ///< As written, for pieces with the same number.
  bool extended = false;  ///< Percent-encoded, the first piece with charset'language'.
  std::string value;      ///< Raw bytes.
};

class Parser {
 public:
  explicit Parser(std::string_view raw) {
    while (!raw.empty() && is_blank(raw.front())) raw.remove_prefix(1);
    text_ = one_field(raw);
  }

  std::optional<ContentType> run() {
    read_type();
    if (result_.type.empty()) return std::nullopt;
    while (i_ < text_.size() && read_count_ < kLimits.parameters) read_parameter();
    join_pieces();
    return std::move(result_);
  }

 private:
  void skip_comment() {
    std::size_t depth = 0;
    for (; i_ < text_.size(); ++i_) {
      const char c = text_[i_];
      if (c == '\\') ++i_;
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) break;
    }
    if (i_ < text_.size()) ++i_;
    i_ = std::min(i_, text_.size());
  }

  /// A line end stands in for a forgotten semicolon when `name=` follows.
  bool forgotten_semicolon() const {
    const auto fold = fold_at(text_.substr(i_));
    if (!fold) return false;
    const std::string_view rest = text_.substr(i_ + *fold);
    const std::size_t stop = rest.find_first_of("=;\"\n ");
    return stop != std::string_view::npos && stop > 0 && rest[stop] == '=';
  }

  void read_type() {
    std::string type;
    while (i_ < text_.size() && text_[i_] != ';' && !forgotten_semicolon()) {
      if (text_[i_] == '(') {
        skip_comment();
      } else {
        type += text_[i_++];
      }
    }
    const std::size_t slash = type.find('/');
    result_.type = lower(trim(std::string_view(type).substr(0, slash)));
    if (slash != std::string::npos)
      result_.subtype = lower(trim(std::string_view(type).substr(slash + 1)));
    result_.type = charset_to_utf8(result_.type, {});
    result_.subtype = charset_to_utf8(result_.subtype, {});
  }

  void read_parameter() {
    while (i_ < text_.size() && (is_blank(text_[i_]) || text_[i_] == ';')) ++i_;
    const std::size_t begin = i_;
    while (i_ < text_.size() && text_[i_] != '=' && text_[i_] != ';') ++i_;
    const std::string name = lower(trim(text_.substr(begin, i_ - begin)));
    if (i_ >= text_.size() || text_[i_] == ';') return;
    ++i_;
    while (i_ < text_.size() && is_blank(text_[i_])) ++i_;
    const bool quotes = i_ < text_.size() && text_[i_] == '"';
    if (quotes) ++i_;
    const bool encoded = name.ends_with('*') || name.find('*') != std::string::npos;
    std::string value = quotes ? read_quoted(encoded) : read_bare(encoded);
    ++read_count_;
    if (!name.empty() && !value.empty()) keep(name, std::move(value));
  }

  /// `as_bytes`: RFC 2231 pieces, where nothing may be decoded before the pieces are joined.
  std::string read_quoted(bool as_bytes) {
    TextRun run(false);
    std::string bytes;
    while (i_ < text_.size() && text_[i_] != '"') {
      char c = text_[i_];
      if (!as_bytes) {
        if (const auto word = words_.read(text_.substr(i_))) {
          run.word(*word);
          i_ += word->bytes;
          continue;
        }
      }
      ++i_;
      // Outlook quotes Windows paths without doubling the backslashes, so one before a letter
      // stays.
      if (c == '\\' && i_ < text_.size() && !std::isalnum(static_cast<unsigned char>(text_[i_])))
        c = text_[i_++];
      else if (c == '\r' || c == '\n') {
        run.fold();
        continue;
      } else if ((c == ' ' || c == '\t') && !as_bytes) {
        run.blank(c);
        continue;
      }
      if (as_bytes)
        bytes += c;
      else
        run.plain(c);
    }
    if (i_ < text_.size()) ++i_;
    while (i_ < text_.size() && text_[i_] != ';' && !forgotten_semicolon()) ++i_;
    return as_bytes ? bytes : run.take();
  }

  std::string read_bare(bool as_bytes) {
    TextRun run(false);
    std::string bytes;
    while (i_ < text_.size() && text_[i_] != ';' && !forgotten_semicolon()) {
      const char c = text_[i_];
      if (c == '(' && i_ > 0 && is_blank(text_[i_ - 1])) {
        skip_comment();
        continue;
      }
      if (!as_bytes) {
        if (const auto word = words_.read(text_.substr(i_))) {
          run.word(*word);
          i_ += word->bytes;
          continue;
        }
      }
      ++i_;
      if (as_bytes) {
        bytes += c;
      } else if (is_blank(c)) {
        run.fold();
        if (c == ' ') run.blank(c);
      } else {
        run.plain(c);
      }
    }
    return std::string(trim(as_bytes ? bytes : run.take()));
  }

  void keep(const std::string& name, std::string value) {
    const std::size_t star = name.find('*');
    if (star == std::string::npos) {
      result_.parameters.push_back({name, std::move(value), {}});
      return;
    }
    Piece piece{.name = std::string(trim(std::string_view(name).substr(0, star))),
                .number = 0,
                .order = pieces_.size(),
                .extended = name.ends_with('*'),
                .value = std::move(value)};
    if (piece.name.empty()) return;
    std::from_chars(name.data() + star + 1, name.data() + name.size(), piece.number);
    pieces_.push_back(std::move(piece));
  }

  void join_pieces() {
    std::ranges::sort(pieces_, {},
                      [](const Piece& p) { return std::tie(p.name, p.number, p.order); });
    for (std::size_t i = 0; i < pieces_.size();) {
      const std::size_t begin = i;
      while (i < pieces_.size() && pieces_[i].name == pieces_[begin].name) ++i;
      join({pieces_.data() + begin, i - begin});
    }
  }

  void join(std::span<const Piece> pieces) {
    Parameter joined{.name = pieces.front().name, .value = {}, .language = {}};
    std::string charset, bytes;
    for (const Piece& piece : pieces) {
      std::string_view value = piece.value;
      if (piece.extended && &piece == &pieces.front()) {
        const std::size_t one = value.find('\''),
                          two = one == std::string_view::npos ? one : value.find('\'', one + 1);
        if (two != std::string_view::npos) {
          charset = value.substr(0, one);
          joined.language = value.substr(one + 1, two - one - 1);
          value.remove_prefix(two + 1);
        }
      } else if (piece.extended && !charset.empty() && value.starts_with(charset + "'")) {
        value.remove_prefix(charset.size() + 1);  // Some mailers repeat the charset in every piece.
      }
      bytes += piece.extended ? percent_decode(value) : std::string(value);
    }
    joined.value = charset_to_utf8(bytes, charset);
    // The extended form is the better one where a mail has both (RFC 6266 §4.3 says so for HTTP,
    // mailers mean the same).
    std::erase_if(result_.parameters, [&](const Parameter& p) { return p.name == joined.name; });
    result_.parameters.push_back(std::move(joined));
  }

  std::string_view text_;
  std::size_t i_ = 0, read_count_ = 0;
  WordReader words_;
  ContentType result_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::string_view ContentType::parameter(std::string_view name) const {
  for (const Parameter& p : parameters)
    if (p.name == name) return p.value;
  return {};
}

std::optional<ContentType> parse_content_type(std::string_view raw) {
  return Parser(raw.substr(0, kLimits.field_bytes)).run();
}

}  // namespace deskwire::mime
