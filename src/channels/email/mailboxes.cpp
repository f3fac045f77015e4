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
  const std::string wanted = normalise_email(address);
  Recipient found;
  // An address configured with a plus of its own wins over reading the plus as detail.
  if (const auto exact = by_address_.find(wanted); exact != by_address_.end()) {
    found.mailbox = &mailboxes_[exact->second];
    return found;
  }
  const std::size_t at = wanted.rfind('@'), plus = wanted.find('+');
  if (at == std::string::npos || plus == std::string::npos || plus > at) return std::nullopt;
  const auto owner = by_address_.find(wanted.substr(0, plus) + wanted.substr(at));
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
