// SPDX-License-Identifier: Apache-2.0
#include "text/html_survey.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <unordered_map>

#include "deskwire/base/utf8.hpp"
#include "text/text_writer.hpp"

namespace deskwire::text {
namespace {

struct Tag {
  bool closing = false;
  std::string name;  ///< Lower case; empty for comments and declarations.
};

/// Cuts HTML into tags and the text between them.
class Scanner {
 public:
  explicit Scanner(std::string_view html) : rest_(html) {}

  /// Text up to the next tag, then that tag; false at the end.
  bool next(std::string_view& text, Tag& tag) {
    const std::size_t open = find_tag();
    text = rest_.substr(0, open);
    tag = {};
    if (open == std::string_view::npos) {
      rest_ = {};
      return false;
    }
    rest_.remove_prefix(open + 1);
    if (rest_.starts_with("!--")) {
      skip_past("-->");
      return true;
    }
    tag.closing = rest_.starts_with('/');
    if (tag.closing) rest_.remove_prefix(1);
    std::size_t length = 0;
    while (length < rest_.size() && length < 20 &&
           std::isalnum(static_cast<unsigned char>(rest_[length])))
      tag.name += static_cast<char>(std::tolower(static_cast<unsigned char>(rest_[length++])));
    skip_past(">");
    if (!tag.closing && (tag.name == "script" || tag.name == "style")) skip_past("</" + tag.name);
    return true;
  }

 private:
  /// A '<' counts only before a letter, '/', '!' or '?'; "a < b" is text.
  std::size_t find_tag() const {
    for (std::size_t i = 0; (i = rest_.find('<', i)) != std::string_view::npos; ++i) {
      if (i + 1 >= rest_.size()) return std::string_view::npos;
      const char c = rest_[i + 1];
      if (std::isalpha(static_cast<unsigned char>(c)) || c == '/' || c == '!' || c == '?') return i;
    }
    return std::string_view::npos;
  }

  void skip_past(std::string_view mark) {
    const std::size_t at = rest_.find(mark);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + mark.size());
    if (mark.starts_with("</")) rest_.remove_prefix(std::min(rest_.size(), rest_.find('>') + 1));
  }

  std::string_view rest_;
};

template <std::size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_formatting(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"a", "b", "big", "code", "em", "font", "i", "nobr", "s",
                                       "small", "strike", "strong", "tt", "u"});
  return one_of(name, kNames);
}

/// Elements that have no end tag, or whose end the next one implies: they do not nest.
bool is_flat(std::string_view name) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"br",    "img",    "hr",    "meta",  "link", "input", "area",  "base", "col", "wbr",
       "param", "source", "embed", "track", "p",    "li",    "td",    "th",   "tr",  "dd",
       "dt",    "option", "html",  "head",  "body", "tbody", "thead", "tfoot"});
  return one_of(name, kNames);
}

bool breaks_line(std::string_view name) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"br", "p", "div", "tr", "li", "ul", "ol", "table", "h1",
                                       "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"});
  return one_of(name, kNames);
}

void append_entity(std::string& out, std::string_view name) {
  struct Entity {
    std::string_view name, text;
  };
  static constexpr auto kEntities = std::to_array<Entity>(
      {{"amp", "&"},    {"lt", "<"},     {"gt", ">"},    {"quot", "\""},  {"apos", "'"},
       {"nbsp", " "},   {"auml", "ä"},   {"ouml", "ö"},  {"uuml", "ü"},   {"Auml", "Ä"},
       {"Ouml", "Ö"},   {"Uuml", "Ü"},   {"szlig", "ß"}, {"eacute", "é"}, {"egrave", "è"},
       {"agrave", "à"}, {"ccedil", "ç"}, {"euro", "€"},  {"ndash", "–"},  {"mdash", "—"},
       {"hellip", "…"}, {"rsquo", "’"},  {"lsquo", "‘"}, {"rdquo", "”"},  {"ldquo", "“"},
       {"copy", "©"},   {"reg", "®"}});
  if (name.starts_with('#')) {
    const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    std::uint32_t value = 0;
    const std::string_view digits = name.substr(hex ? 2 : 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    if (value >= ' ') append_utf8(out, value);
    return;
  }
  for (const Entity& entity : kEntities)
    if (entity.name == name) {
      out += entity.text;
      return;
    }
  out.append("&").append(name).append(";");
}

std::string decode_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t amp = text.find('&');
    out += text.substr(0, amp);
    if (amp == std::string_view::npos) break;
    text.remove_prefix(amp);
    const std::size_t end = text.substr(0, 12).find(';');
    if (end == std::string_view::npos) {
      out += '&';
      text.remove_prefix(1);
    } else {
      append_entity(out, text.substr(1, end - 1));
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

}  // namespace

bool is_tame(std::string_view html) {
  constexpr int kMaxDepth = 400;
  constexpr std::size_t kMaxRepeats = 200'000, kMaxTags = 50'000;
  Scanner scanner(html);
  std::string_view text;
  Tag tag;
  std::unordered_map<std::string, int> open;  // An end tag closes only an element of its own name.
  int depth = 0, formatting = 0, most_formatting = 0;
  std::size_t tags = 0;
  while (scanner.next(text, tag)) {
    if (tag.name.empty()) continue;
    ++tags;
    if (is_flat(tag.name)) continue;
    int& of_this_name = open[tag.name];
    const int step = !tag.closing ? 1 : of_this_name > 0 ? -1 : 0;
    of_this_name += step;
    depth += step;
    if (is_formatting(tag.name)) formatting += step;
    most_formatting = std::max(most_formatting, formatting);
    if (depth > kMaxDepth || tags > kMaxTags) return false;
    // Each new block may repeat every formatting element that was left open.
    if (static_cast<std::size_t>(most_formatting) * tags > kMaxRepeats) return false;
  }
  return true;
}

std::string strip_tags(std::string_view html, std::size_t max_bytes) {
  Scanner scanner(html);
  TextWriter out(max_bytes);
  std::string_view text;
  Tag tag;
  bool more = true;
  while (more && !out.full()) {
    more = scanner.next(text, tag);
    out.words(decode_entities(text));
    if (breaks_line(tag.name)) out.line();
  }
  return out.take();
}

}  // namespace deskwire::text
