// SPDX-License-Identifier: Apache-2.0
#include "mime/address.hpp"

#include "deskwire/base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/limits.hpp"
#include "mime/text_run.hpp"

namespace deskwire::mime {
namespace {

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view raw) : text_(one_field(raw)) {}

  std::vector<AddressGroup> run() {
    groups_.emplace_back();
    while (i_ < text_.size() && count_ < kLimits.addresses) step();
    end_entry();
    std::erase_if(groups_, [](const AddressGroup& g) { return !g.named && g.addresses.empty(); });
    return std::move(groups_);
  }

 private:
  void step() {
    switch (text_[i_]) {
      case ',':
        ++i_;
        return end_entry();
      case ';':
        ++i_;
        return end_group();
      case ':':
        ++i_;
        return begin_group();
      case '<':
        ++i_;
        return angle();
      case '(':
        ++i_;
        return comment();
      case '"':
        ++i_;
        return quoted();
      default:
        return outside();
    }
  }

  /// White space, encoded words and plain characters, for whichever text is being built.
  bool common(TextRun& run) {
    if (const auto fold = fold_at(text_.substr(i_))) {
      run.fold();
      i_ += *fold;
      return true;
    }
    if (const auto word = words_.read(text_.substr(i_))) {
      run.word(*word);
      i_ += word->bytes;
      return true;
    }
    return false;
  }

  void outside() {
    const std::size_t begin = i_;
    const bool fold = fold_at(text_.substr(i_)).has_value();
    if (!common(name_)) {
      const char c = text_[i_++];
      if (c == ' ' || c == '\t' || c == '\r') {
        name_.fold();  // However many blanks: between the words of a name they are one.
      } else {
        name_.plain(c);
      }
    }
    if (!fold) bare_ += text_.substr(begin, i_ - begin);
  }

  void quoted() {
    while (i_ < text_.size() && text_[i_] != '"') {
      if (common(name_)) continue;
      char c = text_[i_++];
      if (c == '\\' && i_ < text_.size()) {
        name_.plain(text_[i_++]);
      } else if (c == ' ' && !name_.empty()) {
        name_.blank(c);
      } else {
        name_.plain(c);
      }
    }
    if (i_ < text_.size()) ++i_;
    has_quotes_ = true;
  }

  /// Comments inside each other count their parentheses; nothing recurses.
  void comment() {
    TextRun run;
    for (std::size_t depth = 1; i_ < text_.size();) {
      const char c = text_[i_];
      if (c == '\\' && i_ + 1 < text_.size()) {
        ++i_;
        if (const auto fold = fold_at(text_.substr(i_))) {
          run.fold();
          i_ += *fold;
        } else {
          run.plain(text_[i_++]);
        }
        continue;
      }
      if (c == ')' && --depth == 0) {
        ++i_;
        break;
      }
      if (c == '(') ++depth;
      if (common(run)) continue;
      ++i_;
      if (c == ' ' || c == '\t') {
        run.blank(c);
      } else if (depth <= kLimits.comment_depth) {
        run.plain(c);
      }
    }
    const std::string text = run.take();
    if (text.empty()) return;
    if (!comments_.empty()) comments_ += ' ';
    comments_ += text;
  }

  /// `<…>`: blanks inside stay as they are written, folds and comments go.
  void angle() {
    std::string address;
    while (i_ < text_.size() && text_[i_] != '>') {
      if (const auto fold = fold_at(text_.substr(i_))) {
        i_ += *fold;
      } else if (text_[i_] == '(') {
        ++i_;
        comment();
      } else {
        address += text_[i_++];
      }
    }
    if (i_ < text_.size()) ++i_;
    const std::string_view trimmed = trim(address);
    if (!trimmed.empty()) address_ = charset_to_utf8(trimmed, {});
    has_angle_ = true;
  }

  void end_entry() {
    MailAddress entry{.name = name_.take(), .address = std::move(address_)};
    entry.name.resize(entry.name.find_last_not_of(' ') + 1);
    if (entry.address.empty() && !has_angle_ && is_bare_address(entry.name)) {
      entry.name.clear();
      entry.address = charset_to_utf8(trim(bare_), {});
    }
    bare_.clear();
    add_comments(entry.name);
    if (!entry.name.empty() || !entry.address.empty()) {
      groups_.back().addresses.push_back(std::move(entry));
      ++count_;
    }
    address_.clear();
    has_angle_ = has_quotes_ = false;
  }

  /// Without angle brackets the bare text is the address; without an @ only when a comment stands
  /// beside it to be the name.
  bool is_bare_address(std::string_view text) const {
    return !has_quotes_ && (text.find('@') != std::string_view::npos || !comments_.empty());
  }

  void add_comments(std::string& name) {
    if (!comments_.empty())
      name = name.empty() ? std::move(comments_) : name + " (" + comments_ + ")";
    comments_.clear();
  }

  void begin_group() {
    // A second colon inside a group's entry ("mailto:…" without brackets) is only a character.
    if (has_angle_) return;
    AddressGroup group{.named = true, .name = name_.take(), .addresses = {}};
    add_comments(group.name);
    bare_.clear();
    has_quotes_ = false;
    groups_.push_back(std::move(group));
    ++count_;
  }

  void end_group() {
    end_entry();
    groups_.emplace_back();
  }

  std::string_view text_;
  std::size_t i_ = 0, count_ = 0;
  std::vector<AddressGroup> groups_;
  TextRun name_;
  WordReader words_;
  std::string address_, comments_;
  std::string bare_;  ///< What stands outside of brackets, quotes and comments, as written.
  bool has_angle_ = false, has_quotes_ = false;
};

}  // namespace

std::vector<AddressGroup> parse_address_groups(std::string_view raw) {
  return Parser(raw.substr(0, kLimits.field_bytes)).run();
}

std::vector<MailAddress> parse_addresses(std::string_view raw) {
  std::vector<MailAddress> all;
  for (AddressGroup& group : parse_address_groups(raw))
    for (MailAddress& entry : group.addresses) all.push_back(std::move(entry));
  return all;
}

}  // namespace deskwire::mime
