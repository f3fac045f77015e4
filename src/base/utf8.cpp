// SPDX-License-Identifier: Apache-2.0
#include "deskwire/base/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace deskwire {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Stays as it is in any clean text.
bool is_plain(char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\t'; }

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

/// Line and paragraph separators and the bidirectional overrides, which can make one line look like
/// another.
bool is_deceptive(char32_t c) {
  return c == 0x2028 || c == 0x2029 || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  char32_t value = first & (0x7f >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
  return {value, length};
}

bool is_ascii(std::string_view text) {
  // Eight bytes a step: most mail is ASCII, and every body passes through here.
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080ULL) return false;
  }
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (!next.valid()) return false;
    text.remove_prefix(next.bytes);
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    out += next.valid() ? text.substr(0, next.bytes) : kReplacement;
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const auto rest = std::ranges::find_if_not(text, is_plain);
    const auto run = static_cast<std::size_t>(rest - text.begin());
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    const CodePoint next = first_code_point(text);
    if (next.value == '\r') {
      if (text.size() == 1 || text[1] != '\n') out += '\n';
    } else if (!next.valid()) {
      out += kReplacement;
    } else if (!is_control(next.value) && !is_deceptive(next.value)) {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string clean_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    if (next.valid() && (next.value == ' ' || is_control(next.value))) {
      gap = true;
    } else if (!next.valid() || !is_deceptive(next.value)) {
      if (gap && !out.empty()) out += ' ';
      gap = false;
      out += next.valid() ? text.substr(0, next.bytes) : kReplacement;
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  // A code point has at most three continuation bytes; more of them are not UTF-8 and may be cut
  // anywhere.
  for (int i = 0; i < 3 && end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++i)
    --end;
  if ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end = max_bytes;
  return text.substr(0, end);
}

void append_utf8(std::string& out, char32_t c) {
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
    out += kReplacement;
  } else if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

}  // namespace deskwire
