// SPDX-License-Identifier: Apache-2.0
#include "text/reply_view.hpp"

#include <algorithm>
#include <vector>

#include "text/reply_lines.hpp"

namespace deskwire::text {
namespace {

/// Works on the kinds of the lines alone; each step keeps a range or drops lines.
class Cutter {
 public:
  explicit Cutter(std::vector<std::string_view> lines)
      : lines_(std::move(lines)), kinds_(classify_lines(lines_)) {}

  std::string run() {
    cut_signature();
    drop(Line::device);
    if (!reply_at_bottom()) cut_quoted_mail();
    cut_header_block();
    drop(Line::intro);
    drop_trailing_quotes();
    cut_dash_name();
    return joined();
  }

 private:
  [[nodiscard]] std::size_t size() const { return kinds_.size(); }
  [[nodiscard]] bool any_text(std::size_t begin, std::size_t end) const {
    return std::find(kinds_.begin() + static_cast<std::ptrdiff_t>(begin),
                     kinds_.begin() + static_cast<std::ptrdiff_t>(end),
                     Line::text) != kinds_.begin() + static_cast<std::ptrdiff_t>(end);
  }
  [[nodiscard]] std::size_t count_text(std::size_t begin) const {
    return static_cast<std::size_t>(
        std::count(kinds_.begin() + static_cast<std::ptrdiff_t>(begin), kinds_.end(), Line::text));
  }
  [[nodiscard]] std::size_t find(Line kind, std::size_t from = 0) const {
    return static_cast<std::size_t>(
        std::find(kinds_.begin() + static_cast<std::ptrdiff_t>(std::min(from, size())),
                  kinds_.end(), kind) -
        kinds_.begin());
  }

  void cut(std::size_t at) {
    kinds_.resize(at);
    lines_.resize(at);
  }

  void drop(Line kind) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      if (kinds_[i] == kind) continue;
      kinds_[kept] = kinds_[i];
      lines_[kept++] = lines_[i];
    }
    cut(kept);
  }

  /// "--" ends the letter. Rules are also used between paragraphs, so one ends it only before a
  /// quoted mail or a short rest.
  void cut_signature() {
    if (const std::size_t at = find(Line::dashes); at < size()) cut(at);
    constexpr std::size_t kShortRest = 12;
    for (std::size_t at = find(Line::rule); at < size(); at = find(Line::rule, at + 1)) {
      std::size_t next = at + 1;
      while (next < size() && kinds_[next] == Line::empty) ++next;
      const bool mail_follows =
          next < size() && (kinds_[next] == Line::field || kinds_[next] == Line::intro ||
                            kinds_[next] == Line::quote);
      if (mail_follows || count_text(at) <= kShortRest) return cut(at);
      kinds_[at] = Line::text;
    }
  }

  /// Only quoted things above, then text to the end: the author wrote below the quote.
  bool reply_at_bottom() {
    const std::size_t intro = find(Line::intro);
    if (intro == size() || any_text(0, intro)) return false;
    const std::size_t first = find(Line::text, intro);
    if (first == size() || find(Line::quote, intro) > first) return false;
    for (std::size_t i = first; i < size(); ++i)
      if (kinds_[i] != Line::text && kinds_[i] != Line::empty) return false;
    kinds_.erase(kinds_.begin(), kinds_.begin() + static_cast<std::ptrdiff_t>(first));
    lines_.erase(lines_.begin(), lines_.begin() + static_cast<std::ptrdiff_t>(first));
    return true;
  }

  /// After an introduction: a quote to the end, perhaps with a few lines behind it, goes. Text
  /// between quotes was written there on purpose, and stays.
  void cut_quoted_mail() {
    for (std::size_t at = find(Line::intro); at < size(); at = find(Line::intro, at + 1)) {
      if (!any_text(0, at)) continue;
      std::size_t after = at;
      while (after < size() && kinds_[after] != Line::text) ++after;
      const bool quoted = find(Line::quote, at) < after;
      const bool more_quotes = find(Line::quote, after) < size();
      constexpr std::size_t kFew = 7;
      // A mailer that quotes without marks leaves nothing but its introduction to go by.
      if (!quoted || (!more_quotes && count_text(after) < kFew)) return cut(at);
    }
  }

  /// Three fields in a row, or two with "From", are the head of a quoted mail.
  void cut_header_block() {
    for (std::size_t at = find(Line::field); at < size(); at = find(Line::field, at + 1)) {
      std::size_t fields = 0, end = at;
      for (; end < size() &&
             (kinds_[end] == Line::field || (fields > 0 && kinds_[end] == Line::empty &&
                                             end + 1 < size() && kinds_[end + 1] == Line::field));
           ++end)
        fields += kinds_[end] == Line::field;
      if (fields >= 3 && any_text(0, at)) return cut(at);
      at = end;
    }
    std::ranges::replace(kinds_, Line::field, Line::text);
  }

  void drop_trailing_quotes() {
    if (!any_text(0, size())) return;
    while (size() > 0 && (kinds_.back() == Line::quote || kinds_.back() == Line::empty))
      cut(size() - 1);
  }

  /// "-Abhishek Kona" as the last paragraph is a signature.
  void cut_dash_name() {
    while (size() > 0 && kinds_.back() == Line::empty) cut(size() - 1);
    if (size() < 3 || kinds_[size() - 2] != Line::empty) return;
    const std::string_view last = lines_.back();
    const bool name =
        last.size() > 1 && last.size() < 40 && last[0] == '-' && last[1] >= 'A' && last[1] <= 'Z';
    if (name && last.find_first_of(".,:;?!") == std::string_view::npos) cut(size() - 1);
  }

  [[nodiscard]] std::string joined() const {
    std::size_t begin = 0, end = size();
    while (begin < end && kinds_[begin] == Line::empty) ++begin;
    while (end > begin && kinds_[end - 1] == Line::empty) --end;
    std::string out;
    for (std::size_t i = begin; i < end; ++i) {
      std::string_view line = lines_[i];
      while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
      if (i > begin) out += '\n';
      out += line;
    }
    return out;
  }

  std::vector<std::string_view> lines_;
  std::vector<Line> kinds_;
};

}  // namespace

std::string visible_reply(std::string_view text) {
  std::string view = Cutter(split_lines(text)).run();
  if (!view.empty()) return view;
  const std::size_t begin = text.find_first_not_of(" \t\r\n"),
                    end = text.find_last_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string()
                                         : std::string(text.substr(begin, end - begin + 1));
}

}  // namespace deskwire::text
