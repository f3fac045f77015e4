// SPDX-License-Identifier: Apache-2.0
#include "mime/charset.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "deskwire/base/utf8.hpp"
#include "mime/gmime_init.hpp"

namespace deskwire::mime {
namespace {

/// Labels are matched without case and punctuation: "UTF8", "utf_8" and "\"utf-8\"" are one.
std::string fold_label(std::string_view label) {
  std::string out;
  for (const char c : label.substr(0, 64)) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

struct Alias {
  std::string_view label;  ///< Folded.
  const char*
      converter;  ///< What iconv is asked for: the superset that mail really means by the label.
};
constexpr auto kAliases = std::to_array<Alias>({
    {"iso88591", "CP1252"},      {"latin1", "CP1252"},        {"usascii", "CP1252"},
    {"ascii", "CP1252"},         {"windows1252", "CP1252"},   {"cp1252", "CP1252"},
    {"ansix341968", "CP1252"},   {"iso646us", "CP1252"},      {"iso88599", "CP1254"},
    {"iso88598i", "ISO-8859-8"}, {"iso88598e", "ISO-8859-8"}, {"iso88596i", "ISO-8859-6"},
    {"iso885911", "CP874"},      {"tis620", "CP874"},         {"windows874", "CP874"},
    {"gb2312", "GB18030"},       {"gbk", "GB18030"},          {"xgbk", "GB18030"},
    {"cp936", "GB18030"},        {"gb231280", "GB18030"},     {"hzgb2312", "HZ"},
    {"big5", "BIG5-HKSCS"},      {"xxbig5", "BIG5-HKSCS"},    {"shiftjis", "CP932"},
    {"sjis", "CP932"},           {"xsjis", "CP932"},          {"mskanji", "CP932"},
    {"windows31j", "CP932"},     {"euckr", "CP949"},          {"ksc56011987", "CP949"},
    {"ksc5601", "CP949"},        {"unicode11utf7", "UTF-7"},  {"utf7", "UTF-7"},
    {"macintosh", "MACINTOSH"},  {"xmacroman", "MACINTOSH"},  {"xmaccyrillic", "MAC-CYRILLIC"},
});

/// Labels that say nothing.
bool is_empty_label(std::string_view folded) {
  return folded.empty() || folded == "unknown8bit" || folded == "xunknown" || folded == "unknown" ||
         folded == "default" || folded == "8bit" || folded == "binary" || folded == "none";
}

bool is_utf8_label(std::string_view folded) {
  return folded == "utf8" || folded == "unicode11utf8" || folded == "xutf8";
}

/// Charsets whose text is also valid ASCII, or easily valid UTF-8: here the label must be tried
/// before UTF-8.
bool label_goes_first(std::string_view converter) {
  static constexpr auto kFirst = std::to_array<std::string_view>(
      {"ISO-2022", "iso-2022", "UTF-7", "HZ", "UTF-16", "utf-16", "UTF-32", "utf-32", "GB18030",
       "BIG5", "CP932", "CP949", "euc-", "EUC-"});
  return std::ranges::any_of(kFirst,
                             [&](std::string_view start) { return converter.starts_with(start); });
}

/// windows-1252 is done by hand: it is the common fallback, and iconv refuses its five unassigned
/// bytes.
std::string from_windows_1252(std::string_view bytes) {
  static constexpr std::array<char16_t, 32> kHigh = {
      0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
      0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
      0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto b = static_cast<unsigned char>(c);
    append_utf8(out, b >= 0x80 && b < 0xa0 ? kHigh[b - 0x80u] : b);
  }
  return out;
}

/// UTF-8 with damage, or another charset mislabelled? More whole sequences than broken bytes speak
/// for damage.
std::string from_broken_utf8(std::string_view bytes) {
  std::size_t whole = 0, broken = 0;
  for (std::string_view rest = bytes; !rest.empty();) {
    const CodePoint next = first_code_point(rest);
    if (!next.valid()) ++broken;
    if (next.valid() && next.bytes > 1) ++whole;
    rest.remove_prefix(next.bytes);
  }
  return whole >= broken ? to_valid_utf8(bytes) : from_windows_1252(bytes);
}

struct Converted {
  std::string text;
  std::size_t errors = 0;
};

/// Nothing when there is no such converter.
std::optional<Converted> convert(std::string_view bytes, const char* converter) {
  const iconv_t handle = g_mime_iconv_open("UTF-8", converter);
  if (handle == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  Converted result;
  result.text.reserve(bytes.size() * 2);
  std::array<char, 4096> buffer{};
  char* in = const_cast<char*>(bytes.data());  // iconv's signature; it does not write there.
  std::size_t left = bytes.size();
  bool flushed = false;
  while (!flushed) {
    char* out = buffer.data();
    std::size_t room = buffer.size();
    flushed = left == 0;
    const std::size_t done = flushed ? iconv(handle, nullptr, nullptr, &out, &room)
                                     : iconv(handle, &in, &left, &out, &room);
    const int error = errno;
    result.text.append(buffer.data(), buffer.size() - room);
    if (done != static_cast<std::size_t>(-1) || error == E2BIG || left == 0) continue;
    ++result.errors;
    append_utf8(result.text, 0xFFFD);
    ++in;
    --left;
  }
  g_mime_iconv_close(handle);
  if (!is_utf8(result.text)) result.text = to_valid_utf8(result.text);
  return result;
}

std::string converter_name(std::string_view folded, std::string_view declared) {
  for (const Alias& alias : kAliases)
    if (alias.label == folded) return alias.converter;
  std::string label;
  for (const char c : declared.substr(0, 64))
    if (c > ' ' && c < 0x7f && c != '"' && c != '\'' && c != '/') label += c;
  const char* const name = g_mime_charset_iconv_name(label.c_str());
  return name ? name : "";
}

}  // namespace

std::string charset_to_utf8(std::string_view bytes, std::string_view declared) {
  const std::string folded = fold_label(declared);
  const bool seems_utf8 = is_utf8(bytes);
  if (is_empty_label(folded) || is_utf8_label(folded))
    return seems_utf8 ? std::string(bytes) : from_broken_utf8(bytes);
  ensure_gmime();
  const std::string converter = converter_name(folded, declared);
  if (seems_utf8 && !label_goes_first(converter)) return std::string(bytes);
  if (converter == "CP1252") return from_windows_1252(bytes);
  const auto converted = convert(bytes, converter.c_str());
  if (converted && (converted->errors == 0 || !seems_utf8)) return converted->text;
  return seems_utf8 ? std::string(bytes) : from_broken_utf8(bytes);
}

}  // namespace deskwire::mime
