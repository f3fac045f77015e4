// SPDX-License-Identifier: Apache-2.0
#include "channels/email/bounce.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "deskwire/base/utf8.hpp"
#include "mime/address.hpp"
#include "mime/header_block.hpp"
#include "mime/message_ids.hpp"
#include "mime/text_run.hpp"

namespace deskwire::email {
namespace {

using mime::HeaderBlock;
using mime::ParsedMail;

constexpr std::size_t kMaxReport =
    64 * 1024;  ///< Of a report's text or a returned header that is looked at.

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string one_line(std::string_view raw, std::size_t max = 300) {
  return std::string(utf8_prefix(clean_line(mime::decode_unstructured(raw.substr(0, 4'096))), max));
}

/// "rfc822; ann@x.test" without the type before the semicolon.
std::string after_type(std::string_view raw) {
  const std::size_t semicolon = raw.find(';');
  return one_line(semicolon == std::string_view::npos ? raw : raw.substr(semicolon + 1));
}

/// An enhanced status code (RFC 3463) at the start of or inside `text`.
std::string find_status(std::string_view text) {
  for (std::size_t i = 0; i + 4 < text.size(); ++i) {
    const bool start =
        i == 0 || !(std::isalnum(static_cast<unsigned char>(text[i - 1])) || text[i - 1] == '.');
    if (!start || (text[i] != '2' && text[i] != '4' && text[i] != '5') || text[i + 1] != '.')
      continue;
    std::size_t end = i + 2, digits = 0, dots = 0;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) ||
                                 (text[end] == '.' && dots == 0 && digits > 0))) {
      if (text[end] == '.')
        ++dots;
      else
        ++digits;
      ++end;
    }
    const bool ends = end == text.size() ||
                      !(std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '.');
    if (dots == 1 && digits >= 2 && digits <= 6 &&
        std::isdigit(static_cast<unsigned char>(text[end - 1])) && ends)
      return std::string(text.substr(i, end - i));
  }
  return {};
}

std::optional<std::uint32_t> find_part(const ParsedMail& mail, std::string_view type) {
  for (std::uint32_t i = 0; i < mail.tree.parts.size(); ++i)
    if (!mail.tree.parts[i].container && mail.tree.parts[i].full_type == type) return i;
  return std::nullopt;
}

std::string id_in(std::string_view header) {
  const auto ids = mime::parse_message_ids(header);
  return ids.empty() ? std::string() : ids.front();
}

/// The Message-ID of what came back: from the returned mail or header, else from a quoted header in
/// the text.
std::string returned_id(const ParsedMail& mail) {
  for (const std::string_view type :
       {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}) {
    const auto part = find_part(mail, type);
    if (!part) continue;
    const std::string bytes = mime::part_bytes(mail, *part).substr(0, kMaxReport);
    std::size_t body = 0;
    if (std::string id = id_in(HeaderBlock::read(bytes, 0, bytes.size(), body).find("Message-ID"));
        !id.empty())
      return id;
  }
  for (const std::uint32_t part : mail.text_bodies) {
    const std::string text = mime::part_text(mail, part, kMaxReport), folded = lower(text);
    const std::size_t at = folded.find("\nmessage-id:");
    if (at != std::string::npos) {
      const std::string_view line = std::string_view(text).substr(at + 12);
      return id_in(line.substr(0, line.find('\n', 1)));
    }
  }
  return {};
}

/// The per-recipient groups of a delivery status; the first one that failed counts, else the first.
std::optional<Bounce> read_status(const ParsedMail& mail) {
  const auto part = find_part(mail, "message/delivery-status");
  if (!part) return std::nullopt;
  const std::string text = mime::part_bytes(mail, *part).substr(0, kMaxReport);
  std::optional<Bounce> best;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = 0;
    const HeaderBlock group = HeaderBlock::read(text, at, text.size(), next);
    if (next <= at) break;
    at = next;
    const std::string action = lower(one_line(group.find("Action")));
    if (action.empty() && group.find("Final-Recipient").empty() && group.find("Status").empty())
      continue;
    Bounce bounce;
    bounce.recipient = after_type(
        group.find(group.has("Final-Recipient") ? "Final-Recipient" : "Original-Recipient"));
    bounce.diagnostic = after_type(group.find("Diagnostic-Code"));
    bounce.status = find_status(one_line(group.find("Status")));
    // "5.0.0" says only that it failed; the peer's own words often say why.
    const std::string spoken = find_status(bounce.diagnostic);
    const bool vague = bounce.status.empty() || bounce.status.ends_with(".0.0");
    if (vague && !spoken.empty()) bounce.status = spoken;
    if (action.starts_with("delay") || action.starts_with("deferr"))
      bounce.kind = Bounce::Kind::delayed;
    else if (action.starts_with("deliver") || action.starts_with("relay") ||
             action.starts_with("expand"))
      bounce.kind = Bounce::Kind::delivered;
    else if (action.empty() && bounce.status.starts_with('2'))
      bounce.kind = Bounce::Kind::delivered;
    if (!best || (best->kind != Bounce::Kind::failed && bounce.kind == Bounce::Kind::failed))
      best = bounce;
  }
  return best ? best : Bounce{};
}

std::optional<Bounce> read_feedback(const ParsedMail& mail) {
  const auto part = find_part(mail, "message/feedback-report");
  const auto& top = mail.tree.parts.front();
  const bool labelled = top.type && lower(top.type->parameter("report-type")) == "feedback-report";
  if (!part && !labelled) return std::nullopt;
  Bounce bounce;
  bounce.kind = Bounce::Kind::feedback;
  if (part) {
    const std::string text = mime::part_bytes(mail, *part).substr(0, kMaxReport);
    std::size_t body = 0;
    const HeaderBlock report = HeaderBlock::read(text, 0, text.size(), body);
    bounce.diagnostic = "feedback: " + one_line(report.find("Feedback-Type"));
    bounce.recipient = one_line(report.find("Original-Rcpt-To"));
  }
  return bounce;
}

bool contains_any(std::string_view text, std::span<const std::string_view> phrases) {
  return std::ranges::any_of(
      phrases, [&](std::string_view p) { return text.find(p) != std::string_view::npos; });
}

constexpr auto kFailedSubjects = std::to_array<std::string_view>({
    "undeliver",
    "delivery failure",
    "delivery status notification",
    "returned mail",
    "mail delivery failed",
    "failure notice",
    "non-delivery",
    "delivery failed",
    "could not be delivered",
    "couldn't be delivered",
    "delivery notification",
    "delivery error",
    "returned to sender",
    "mail system error",
    "nondeliverable",
    "delivery problem",
    "delivery report",
    "mail failure",
    "message not delivered",
    "rejected mail",
    "not deliverable",
    "unzustellbar",
    "mail could not",
    "error sending",
    "undelivered",
    "delivery has failed",
    "user unknown",
    "error mail",
    "mail error",
    "return mail",
    "warning: message",
    "returned message",
    "bounced",
    "no se pudo entregar",
    "non recapitabile",
    "remise échouée",
    "配信",
    "エラー",
    "message delivery",
    "notification d'état",
    "mail delivery",
    "email delivery",
    "無法傳遞",
    "退信",
    "系统退信",
    "failed mail",
    "message you sent",
    "mailbox",
    "your message",
    "message status",
    "mail not delivered",
    "mail failed",
    "not delivered",
    "delivery delayed",
});
constexpr auto kFailedTexts = std::to_array<std::string_view>({
    "user unknown",
    "no such user",
    "mailbox full",
    "could not be delivered",
    "couldn't be delivered",
    "permanent error",
    "permanent fatal error",
    "fatal errors",
    "delivery to the following",
    "was not delivered",
    "unable to deliver",
    "undeliverable",
    "could not deliver",
    "mailbox unavailable",
    "quota exceeded",
    "does not exist",
    "unknown user",
    "recipient rejected",
    "returned to sender",
    "returned to you",
    "delivery failed",
    "has been rejected",
    "not deliverable",
    "host unknown",
    "original message follows",
    "i'm afraid i wasn't able to deliver",
    "mailbox is full",
    "over quota",
    "message delivery failed",
    "unrouteable address",
    "relaying denied",
    "unknown address",
    "cannot be delivered",
    "an error occurred",
    "user not found",
    "not a known user",
    "returned mail",
    "invalid recipient",
    "550 ",
    "554 ",
    "553 ",
    "552 ",
    "undelivered",
    "failed to deliver",
    "not been delivered",
    "rejected the message",
    "rejected your message",
    "address not found",
    "mail delivery",
});
constexpr auto kDelayedTexts = std::to_array<std::string_view>({
    "will continue to try",
    "still being retried",
    "do not need to resend",
    "don't need to resend",
    "delivery is delayed",
    "delayed mail",
    "warning message only",
    "will keep trying",
    "not yet been delivered",
    "will be retried",
});

/// A report in prose: believed from a daemon alone, when subject and text speak of delivery.
std::optional<Bounce> read_prose(const ParsedMail& mail) {
  const std::string subject = lower(mail.subject);
  std::string text;
  for (const std::uint32_t part : mail.text_bodies)
    if (text.size() < kMaxReport)
      text += mime::part_text(mail, part, kMaxReport - text.size()) + '\n';
  const std::string folded = lower(text);
  if (!contains_any(subject, kFailedSubjects) && !contains_any(folded, kFailedTexts))
    return std::nullopt;
  Bounce bounce;
  const bool delayed =
      contains_any(folded, kDelayedTexts) || subject.find("delayed") != std::string::npos;
  bounce.kind = delayed ? Bounce::Kind::delayed : Bounce::Kind::failed;
  bounce.status = find_status(text);
  bounce.diagnostic = one_line(mail.subject);
  const auto failed = mime::parse_addresses(mail.header("X-Failed-Recipients"));
  if (!failed.empty()) bounce.recipient = failed.front().address;
  return bounce;
}

}  // namespace

std::optional<Bounce> read_bounce(const ParsedMail& mail, bool from_daemon) {
  std::optional<Bounce> bounce = read_feedback(mail);
  if (!bounce) bounce = read_status(mail);
  if (!bounce && (from_daemon || !mail.header("X-Failed-Recipients").empty()))
    bounce = read_prose(mail);
  if (!bounce) return std::nullopt;
  bounce->returned_id = returned_id(mail);
  return bounce;
}

bool is_dead_mailbox(const Bounce& bounce) {
  static constexpr auto kDead = std::to_array<std::string_view>(
      {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"});
  return bounce.kind == Bounce::Kind::failed &&
         std::ranges::find(kDead, bounce.status) != kDead.end();
}

std::string describe(const Bounce& bounce) {
  std::string text = bounce.status;
  if (!bounce.recipient.empty()) text += (text.empty() ? "<" : " <") + bounce.recipient + ">";
  if (!bounce.diagnostic.empty()) text += (text.empty() ? "" : ": ") + bounce.diagnostic;
  return std::string(utf8_prefix(clean_line(text), 200));
}

}  // namespace deskwire::email
