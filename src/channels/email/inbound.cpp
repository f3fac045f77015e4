// SPDX-License-Identifier: Apache-2.0
#include "channels/email/inbound.hpp"

#include <algorithm>
#include <atomic>
#include <unordered_set>
#include <utility>

#include "auth/mail_keys.hpp"
#include "channels/email/bounce.hpp"
#include "channels/email/forwarded.hpp"
#include "channels/email/machine_mail.hpp"
#include "channels/email/message_text.hpp"
#include "channels/email/sender_authentication.hpp"
#include "deskwire/base/utf8.hpp"
#include "mime/parsed_mail.hpp"
#include "text/language.hpp"
#include "text/subject.hpp"

namespace deskwire::email {
namespace {

using mime::ParsedMail;

constexpr std::size_t kMaxSubject = 1'000, kMaxName = 300, kMaxListed = 200, kMaxThread = 100;
constexpr Duration kDigestFor = minutes(10);  ///< How long a mail without Message-ID is compared.

struct View {
  InboundSettings settings;
  std::shared_ptr<const Mailboxes> mailboxes;
};

std::string short_line(std::string_view text, std::size_t max_bytes) {
  return std::string(utf8_prefix(clean_line(text), max_bytes));
}

std::vector<MailAddress> clean(const std::vector<MailAddress>& list) {
  std::vector<MailAddress> out;
  for (const MailAddress& a : list) {
    if (out.size() == kMaxListed) break;
    if (!a.address.empty())
      out.push_back({short_line(a.name, kMaxName), short_line(a.address, 320)});
  }
  return out;
}

/// The author: From, else Sender, else Reply-To, else the return path; the first that is an address
/// at all.
MailAddress author(const KeyHasher& hasher, const ParsedMail& mail, std::string_view mail_from) {
  for (const auto* list : {&mail.from, &mail.sender, &mail.reply_to})
    for (const MailAddress& a : *list)
      if (email_identity(hasher, {}, a.address).key)
        return {short_line(a.name, kMaxName), short_line(a.address, 320)};
  const std::string name = mail.from.empty() ? std::string() : mail.from.front().name;
  return {short_line(name, kMaxName), short_line(mail_from, 320)};
}

/// In-Reply-To first, then References newest first: the order in which a parent is looked for.
/// Without repeats.
std::vector<std::string> thread_ids(const ParsedMail& mail) {
  std::vector<std::string> ids;
  std::unordered_set<std::string_view> seen;
  const auto add = [&](const std::string& id) {
    if (ids.size() < kMaxThread && seen.insert(id).second) ids.push_back(id);
  };
  ids.reserve(kMaxThread);
  for (const std::string& id : mail.in_reply_to) add(id);
  for (auto it = mail.references.rbegin(); it != mail.references.rend(); ++it) add(*it);
  // The root may be cut off by the bound; it is the id that most mails of a thread share.
  if (ids.size() == kMaxThread && !seen.contains(mail.references.front()))
    ids.back() = mail.references.front();
  return ids;
}

struct Tokens {
  TicketId ticket;
  MessageId bounced;
};

/// What our own signed tokens say: in the recipients, in To and Cc (a forwarder may have rewritten
/// the recipient), in the Message-IDs of ours that are referred to.
Tokens read_tokens(const Envelope& envelope, const ParsedMail& mail,
                   const std::vector<std::string>& ids, const Mailboxes& ours) {
  Tokens tokens;
  const auto take = [&](const std::optional<Recipient>& recipient) {
    if (!recipient) return;
    if (!tokens.ticket) tokens.ticket = recipient->ticket;
    if (!tokens.bounced) tokens.bounced = recipient->bounced;
  };
  for (const std::string& address : envelope.rcpt_to) take(ours.find(address));
  for (const auto* list : {&mail.to, &mail.cc})
    for (const MailAddress& a : *list) take(ours.find(a.address));
  for (const std::string& id : ids) {
    if (tokens.ticket) break;
    if (const auto token = ours.read_token(id)) tokens.ticket = token->ticket;
  }
  return tokens;
}

std::vector<ChannelId> addressed(const Envelope& envelope, const Mailboxes& ours) {
  std::vector<ChannelId> channels;
  for (const std::string& address : envelope.rcpt_to) {
    const auto recipient = ours.find(address);
    if (recipient && std::ranges::find(channels, recipient->mailbox->channel) == channels.end())
      channels.push_back(recipient->mailbox->channel);
  }
  // A mailbox may have gone between RCPT and now (a reload); the mail was accepted and must land
  // somewhere.
  if (channels.empty() && !ours.all().empty()) channels.push_back(ours.all().front().channel);
  return channels;
}

/// The same body over two paths differs in line ends and in white space at the end.
std::string body_form(std::string_view body) {
  std::string form;
  form.reserve(body.size());
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t stop = std::min(body.find('\r', at), body.size());
    form.append(body, at, stop - at);
    at = stop + 1;
  }
  form.resize(form.find_last_not_of(" \t\n") + 1);
  return form;
}

void set_dedupe(ReceiveMessage& received, const ParsedMail& mail, const KeyHasher& hasher) {
  const mime::Part& top = mail.tree.parts.front();
  const Key body = hasher.key("body", "b" + body_form(mail.mail.substr(top.body)));
  std::string identity = std::to_string(body.hi) + '.' + std::to_string(body.lo) + '\n';
  if (!mail.message_id.empty()) {
    identity += mail.message_id;
  } else {
    for (const std::string_view name : {"From", "To", "Date", "Subject"})
      identity.append(mail.header(name)).append("\n");
    received.dedupe_for = kDigestFor;
  }
  received.dedupe = hasher.key("mail", identity);
  // Alike in the first half, the two keys of a mail are neighbours in a store.
  if (received.own_key) received.dedupe.hi = received.own_key.hi;
}

std::optional<BounceReport> bounce_report(const ParsedMail& mail, MessageId verp,
                                          const KeyHasher& hasher) {
  const auto bounce = read_bounce(mail, true);
  if (!bounce) {
    if (!verp) return std::nullopt;
    // A mail system wrote to the return path in words nobody here knows: tell the agent, but give
    // nobody up for it.
    return BounceReport{.message = verp,
                        .message_key = {},
                        .permanent = false,
                        .detail = short_line(mail.subject, 200),
                        .dead_address = {}};
  }
  if (bounce->kind == Bounce::Kind::delivered || bounce->kind == Bounce::Kind::feedback)
    return std::nullopt;
  if (!verp && bounce->returned_id.empty()) return std::nullopt;
  return BounceReport{.message = verp,
                      .message_key = message_id_key(hasher, bounce->returned_id),
                      .permanent = bounce->kind == Bounce::Kind::failed,
                      .detail = describe(*bounce),
                      .dead_address = is_dead_mailbox(*bounce)
                                          ? email_identity(hasher, {}, bounce->recipient).key
                                          : Key{}};
}

MessageContent content_of(const ParsedMail& mail, const MailAddress& from) {
  MessageContent content;
  content.subject = short_line(mail.subject, kMaxSubject);
  MessageText text = read_text(mail);
  content.text = std::move(text.text);
  content.html = std::move(text.html);
  content.from = from;
  content.to = clean(mail.to);
  content.cc = clean(mail.cc);
  content.reply_to = clean(mail.reply_to);
  content.message_id = clean_line(mail.message_id);
  content.language = text::detect_language(content.text);
  for (Attachment& attachment : mime::list_attachments(mail)) {
    if (std::ranges::find(text.used_leaves, attachment.part) != text.used_leaves.end()) continue;
    attachment.n = static_cast<std::uint32_t>(content.attachments.size()) + 1;
    content.attachments.push_back(std::move(attachment));
  }
  return content;
}

/// Who wrote the mail that a colleague passes on. Only colleagues are believed, and where mail is
/// authenticated only as themselves: who else forwards a mail could make anyone a customer.
std::optional<MailAddress> forwarded_from(const ParsedMail& mail, const std::string& text,
                                          const MailAddress& from, const View& view,
                                          const ReceiveMessage& received) {
  const InboundSettings& settings = view.settings;
  if (received.machine != Machine::none || !is_listed(settings.forwarders, from.address))
    return std::nullopt;
  if (!settings.trusted_authserv_ids.empty() && !received.sender_authenticated) return std::nullopt;
  auto inner = inner_sender(mail, text);
  if (!inner || view.mailboxes->is_ours(inner->address) ||
      is_listed({from.address}, inner->address))
    return std::nullopt;
  return MailAddress{short_line(inner->name, 200), short_line(inner->address, 320)};
}

}  // namespace

struct Inbound::Impl {
  KeyHasher hasher;
  BlobKeeper& blobs;
  std::atomic<std::shared_ptr<const View>> view;

  Impl(const KeyHasher& h, BlobKeeper& b) : hasher(h), blobs(b) {}
};

Inbound::Inbound(InboundSettings settings, std::shared_ptr<const Mailboxes> mailboxes,
                 const KeyHasher& hasher, BlobKeeper& blobs)
    : impl_(std::make_unique<Impl>(hasher, blobs)) {
  replace(std::move(settings), std::move(mailboxes));
}

Inbound::~Inbound() = default;

void Inbound::replace(InboundSettings settings, std::shared_ptr<const Mailboxes> mailboxes) {
  impl_->view.store(std::make_shared<const View>(std::move(settings), std::move(mailboxes)));
}

Command Inbound::command(const Envelope& envelope, std::string_view raw) const {
  const std::shared_ptr<const View> view = impl_->view.load();
  const Mailboxes& ours = *view->mailboxes;
  const KeyHasher& hasher = impl_->hasher;
  const ParsedMail mail = mime::parse(raw);
  const MailAddress from = author(hasher, mail, envelope.mail_from);
  const std::vector<std::string> ids = thread_ids(mail);
  const Tokens tokens = read_tokens(envelope, mail, ids, ours);

  ReceiveMessage received;
  received.channel = Channel::email;
  received.addressed = addressed(envelope, ours);
  received.received_at = envelope.received_at;
  received.sender = email_identity(hasher, from.name, from.address);
  received.sender_authenticated =
      is_sender_authenticated(mail, from.address, view->settings.trusted_authserv_ids);
  received.token_ticket = tokens.ticket;
  for (const std::string& id : ids) received.references.push_back(message_id_key(hasher, id));
  received.own_key = message_id_key(hasher, mail.message_id);
  set_dedupe(received, mail, hasher);
  const text::Subject subject = text::read_subject(mail.subject);
  received.subject_key = subject_key(hasher, subject.normalised);
  received.reply_subject = subject.had_prefix;
  received.machine = classify(mail, envelope.mail_from, from.address, ours);
  // Vacation replies come to the return path as well (RFC 3834 §4), so the token alone makes no
  // bounce.
  const bool to_return_path =
      tokens.bounced && envelope.mail_from.empty() && mail.header("Auto-Submitted").empty();
  if (to_return_path && received.machine == Machine::auto_reply) received.machine = Machine::bounce;
  if (received.machine == Machine::bounce)
    received.bounce = bounce_report(mail, tokens.bounced, hasher);

  MessageContent content = content_of(mail, from);
  if (const auto inner = forwarded_from(mail, content.text, from, *view, received)) {
    received.sender = email_identity(hasher, inner->name, inner->address);
    received.sender_authenticated = false;
    content.forwarded_by = std::exchange(content.from, *inner);
    content.reply_to.clear();
  }
  content.references = ids;
  content.raw = impl_->blobs.keep(raw);
  received.content = std::make_shared<const MessageContent>(std::move(content));
  return {.actor = {.kind = ActorKind::customer, .agent = {}}, .body = std::move(received)};
}

Command Inbound::opaque_command(const Envelope& envelope, std::string_view raw) const {
  const std::shared_ptr<const View> view = impl_->view.load();
  const KeyHasher& hasher = impl_->hasher;
  MessageContent content;
  content.subject = "A mail that could not be read";
  content.text =
      "Reading this mail failed before, so it was not tried again. The mail is kept as it came.";
  content.from = {{}, short_line(envelope.mail_from, 320)};
  content.raw = impl_->blobs.keep(raw);

  ReceiveMessage received;
  received.channel = Channel::email;
  received.addressed = addressed(envelope, *view->mailboxes);
  received.received_at = envelope.received_at;
  received.sender = email_identity(hasher, {}, envelope.mail_from);
  received.dedupe = hasher.key("opaque mail", raw);
  received.content = std::make_shared<const MessageContent>(std::move(content));
  return {.actor = {.kind = ActorKind::customer, .agent = {}}, .body = std::move(received)};
}

}  // namespace deskwire::email
