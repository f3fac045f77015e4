// SPDX-License-Identifier: Apache-2.0
#include "mime/text_run.hpp"

#include "mime/charset.hpp"
#include "mime/transfer.hpp"

namespace deskwire::mime {
namespace {

bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == ':' || c == '+' || c == '*';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The Q encoding (RFC 2047 §4.2). White space around a line end inside the word is no part of it.
std::string decode_q(std::string_view payload) {
  std::string out;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const char c = payload[i];
    if (const auto fold = fold_at(payload.substr(i))) {
      i += *fold - 1;
    } else if (c == '_') {
      out += ' ';
    } else if (c == '=' && i + 2 < payload.size() && hex_digit(payload[i + 1]) >= 0 &&
               hex_digit(payload[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(payload[i + 1]) << 4 | hex_digit(payload[i + 2]));
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::optional<EncodedWord> WordReader::read(std::string_view text) {
  constexpr std::size_t kMaxCharset = 64;
  if (!text.starts_with("=?")) return std::nullopt;
  std::size_t i = 2;
  while (i < text.size() && i < kMaxCharset && is_token(text[i])) ++i;
  if (i == 2 || i + 2 >= text.size() || text[i] != '?' || text[i + 2] != '?') return std::nullopt;
  const char kind = static_cast<char>(text[i + 1] | 0x20);
  if (kind != 'q' && kind != 'b') return std::nullopt;
  EncodedWord word{
      .charset = text.substr(2, i - 2), .base64 = kind == 'b', .payload = {}, .bytes = 0};
  word.charset = word.charset.substr(0, word.charset.find('*'));
  const std::size_t begin = i + 3;
  if (no_end_after_ && text.data() + begin >= no_end_after_) return std::nullopt;
  const std::size_t end = text.find("?=", begin);
  if (end == std::string_view::npos) {
    no_end_after_ = text.data() + begin;
    return std::nullopt;
  }
  word.payload = text.substr(begin, end - begin);
  word.bytes = end + 2;
  return word;
}

void TextRun::flush() {
  if (!pending_.empty()) out_ += charset_to_utf8(pending_, pending_charset_);
  pending_.clear();
  pending_charset_.clear();
}

void TextRun::close_gap(bool before_word) {
  std::string gap = loose_ && folded_ ? " " : gap_;
  const bool after_word = last_ == Last::word;
  if (last_ == Last::none) {
    if (loose_) gap.clear();
  } else if (after_word && before_word) {
    if (loose_ || folded_) gap.clear();
  } else if (loose_ && gap.empty() && after_word != before_word) {
    gap = " ";
  }
  gap_.clear();
  folded_ = false;
  if (gap.empty()) return;
  flush();
  out_ += gap;
}

void TextRun::plain(char c) {
  close_gap(false);
  if (last_ == Last::word) flush();
  pending_ += c;
  last_ = Last::plain;
}

void TextRun::word(const EncodedWord& word) {
  close_gap(true);
  // A character may be split over words of the same charset, so their bytes are joined before they
  // are decoded.
  if (last_ != Last::word || pending_charset_ != word.charset) flush();
  pending_charset_ = word.charset;
  pending_ += word.base64 ? decode(Encoding::base64, word.payload) : decode_q(word.payload);
  last_ = Last::word;
}

std::string TextRun::take() {
  flush();
  if (!loose_) out_ += gap_;
  gap_.clear();
  folded_ = false;
  last_ = Last::none;
  return std::move(out_);
}

std::optional<std::size_t> fold_at(std::string_view text) {
  std::size_t i = 0;
  if (text.starts_with('\r')) ++i;
  if (i >= text.size() || text[i] != '\n') return std::nullopt;
  ++i;
  if (i >= text.size() || (text[i] != ' ' && text[i] != '\t')) return std::nullopt;
  while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
  return i;
}

std::string_view one_field(std::string_view raw) {
  for (std::size_t i = 0; (i = raw.find('\n', i)) != std::string_view::npos; ++i) {
    if (i + 1 < raw.size() && (raw[i + 1] == ' ' || raw[i + 1] == '\t')) continue;
    raw = raw.substr(0, i);
    break;
  }
  while (!raw.empty() && (raw.back() == '\r' || raw.back() == '\n')) raw.remove_suffix(1);
  return raw;
}

std::string decode_unstructured(std::string_view raw) {
  const std::string_view text = one_field(raw);
  TextRun run;
  WordReader words;
  for (std::size_t i = 0; i < text.size();) {
    if (const auto fold = fold_at(text.substr(i))) {
      run.fold();
      i += *fold;
    } else if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r') {
      run.blank(text[i++]);
    } else if (const auto word = words.read(text.substr(i))) {
      run.word(*word);
      i += word->bytes;
    } else {
      run.plain(text[i++]);
    }
  }
  return run.take();
}

}  // namespace deskwire::mime
