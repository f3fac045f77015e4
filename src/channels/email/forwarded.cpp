// SPDX-License-Identifier: Apache-2.0
#include "channels/email/forwarded.hpp"

#include <algorithm>
#include <array>

#include "mime/address.hpp"
#include "text/reply_lines.hpp"

namespace deskwire::email {
namespace {

/// What mailers put before the subject of a mail they pass on, lower case as far as ASCII goes.
constexpr auto kForwards = std::to_array<std::string_view>(
    {"fw",  "fwd",  "wg",   "tr",   "rv",   "enc",        "i",           "doorst",      "vs",
     "vb",  "vl",   "pd",   "ilt",  "trs",  "továbbítás", "chuyển tiếp", "chuyển Tiếp", "πρθ",
     "ΠΡΘ", "转发", "轉寄", "轉發", "転送", "전달",       "הועבר",       "إعادة توجيه", "ส่งต่อ"});

/// A forwarded mail's header block: so many fields close together.
constexpr std::size_t kFewestFields = 3;
constexpr std::size_t kBlockLines = 8;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return lower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t*");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t*") - begin + 1);
}

bool says_forward(std::string_view subject) {
  const std::size_t colon = std::min(subject.find(':'), subject.find("："));
  if (colon == std::string_view::npos) return false;
  return std::ranges::find(kForwards, lower(trimmed(subject.substr(0, colon)))) != kForwards.end();
}

std::optional<MailAddress> first_with_address(const std::vector<MailAddress>& list) {
  const auto found =
      std::ranges::find_if(list, [](const MailAddress& a) { return a.address.contains('@'); });
  if (found == list.end()) return std::nullopt;
  return *found;
}

/// "From: Ann <ann@x.test>", also as "*From:* Ann [mailto:ann@x.test]".
std::optional<MailAddress> address_in(std::string_view field) {
  const std::size_t colon = std::min(field.find(':'), field.find("："));
  if (colon == std::string_view::npos) return std::nullopt;
  std::string value(trimmed(field.substr(colon + 1)));
  if (const std::size_t begin = value.find("[mailto:"); begin != std::string::npos) {
    value.replace(begin, 8, "<");
    std::ranges::replace(value, ']', '>');
  }
  return first_with_address(mime::parse_addresses(value));
}

std::optional<MailAddress> quoted_sender(std::string_view text) {
  const std::vector<std::string_view> lines = text::split_lines(text);
  const std::vector<text::Line> kinds = text::classify_lines(lines);
  const auto is_field = [](text::Line kind) { return kind == text::Line::field; };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_field(kinds[i])) continue;
    const std::size_t end = std::min(lines.size(), i + kBlockLines);
    const auto fields = static_cast<std::size_t>(
        std::count_if(kinds.begin() + static_cast<std::ptrdiff_t>(i),
                      kinds.begin() + static_cast<std::ptrdiff_t>(end), is_field));
    if (fields < kFewestFields) continue;
    // Mailers name the sender first.
    return address_in(lines[i]);
  }
  return std::nullopt;
}

std::optional<MailAddress> attached_sender(const mime::ParsedMail& mail) {
  const auto is_mail = [&](std::uint32_t part) {
    return mail.tree.parts[part].full_type == "message/rfc822";
  };
  const auto found = std::ranges::find_if(mail.attachments, is_mail);
  if (found == mail.attachments.end() || !mail.in_reply_to.empty()) return std::nullopt;
  const std::string inner = mime::part_bytes(mail, *found);
  return first_with_address(mime::parse(inner).from);
}

}  // namespace

std::optional<MailAddress> inner_sender(const mime::ParsedMail& mail, std::string_view text) {
  if (auto attached = attached_sender(mail)) return attached;
  return says_forward(mail.subject) ? quoted_sender(text) : std::nullopt;
}

bool is_listed(const std::vector<std::string>& list, std::string_view address) {
  const std::string full = lower(address);
  const std::size_t at = full.rfind('@');
  if (at == std::string::npos) return false;
  const std::string domain = full.substr(at);
  return std::ranges::any_of(list, [&](const std::string& entry) {
    const std::string one = lower(entry);
    return one == full || one == domain;
  });
}

}  // namespace deskwire::email
