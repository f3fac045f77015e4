// SPDX-License-Identifier: Apache-2.0
#include "mime/message_ids.hpp"

#include <algorithm>

#include "mime/charset.hpp"
#include "mime/limits.hpp"
#include "mime/text_run.hpp"

namespace deskwire::mime {
namespace {

constexpr std::size_t kMaxIdBytes = 998;

std::string unfold(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (const auto fold = fold_at(text.substr(i))) {
      i += *fold;
    } else {
      out += text[i++];
    }
  }
  const std::size_t begin = out.find_first_not_of(" \t\r\n"), end = out.find_last_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return charset_to_utf8(std::string_view(out).substr(begin, end - begin + 1), {});
}

/// Adds the ids inside angle brackets; false if there are no brackets at all.
bool add_bracketed(std::vector<std::string>& ids, std::string_view text) {
  bool brackets = false;
  for (std::size_t open = 0; (open = text.find('<', open)) != std::string_view::npos;) {
    brackets = true;
    const std::size_t close = text.find('>', open);
    const std::string_view inside =
        text.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
    if (std::string id = unfold(inside); !id.empty() && id.size() <= kMaxIdBytes)
      ids.push_back(std::move(id));
    if (close == std::string_view::npos) break;
    open = close + 1;
  }
  return brackets;
}

}  // namespace

std::vector<std::string> parse_message_ids(std::string_view raw) {
  std::string_view text = one_field(raw);
  std::vector<std::string> ids;
  if (text.size() > kLimits.field_bytes) {
    // Too long to be read whole: the root is at the start, the parents are at the end.
    if (const std::size_t close = text.substr(0, kMaxIdBytes).find('>');
        close != std::string_view::npos)
      add_bracketed(ids, text.substr(0, close + 1));
    text = text.substr(text.size() - kLimits.field_bytes);
    text.remove_prefix(std::min(text.size(), text.find('<')));
  }
  if (!add_bracketed(ids, text)) {
    if (std::string id = unfold(text); !id.empty() && id.size() <= kMaxIdBytes)
      ids.push_back(std::move(id));
  }
  if (ids.size() > kLimits.message_ids) {
    // The first id is the thread's root, the last ones are the parents: the middle tells least.
    ids.erase(ids.begin() + 1, ids.end() - static_cast<std::ptrdiff_t>(kLimits.message_ids) + 1);
  }
  return ids;
}

std::vector<std::string> parse_comma_list(std::string_view raw) {
  std::string_view text = one_field(raw.substr(0, kLimits.field_bytes));
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = text.find(',');
    if (std::string item = decode_unstructured(text.substr(0, comma)); !item.empty())
      items.push_back(std::move(item));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace deskwire::mime
