// SPDX-License-Identifier: Apache-2.0
#include "channels/email/mailboxes.hpp"

#include "auth/mail_keys.hpp"

namespace deskwire::email {

Mailboxes::Mailboxes(std::vector<Mailbox> mailboxes, const KeyHasher& hasher)
    : mailboxes_(std::move(mailboxes)), hasher_(hasher) {
  for (std::size_t i = 0; i < mailboxes_.size(); ++i) {
    // The first configured owner of an address keeps it; the configuration's own check reports the
    // clash.
    by_address_.emplace(normalise_email(mailboxes_[i].address), i);
    for (const std::string& alias : mailboxes_[i].aliases)
      by_address_.emplace(normalise_email(alias), i);
  }
}

std::optional<Recipient> Mailboxes::find(std::string_view address) const {
  constexpr std::size_t kMaxPath = 512;  // RFC 5321 §4.5.3.1.3 asks for 256.
  if (address.size() > kMaxPath) return std::nullopt;
  const std::string wanted = normalise_email(address);
  Recipient found;
  // An address configured with a plus of its own wins over reading the plus as detail.
  if (const auto exact = by_address_.find(wanted); exact != by_address_.end()) {
    found.mailbox = &mailboxes_[exact->second];
    return found;
  }
  const std::size_t at = wanted.rfind('@');
  if (at == std::string::npos) return std::nullopt;
  // Our own tokens stand behind the last plus; people's own detail may begin at any.
  auto owner = by_address_.end();
  std::size_t plus = at;
  while (owner == by_address_.end() && plus > 0 &&
         (plus = wanted.rfind('+', plus - 1)) != std::string::npos)
    owner = by_address_.find(wanted.substr(0, plus) + wanted.substr(at));
  if (owner == by_address_.end()) return std::nullopt;
  found.mailbox = &mailboxes_[owner->second];
  const std::string_view detail = std::string_view(wanted).substr(plus + 1, at - plus - 1);
  if (const auto token = read_mail_token(hasher_, detail)) {
    found.ticket = token->ticket;
    found.bounced = token->message;
  } else {
    found.forged = looks_like_mail_token(detail);
  }
  return found;
}

const Mailbox* Mailboxes::of(ChannelId channel) const {
  for (const Mailbox& mailbox : mailboxes_)
    if (mailbox.channel == channel) return &mailbox;
  return nullptr;
}

}  // namespace deskwire::email
