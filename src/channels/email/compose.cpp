// SPDX-License-Identifier: Apache-2.0
#include "channels/email/compose.hpp"

#include <algorithm>
#include <ranges>
#include <unordered_set>

#include "auth/mail_keys.hpp"
#include "mime/mail_writer.hpp"
#include "text/subject.hpp"

namespace deskwire::email {
namespace {

constexpr std::size_t kMaxReferences = 20;

bool is_from_customer(const MessageRow& row) {
  return row.message.direction == Direction::in && row.message.machine == Machine::none;
}

/// Addresses that only ever wrote as unverified participants: never mailed to.
class Held {
 public:
  explicit Held(std::span<const MessageRow> earlier) {
    for (const MessageRow& row : earlier)
      if (row.message.direction == Direction::in && row.message.unverified) add(held_, row.content);
    for (const MessageRow& row : earlier)
      if (is_from_customer(row) && !row.message.unverified) add(known_, row.content);
  }
  [[nodiscard]] bool contains(const std::string& address) const {
    const std::string normal = normalise_email(address);
    return held_.contains(normal) && !known_.contains(normal);
  }

 private:
  static void add(std::unordered_set<std::string>& set, const MessageContent& content) {
    set.insert(normalise_email(content.from.address));
    for (const MailAddress& a : content.reply_to) set.insert(normalise_email(a.address));
  }
  std::unordered_set<std::string> held_, known_;
};

const MessageRow* last_from_customer(std::span<const MessageRow> earlier) {
  for (const MessageRow& row : std::views::reverse(earlier))
    if (is_from_customer(row) && !row.message.unverified) return &row;
  return nullptr;
}

/// Those one may write to, each once.
std::vector<MailAddress> allowed(const std::vector<MailAddress>& wanted, const Held& held,
                                 const KeyHasher& hasher, std::unordered_set<std::string>& taken) {
  std::vector<MailAddress> out;
  for (const MailAddress& a : wanted) {
    const IdentityContent identity = email_identity(hasher, a.name, a.address);
    if (identity.key && !held.contains(a.address) && taken.insert(identity.value).second)
      out.push_back(a);
  }
  return out;
}

/// Root first, the parent last. A mail's stored references begin with its parent and go back to the
/// root.
std::vector<std::string> references_to(const MessageContent& parent) {
  std::vector<std::string> chain(parent.references.rbegin(), parent.references.rend());
  if (!parent.message_id.empty()) {
    std::erase(chain, parent.message_id);
    chain.push_back(parent.message_id);
  }
  if (chain.size() > kMaxReferences)
    chain.erase(chain.begin() + 1, chain.end() - static_cast<std::ptrdiff_t>(kMaxReferences) + 1);
  return chain;
}

MailAddress sender(const MessageContent& content, const Mailbox& mailbox,
                   const ComposeSettings& settings) {
  const std::string& desk =
      mailbox.display_name.empty() ? settings.desk_name : mailbox.display_name;
  const std::string& agent = content.from.name;
  if (agent.empty() || agent == desk) return {desk, mailbox.address};
  return {desk.empty() ? agent : agent + " via " + desk, mailbox.address};
}

std::expected<std::vector<mime::OutgoingFile>, std::string> read_files(
    const MessageContent& content, const ComposeSettings& settings, const FileReader& read_file) {
  std::vector<mime::OutgoingFile> files;
  std::uint64_t total = 0;
  for (const Attachment& a : content.attachments) {
    std::optional<std::string> bytes = read_file(a);
    if (!bytes) return std::unexpected("attachment " + std::to_string(a.n) + " cannot be read");
    total += bytes->size();
    if (total > settings.max_file_bytes)
      return std::unexpected("the attachments are over " + std::to_string(settings.max_file_bytes) +
                             " bytes together");
    files.push_back(
        {.name = a.name, .type = a.type, .content_id = a.content_id, .bytes = std::move(*bytes)});
  }
  return files;
}

}  // namespace

std::string with_detail(const std::string& address, const std::string& detail) {
  const std::size_t at = address.rfind('@');
  return address.substr(0, at) + '+' + detail + (at == std::string::npos ? "" : address.substr(at));
}

std::expected<ComposedMail, std::string> compose(const OutboundMessage& outbound,
                                                 std::span<const MessageRow> earlier,
                                                 const Mailbox& mailbox, const KeyHasher& hasher,
                                                 const ComposeSettings& settings,
                                                 const FileReader& read_file) {
  const MessageContent& content = outbound.message.content;
  const MessageRow* const parent = last_from_customer(earlier);
  const Held held(earlier);
  std::unordered_set<std::string> taken;
  mime::OutgoingMail mail;
  mail.to = allowed(content.to, held, hasher, taken);
  if (content.to.empty() && parent) {
    mail.to = allowed(parent->content.reply_to, held, hasher, taken);
    if (mail.to.empty()) mail.to = allowed({parent->content.from}, held, hasher, taken);
  }
  mail.cc = allowed(content.cc, held, hasher, taken);
  if (mail.to.empty()) return std::unexpected("there is nobody to write to");

  auto files = read_files(content, settings, read_file);
  if (!files) return std::unexpected(files.error());
  mail.files = std::move(*files);
  mail.from = sender(content, mailbox, settings);
  mail.reply_to = {
      {mail.from.name, with_detail(mailbox.address, ticket_token(hasher, outbound.item.ticket))}};
  const std::string& subject = content.subject.empty() ? outbound.ticket.subject : content.subject;
  mail.subject = parent ? "Re: " + text::read_subject(subject).stripped : subject;
  // The id was drawn before the message became durable, so a second attempt carries the same one.
  mail.message_id = content.message_id;
  if (mail.message_id.empty())
    mail.message_id =
        bounce_token(hasher, outbound.item.message) +
        mailbox.address.substr(std::min(mailbox.address.size(), mailbox.address.rfind('@')));
  if (parent) {
    mail.in_reply_to = parent->content.message_id;
    mail.references = references_to(parent->content);
  }
  mail.date = outbound.message.message.at;
  mail.text = content.text;

  ComposedMail composed;
  composed.mail_from = with_detail(mailbox.address, bounce_token(hasher, outbound.item.message));
  for (const auto* list : {&mail.to, &mail.cc})
    for (const MailAddress& a : *list) composed.rcpt_to.push_back(a.address);
  composed.bytes = mime::write_mail(mail);
  return composed;
}

}  // namespace deskwire::email
