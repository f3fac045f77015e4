// SPDX-License-Identifier: Apache-2.0
#include "text/smart_encode.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "deskwire/base/utf8.hpp"
#include "text/sms_segments.hpp"

namespace deskwire::text {
namespace {

struct Group {
  std::string_view plain;
  std::u32string_view instead_of;
};

// What providers replace alike, the single angle quotes included: those point the other way there.
constexpr auto kGroups = std::to_array<Group>({
    {"\"", U"\u00AB\u00BB\u02BA\u02EE\u201C\u201D\u201E\u201F\u275D\u275E\u301D\u301E"},
    {"'",
     U"`\u00B4\u02B9\u02BB\u02BC\u02BD\u02C8\u02CA\u02CB\u0313\u0314\u2018\u2019\u201B\u275B\u275C"
     U"\uFE10\uFE11"},
    {"/", U"\u00F7\u0337\u0338\u2044\u2215\u29F8"},
    {"\\", U"\u20E5\u29F5\u29F9\uFE68"},
    {"|", U"\u20D2\u20D3\u2223\u239C\u239F\u23B8\u23B9\u23D0"},
    {"-", U"\u2010\u2013\u2014\u2015\u2022\u2043\u23BC\u23BD\uFE63"},
    {"_", U"\u0332\u2017"},
    {",", U"\u0326\u201A\u3001\uFE50\uFE51\uFF64"},
    {".", U"\u3002\uFE52\uFF61"},
    {":", U"\u02D0\u02F8\u2982\uA789\uFE13"},
    {";", U"\u204F\uFE14\uFE54"},
    {"!", U"\u01C3\uFE15\uFE57"},
    {"!!", U"\u203C"},
    {"?", U"\uFE16\uFE56"},
    {"...", U"\u2026"},
    {"#", U"\uFE5F"},
    {"$", U"\uFE69"},
    {"%", U"\uFE6A"},
    {"&", U"\uFE60"},
    {"@", U"\uFE6B"},
    {"(", U"\u2768\u276A\u27EE\u2985\uFE59"},
    {")", U"\u2769\u276B\u27EF\u2986\uFE5A"},
    {"{", U"\u2774\uFE5B"},
    {"}", U"\u2775\uFE5C"},
    {"*",
     U"\u204E\u2217\u229B\u2722\u2723\u2724\u2725\u2731\u2732\u2733\u273A\u273B\u273C\u273D\u2743"
     U"\u2749\u274A\u274B\u29C6\uFE61"},
    {"+", U"\u02D6\uFE62"},
    {"=", U"\u0347\uA78A\uFE66"},
    {"<", U"\u203A\uFE64"},
    {">", U"\u2039\uFE65"},
    {"^", U"\u02C6\u0302\u1DCD"},
    {"~", U"\u02DC\u02F7\u0303\u0330\u0334\u223C"},
    {"1/4", U"\u00BC"},
    {"1/2", U"\u00BD"},
    {"3/4", U"\u00BE"},
    // Blanks of every width; a control of ISO 6429 came as one too.
    {" ", U"\u2001\u2028\u2029"},
    {"  ",
     U"\u0080\u008D\u0090\u009B\u009F\u00A0\u2000\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
     U"\u200A\u202F\u205F\u3000"},
    {"       ", U"\t"},
    {"", {U"\0\u0003\u0004\u0010\u0011\u0012\u0013\u0014\u0017\u0019\u200B\u2060\uFEFF", 13}},
});

/// Small capitals of the phonetic alphabet, "A" to "Z"; a blank where there is none.
constexpr std::u32string_view kSmallCapitals =
    U"\u1D00\u0299\u1D04\u1D05\u1D07\uA730\u0262\u029C\u026A\u1D0A\u1D0B\u029F\u1D0D\u0274\u1D0F"
    U"\u1D18 \u0280\uA731\u1D1B\u1D1C\u1D20\u1D21 \u028F\u1D22";

struct Replacement {
  char32_t from;
  std::string_view plain;
};

constexpr std::size_t kCount = [] {
  std::size_t count = 0;
  for (const Group& group : kGroups) count += group.instead_of.size();
  return count;
}();

/// The groups by character, for searching.
constexpr auto kReplacements = [] {
  std::array<Replacement, kCount> all{};
  std::size_t at = 0;
  for (const Group& group : kGroups)
    for (const char32_t from : group.instead_of) all[at++] = {from, group.plain};
  std::ranges::sort(all, {}, &Replacement::from);
  return all;
}();

std::optional<std::string> plain_form(char32_t character) {
  // The wide forms of East Asian fonts stand in the order of ASCII.
  if (character >= 0xFF01 && character <= 0xFF5E) {
    const char ascii = static_cast<char>(character - 0xFF01 + '!');
    return std::string(1, ascii == '`' ? '\'' : ascii);
  }
  const std::size_t capital = kSmallCapitals.find(character);
  if (capital != std::u32string_view::npos && character != U' ')
    return std::string(1, static_cast<char>('A' + capital));
  const auto found = std::ranges::lower_bound(kReplacements, character, {}, &Replacement::from);
  if (found == kReplacements.end() || found->from != character) return std::nullopt;
  return std::string(found->plain);
}

bool is_mark(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF);
}
/// Latin, Greek and Cyrillic ones: those that carry marks.
bool is_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') ||
         (c >= 0xC0 && c <= 0x24F && c != 0xF7 && c != 0x1C3) || (c >= 0x370 && c <= 0x52F) ||
         (c >= 0x1E00 && c <= 0x1FFF);
}

}  // namespace

std::string smart_encode(std::string_view utf8) {
  std::string out;
  char32_t before = U' ';
  for (auto rest = utf8; !rest.empty();) {
    const CodePoint point = first_code_point(rest);
    const bool marked = point.valid() && is_mark(point.value) && is_letter(before);
    std::optional<std::string> plain;
    if (gsm7_septets(point.value) == 0) {
      if (point.valid() && !marked) plain = plain_form(point.value);
      if (!plain) return std::string(utf8);
    }
    if (plain)
      out += *plain;
    else
      out += rest.substr(0, point.bytes);
    before = point.value;
    rest.remove_prefix(point.bytes);
  }
  return out;
}

}  // namespace deskwire::text
