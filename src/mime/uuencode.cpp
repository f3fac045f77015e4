// SPDX-License-Identifier: Apache-2.0
#include "mime/uuencode.hpp"

namespace deskwire::mime {
namespace {

constexpr std::size_t kMaxBlocks = 100;

struct Line {
  std::string_view text;
  std::size_t next = 0;
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t feed = text.find('\n', at);
  Line line{.text = text.substr(at, feed == std::string_view::npos ? feed : feed - at),
            .next = feed == std::string_view::npos ? text.size() : feed + 1};
  while (!line.text.empty() && line.text.back() == '\r') line.text.remove_suffix(1);
  return line;
}

/// "begin 644 name": the name, or nothing.
std::string_view begin_name(std::string_view line) {
  line.remove_prefix(6);
  std::size_t digits = 0;
  while (digits < line.size() && line[digits] >= '0' && line[digits] <= '7') ++digits;
  if (digits < 3 || digits > 4 || digits + 1 >= line.size() || line[digits] != ' ') return {};
  return line.substr(digits + 1);
}

/// Trailing blanks are often lost on the way, so a line may be shorter than it says by what would
/// be blanks.
bool is_data(std::string_view line) {
  if (line.empty()) return false;
  const auto count = static_cast<std::size_t>((line.front() - ' ') & 63);
  const std::size_t wanted = (count + 2) / 3 * 4;
  if (line.front() < ' ' || line.front() > '`' || line.size() > wanted + 3) return false;
  for (const char c : line)
    if (c < ' ' || c > '`') return false;
  return count > 0;
}

}  // namespace

std::vector<UuBlock> find_uu_blocks(std::string_view text) {
  std::vector<UuBlock> blocks;
  for (std::size_t at = 0;
       (at = text.find("begin ", at)) != std::string_view::npos && blocks.size() < kMaxBlocks;) {
    const std::size_t begin = at;
    Line line = line_at(text, at);
    at = line.next;
    if (begin > 0 && text[begin - 1] != '\n') continue;
    const std::string_view name = begin_name(line.text);
    if (name.empty()) continue;
    bool any = false;
    for (line = line_at(text, at); is_data(line.text); line = line_at(text, at)) {
      at = line.next;
      any = true;
      if (at >= text.size()) break;
    }
    if (line.text == "`" || line.text.empty()) line = line_at(text, line.next);
    if (!any || line.text != "end") continue;
    blocks.push_back({std::string(name), begin, line.next});
    at = line.next;
  }
  return blocks;
}

std::string uu_decode(std::string_view text) {
  std::size_t at = 0;
  // What stands before "begin" is no data; a part may have blank lines or a greeting there.
  for (std::size_t i = text.find("begin "); i != std::string_view::npos;
       i = text.find("begin ", i + 1)) {
    const Line line = line_at(text, i);
    if ((i > 0 && text[i - 1] != '\n') || begin_name(line.text).empty()) continue;
    at = line.next;
    break;
  }
  std::string out;
  while (at < text.size()) {
    const Line line = line_at(text, at);
    if (!is_data(line.text)) break;
    const auto count = static_cast<std::size_t>((line.text.front() - ' ') & 63);
    const auto sextet = [&](std::size_t i) {
      return i < line.text.size() ? static_cast<unsigned>((line.text[i] - ' ') & 63) : 0u;
    };
    const std::size_t wanted = out.size() + count;
    for (std::size_t i = 1; out.size() < wanted; i += 4) {
      const unsigned group =
          sextet(i) << 18 | sextet(i + 1) << 12 | sextet(i + 2) << 6 | sextet(i + 3);
      for (int shift = 16; shift >= 0 && out.size() < wanted; shift -= 8)
        out += static_cast<char>(group >> shift & 0xff);
    }
    at = line.next;
  }
  return out;
}

}  // namespace deskwire::mime
