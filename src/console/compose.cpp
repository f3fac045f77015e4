// SPDX-License-Identifier: Apache-2.0
#include "console/compose.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "text/subject.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kMaxReferences = 30;

/// The last message that a person who may be answered wrote.
const MessageRow* parent_of(const std::vector<MessageRow>& earlier) {
  for (const MessageRow& row : earlier | std::views::reverse) {
    const Message& message = row.message;
    if (message.direction == Direction::in && message.machine == Machine::none &&
        !message.unverified)
      return &row;
  }
  return nullptr;
}

/// The parent first, then what it referred to, as an inbound message's own references are kept.
std::vector<std::string> references_to(const MessageRow* parent) {
  std::vector<std::string> out;
  if (parent == nullptr) return out;
  if (!parent->content.message_id.empty()) out.push_back(parent->content.message_id);
  for (const std::string& id : parent->content.references) {
    if (out.size() == kMaxReferences) break;
    if (std::ranges::find(out, id) == out.end()) out.push_back(id);
  }
  return out;
}

void attach(MessageContent& content, const Uploads& uploads) {
  std::uint32_t n = 0;
  for (const UploadRow& upload : uploads) {
    Attachment& attachment = content.attachments.emplace_back();
    attachment.n = ++n;
    attachment.name = upload.name;
    attachment.type = upload.type;
    attachment.size_bytes = upload.size_bytes;
    attachment.blob_sha256 = upload.blob_sha256;
  }
}

void address_from(MessageContent& content, const OutboundIds& ids, std::string_view author) {
  content.message_id = ids.message_id;
  content.from = ids.from;
  if (!author.empty()) content.from.name = author;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
  return text;
}

}  // namespace

Recipients recipients_of(const std::vector<MessageRow>& earlier) {
  if (const MessageRow* parent = parent_of(earlier)) {
    const MessageContent& said = parent->content;
    if (!said.reply_to.empty()) return {.to = said.reply_to, .cc = said.cc};
    if (!said.from.address.empty()) return {.to = {said.from}, .cc = said.cc};
  }
  // A ticket that an agent opened: whoever was written to before.
  for (const MessageRow& row : earlier | std::views::reverse)
    if (row.message.direction == Direction::out && !row.content.to.empty())
      return {.to = row.content.to, .cc = row.content.cc};
  return {};
}

MessageContent compose_reply(const TicketRow& ticket, const std::vector<MessageRow>& earlier,
                             const OutboundIds& ids, std::string_view author, std::string text,
                             const Uploads& uploads) {
  const MessageRow* parent = parent_of(earlier);
  MessageContent out;
  const text::Subject subject = text::read_subject(ticket.subject);
  // Only mails carry one.
  if (ticket.ticket.channel == Channel::email)
    out.subject = parent != nullptr ? "Re: " + subject.stripped : ticket.subject;
  out.text = std::move(text);
  out.to = recipients_of(earlier).to;
  out.references = references_to(parent);
  address_from(out, ids, author);
  attach(out, uploads);
  return out;
}

MessageContent compose_note(std::string text, const Uploads& uploads) {
  MessageContent out;
  out.text = std::move(text);
  attach(out, uploads);
  return out;
}

MessageContent compose_first(std::string subject, const Addressee& to, const OutboundIds& ids,
                             std::string_view author, std::string text, const Uploads& uploads) {
  MessageContent out;
  out.subject = std::move(subject);
  out.text = std::move(text);
  if (!to.address.address.empty()) out.to.push_back(to.address);
  address_from(out, ids, author);
  attach(out, uploads);
  return out;
}

MailAddress read_address(std::string_view text) {
  const auto open = text.rfind('<');
  const auto close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return {.name = {}, .address = std::string(trimmed(text))};
  return {.name = std::string(trimmed(text.substr(0, open))),
          .address = std::string(trimmed(text.substr(open + 1, close - open - 1)))};
}

}  // namespace deskwire
