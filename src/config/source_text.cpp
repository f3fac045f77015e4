// SPDX-License-Identifier: Apache-2.0
#include "config/source_text.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace deskwire::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629: no overlong forms, no
/// surrogates), or 0.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return follows(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const bool overlong = a == 0xE0 && b < 0xA0, surrogate = a == 0xED && b > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const bool overlong = a == 0xF0 && b < 0x90, beyond = a == 0xF4 && b > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::string hex(unsigned char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  return std::string("0x") + digits[c >> 4] + digits[c & 15];
}

/// Walks a scalar's raw text and its value side by side. Folding and indentation only ever change
/// blanks, so the walk pairs the other characters and lets blanks of either side stretch.
class ScalarWalk {
 public:
  ScalarWalk(std::string_view raw, std::string_view value) : raw_(raw), value_(value) {
    if (raw_.starts_with('"') || raw_.starts_with('\''))
      quote_ = raw_[at_++];
    else if (raw_.starts_with('|') || raw_.starts_with('>'))
      at_ = std::min(raw_.find('\n'), raw_.size());
  }

  /// The raw position of value byte `offset`.
  std::size_t find(std::size_t offset) {
    for (std::size_t i = 0; i < offset && i < value_.size(); ++i) {
      if (is_blank(value_[i]) && !at_escape()) {
        if (!is_blank(peek(at_))) continue;
        // A run of blanks ends together on both sides; inside it the walk goes byte by byte while
        // it can.
        if (i + 1 < value_.size() && is_blank(value_[i + 1]))
          ++at_;
        else
          skip_blanks();
        continue;
      }
      skip_blanks();
      at_ += step();
    }
    if (offset < value_.size() && !is_blank(value_[offset])) skip_blanks();
    return std::min(at_, raw_.size());
  }

 private:
  [[nodiscard]] char peek(std::size_t i) const { return i < raw_.size() ? raw_[i] : '\0'; }
  [[nodiscard]] bool at_escape() const { return quote_ == '"' && peek(at_) == '\\'; }
  void skip_blanks() {
    while (is_blank(peek(at_))) ++at_;
  }
  /// Raw bytes of one value byte: escapes of double quotes and doubled single quotes are longer.
  [[nodiscard]] std::size_t step() const {
    if (quote_ == '\'' && peek(at_) == '\'') return 2;
    if (!at_escape()) return 1;
    switch (peek(at_ + 1)) {
      case 'x':
        return 4;
      case 'u':
        return 6;
      case 'U':
        return 10;
      default:
        return 2;
    }
  }

  std::string_view raw_, value_;
  std::size_t at_ = 0;
  char quote_ = '\0';
};

}  // namespace

std::expected<std::string, TextFault> read_whole_file(const std::filesystem::path& path,
                                                      std::size_t max_bytes) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec))
    return std::unexpected(TextFault{{}, "a folder", "a file"});
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const bool there = std::filesystem::exists(path, ec);
    return std::unexpected(TextFault{
        {}, there ? "a file that may not be read" : "no file", "a file that can be read"});
  }
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return std::unexpected(TextFault{{}, "a read error", "a file that can be read"});
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_bytes)
    return std::unexpected(
        TextFault{{}, "a larger file", "at most " + std::to_string(max_bytes) + " bytes"});
  return text;
}

std::expected<SourceText, TextFault> SourceText::check(std::string text) {
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  SourceText source;
  source.text_ = std::move(text);
  const std::string& t = source.text_;
  if (std::ranges::all_of(t, is_blank))
    return std::unexpected(TextFault{{}, "an empty file", "a configuration"});
  source.line_starts_.push_back(0);
  for (std::size_t at = 0; at < t.size();) {
    const auto c = static_cast<unsigned char>(t[at]);
    const std::size_t length = sequence_length(std::string_view(t).substr(at, 4));
    if (length == 0)
      return std::unexpected(TextFault{
          source.place_of(at), "the byte " + hex(c) + ", which is no UTF-8", "text in UTF-8"});
    if ((c < 0x20 && !is_blank(t[at])) || c == 0x7f)
      return std::unexpected(
          TextFault{source.place_of(at), "the control character " + hex(c), "text"});
    at += length;
    if (c == '\n') source.line_starts_.push_back(at);
  }
  return source;
}

std::size_t SourceText::position(Place place) const {
  if (place.line >= line_starts_.size()) return text_.size();
  return std::min(line_starts_[place.line] + place.column, text_.size());
}

Place SourceText::place_of(std::size_t position) const {
  const auto next = std::ranges::upper_bound(line_starts_, position);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin()) - 1;
  return {static_cast<std::uint32_t>(line),
          static_cast<std::uint32_t>(position - line_starts_[line])};
}

std::uint32_t SourceText::character_column(Place place) const {
  const std::size_t end = position(place);
  const std::size_t begin = end - std::min<std::size_t>(place.column, end);
  const auto bytes = std::string_view(text_).substr(begin, end - begin);
  return static_cast<std::uint32_t>(
      std::ranges::count_if(bytes, [](char c) { return !is_continuation(c); }));
}

Place SourceText::inside_scalar(Place begin, std::string_view value, std::size_t offset) const {
  const std::size_t from = position(begin);
  return place_of(from + ScalarWalk(std::string_view(text_).substr(from), value).find(offset));
}

}  // namespace deskwire::config
