// SPDX-License-Identifier: Apache-2.0
#include "text/subject.hpp"

#include <array>
#include <optional>

#include "deskwire/base/utf8.hpp"

namespace deskwire::text {
namespace {

/// Reply and forward words, lower case as far as ASCII goes; where a mailer writes capitals beyond
/// ASCII both forms stand here.
constexpr auto kPrefixes = std::to_array<std::string_view>({
    "re",          "fw",          "fwd",        "aw",    "wg",   "antw",    "antwort",
    "antwoord",    "doorst",      "betr",       "sv",    "vs",   "vl",      "vb",
    "vedr",        "svar",        "rv",         "rif",   "r",    "i",       "enc",
    "res",         "tr",          "réf",        "ref",   "pd",   "odp",     "ynt",
    "ilt",         "i̇lt",         "İLT",        "bls",   "trs",  "vá",      "vÁ",
    "VÁ",          "továbbítás",  "továbbitás", "atb",   "na",   "trả lời", "trả Lời",
    "chuyển tiếp", "chuyển Tiếp", "回复",       "回覆",  "答复", "答覆",    "转发",
    "轉寄",        "轉發",        "返信",       "転送",  "답장", "회신",    "전달",
    "השב",         "תגובה",       "הועבר",      "απ",    "ΑΠ",   "σχετ",    "ΣΧΕΤ",
    "πρθ",         "ΠΡΘ",         "ответ",      "Ответ", "на",   "hа",      "ha",
    "رد",          "إعادة توجيه", "ตอบกลับ",     "ส่งต่อ",
});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string_view trim_front(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

/// The length of "[2]", "(2)" or "^2" at the start of `text`: mailers count replies this way.
std::size_t counter(std::string_view text) {
  if (text.empty() || (text[0] != '[' && text[0] != '(' && text[0] != '^')) return 0;
  const char close = text[0] == '[' ? ']' : text[0] == '(' ? ')' : char{0};
  std::size_t i = 1;
  while (i < text.size() && i < 6 && text[i] >= '0' && text[i] <= '9') ++i;
  if (i == 1) return 0;
  if (!close) return i;
  return i < text.size() && text[i] == close ? i + 1 : 0;
}

/// What follows a prefix at the start of `text`, or nothing if there is none.
std::optional<std::string_view> after_prefix(std::string_view text, std::string_view folded) {
  constexpr std::string_view kWideColon = "：";
  for (const std::string_view prefix : kPrefixes) {
    if (!folded.starts_with(prefix) && !text.starts_with(prefix)) continue;
    std::string_view rest = text.substr(prefix.size());
    rest.remove_prefix(counter(rest));
    rest = trim_front(rest);
    if (rest.starts_with(':')) return trim_front(rest.substr(1));
    if (rest.starts_with(kWideColon)) return trim_front(rest.substr(kWideColon.size()));
  }
  return std::nullopt;
}

}  // namespace

Subject read_subject(std::string_view subject) {
  constexpr std::size_t kMaxBytes =
      2'000;  // Longer ones are no subjects; the comparison stays cheap.
  Subject result;
  const std::string line = clean_line(utf8_prefix(subject, kMaxBytes));
  const std::string folded = lower(line);
  std::string_view rest = line;
  while (const auto next =
             after_prefix(rest, std::string_view(folded).substr(line.size() - rest.size()))) {
    rest = *next;
    result.had_prefix = true;
  }
  if (lower(rest).ends_with("(fwd)")) {
    rest.remove_suffix(5);
    result.had_prefix = true;
  }
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  result.stripped = rest;
  result.normalised = lower(rest);
  return result;
}

}  // namespace deskwire::text
