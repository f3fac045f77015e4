// SPDX-License-Identifier: Apache-2.0
#include "mime/header_block.hpp"

#include <algorithm>

#include "mime/limits.hpp"

namespace deskwire::mime {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Length of the field's name at the start of `line`, or npos when the line is no field.
std::size_t name_length(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::string_view::npos;
  std::size_t length = colon;
  while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t')) --length;
  for (std::size_t i = 0; i < length; ++i)
    if (static_cast<unsigned char>(line[i]) <= ' ' || line[i] == 0x7f)
      return std::string_view::npos;
  return length == 0 ? std::string_view::npos : length;
}

/// Splits `text` into lines; each without its line end.
class Lines {
 public:
  Lines(std::string_view text, std::size_t begin, std::size_t end)
      : text_(text.substr(0, end)), next_(begin) {}

  bool advance() {
    if (next_ >= text_.size()) return false;
    begin_ = next_;
    const std::size_t feed = text_.find('\n', begin_);
    next_ = feed == std::string_view::npos ? text_.size() : feed + 1;
    std::size_t end = feed == std::string_view::npos ? next_ : feed;
    if (end > begin_ && text_[end - 1] == '\r') --end;
    line_ = text_.substr(begin_, end - begin_);
    return true;
  }
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t next() const { return next_; }
  /// Whether a field comes next, perhaps after the rest of a broken one.
  [[nodiscard]] bool field_follows() const {
    Lines ahead(text_, next_, text_.size());
    for (int i = 0; i < 5 && ahead.advance(); ++i) {
      if (ahead.line().empty()) return false;
      if (ahead.line().front() == ' ' || ahead.line().front() == '\t') continue;
      return name_length(ahead.line().substr(0, 1'000)) != std::string_view::npos;
    }
    return false;
  }

 private:
  std::string_view text_, line_;
  std::size_t begin_ = 0, next_;
};

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

HeaderBlock HeaderBlock::read(std::string_view mail, std::size_t begin, std::size_t end,
                              std::size_t& body) {
  HeaderBlock block;
  Lines lines(mail, begin, end);
  bool can_continue = false;  // A continuation line needs a field that was kept.
  body = end;
  while (lines.advance()) {
    const std::string_view line = lines.line();
    if (line.empty()) {
      body = lines.next();
      return block;
    }
    if (line.front() == ' ' || line.front() == '\t') {
      if (can_continue) {
        std::string_view& value = block.fields_.back().value;
        const auto value_begin = static_cast<std::size_t>(value.data() - mail.data());
        value = mail.substr(value_begin, lines.begin() + line.size() - value_begin);
      }
      continue;
    }
    const std::size_t length = name_length(line);
    if (length == std::string_view::npos) {
      can_continue = false;
      // A broken line between fields is passed over (a fold without its blank, an mbox "From ");
      // anything else, above all what looks like a boundary, is already the body.
      if (!line.starts_with("--") && lines.field_follows()) continue;
      body = lines.begin();
      return block;
    }
    can_continue =
        block.fields_.size() < kLimits.fields && lines.begin() - begin < kLimits.header_bytes;
    if (!can_continue) {
      block.cut_ = true;
      continue;
    }
    block.fields_.push_back({line.substr(0, length), line.substr(line.find(':') + 1)});
  }
  return block;
}

std::string_view HeaderBlock::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      fields_, [&](const Field& f) { return equal_ignoring_case(f.name, name); });
  return found == fields_.end() ? std::string_view{} : found->value;
}

std::vector<std::string_view> HeaderBlock::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Field& field : fields_)
    if (equal_ignoring_case(field.name, name)) values.push_back(field.value);
  return values;
}

bool HeaderBlock::has(std::string_view name) const {
  return std::ranges::any_of(fields_,
                             [&](const Field& f) { return equal_ignoring_case(f.name, name); });
}

}  // namespace deskwire::mime
