// SPDX-License-Identifier: Apache-2.0
#include "channels/email/message_text.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "mime/limits.hpp"
#include "text/html_to_text.hpp"

namespace deskwire::email {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;

bool is_html(const mime::ParsedMail& mail, std::uint32_t part) {
  return mail.tree.parts[part].full_type == "text/html";
}

std::string trimmed(std::string text) {
  const std::size_t end = text.find_last_not_of(" \t\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  std::size_t begin = 0;
  // Empty lines in front go, the first line's own indentation stays.
  for (std::size_t feed = 0; (feed = text.find('\n', begin)) != std::string::npos; begin = feed + 1)
    if (text.find_first_not_of(" \t", begin) != feed) break;
  return text.substr(begin);
}

std::string plain(const mime::ParsedMail& mail, std::uint32_t part, std::size_t max_bytes) {
  const std::string text = mime::part_text(mail, part, max_bytes);
  return trimmed(clean_text(is_html(mail, part) ? text::html_to_text(text) : text));
}

/// Bodies one after the other, an empty line between; stops when the bound is reached.
std::string join(const mime::ParsedMail& mail, const std::vector<std::uint32_t>& parts) {
  std::string all;
  for (const std::uint32_t part : parts) {
    if (all.size() >= kMaxBytes) break;
    if (!mail.tree.parts[part].is_text()) continue;
    const std::string text = plain(mail, part, mime::kLimits.text_bytes);
    if (!all.empty() && !text.empty()) all += "\n\n";
    all += text;
  }
  return std::string(utf8_prefix(all, kMaxBytes));
}

}  // namespace

MessageText read_text(const mime::ParsedMail& mail) {
  MessageText result;
  result.text = join(mail, mail.text_bodies);
  if (result.text.empty() && mail.html_bodies != mail.text_bodies)
    result.text = join(mail, mail.html_bodies);
  if (result.text.empty()) {
    // A mail that was cut off, or whose multipart cannot be taken apart, still says something.
    for (const std::uint32_t part : mail.attachments) {
      const mime::Part& leaf = mail.tree.parts[part];
      const bool attached = leaf.disposition && leaf.disposition->type == "attachment";
      const bool readable = (leaf.is_text() && mime::is_damaged(mail, part)) ||
                            leaf.full_type.starts_with("multipart/");
      if (attached || !readable) continue;
      result.text = plain(mail, part, kMaxBytes);
      result.used_leaves.push_back(leaf.leaf);
      if (!result.text.empty()) break;
    }
    result.text = utf8_prefix(result.text, kMaxBytes);
  }
  result.html = mime::html_of(mail, kMaxBytes);
  return result;
}

}  // namespace deskwire::email
