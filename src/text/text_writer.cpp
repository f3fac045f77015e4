// SPDX-License-Identifier: Apache-2.0
#include "text/text_writer.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"

namespace deskwire::text {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

}  // namespace

void TextWriter::put(std::string_view text) {
  if (text.empty() || full()) return;
  if (feeds_ > 0 || out_.empty()) {
    const int feeds = out_.empty() ? 0 : feeds_;
    const std::string marks(static_cast<std::size_t>(std::clamp(quotes_, 0, 8)), '>');
    for (int i = 0; i < feeds; ++i) {
      out_ += '\n';
      if (i + 1 < feeds) out_ += marks;
    }
    out_ += marks;
    if (!marks.empty()) out_ += ' ';
    out_.append(static_cast<std::size_t>(std::clamp(indent_, 0, 8)) * 2, ' ');
    feeds_ = 0;
  } else if (blank_) {
    out_ += ' ';
  }
  blank_ = false;
  out_ += text.substr(0, max_bytes_);
}

void TextWriter::words(std::string_view text) {
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && !is_blank(text[end])) ++end;
    put(text.substr(0, end));
    text.remove_prefix(end);
    if (text.empty()) return;
    if (feeds_ == 0 && !out_.empty()) blank_ = true;
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  }
}

void TextWriter::verbatim(std::string_view text) {
  while (!text.empty()) {
    const std::size_t feed = text.find('\n');
    std::string_view line = text.substr(0, feed);
    if (line.ends_with('\r')) line.remove_suffix(1);
    put(line);
    if (feed == std::string_view::npos) return;
    line_break();
    text.remove_prefix(feed + 1);
  }
}

void TextWriter::line() {
  feeds_ = std::max(feeds_, 1);
  blank_ = false;
}

void TextWriter::paragraph() {
  feeds_ = std::max(feeds_, 2);
  blank_ = false;
}

void TextWriter::line_break() {
  // More than two empty lines in a row say nothing more.
  feeds_ = std::min(feeds_ + 1, 3);
  blank_ = false;
}

std::string TextWriter::take() {
  feeds_ = 0;
  blank_ = false;
  std::string text(utf8_prefix(out_, max_bytes_));
  out_.clear();
  return text;
}

}  // namespace deskwire::text
