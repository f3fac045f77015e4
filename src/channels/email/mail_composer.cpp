// SPDX-License-Identifier: Apache-2.0
#include "channels/email/mail_composer.hpp"

#include <algorithm>
#include <stdexcept>

#include "auth/mail_keys.hpp"

namespace deskwire::email {
namespace {

/// Mail to it came back for good, and none came from it since.
bool is_dead(const std::string& address, const MailMaterial& material, const KeyHasher& keys) {
  const Key key = email_identity(keys, {}, address).key;
  const auto dead = std::ranges::find(material.dead, key, &KeyRow::key);
  if (dead == material.dead.end()) return false;
  return std::ranges::none_of(material.history, [&](const MessageRow& row) {
    return row.message.direction == Direction::in && row.message.id > dead->message &&
           email_identity(keys, {}, row.content.from.address).key == key;
  });
}

/// The others get the mail all the same.
void drop_dead(std::vector<std::string>& recipients, const MailMaterial& material,
               const KeyHasher& keys) {
  const std::string first = recipients.front();
  std::erase_if(recipients,
                [&](const std::string& address) { return is_dead(address, material, keys); });
  if (recipients.empty())
    throw std::invalid_argument("not sent: mail to " + first +
                                " came back for good; it is written to again once it writes");
}

}  // namespace

MailComposer make_mail_composer(ComposeSettings settings,
                                std::shared_ptr<const Mailboxes> mailboxes, const KeyHasher& tokens,
                                const KeyHasher& keys) {
  return [settings = std::move(settings), mailboxes = std::move(mailboxes), tokens,
          keys](const MailMaterial& material) {
    const Mailbox* const mailbox = mailboxes->of(material.outbound.item.channel_name);
    if (mailbox == nullptr) throw std::invalid_argument("the mailbox is no longer configured");
    const FileReader read_file = [&](const Attachment& a) -> std::optional<std::string> {
      const auto found = material.blobs.find(a.blob_sha256);
      if (found == material.blobs.end()) return std::nullopt;
      return found->second;
    };
    auto composed =
        compose(material.outbound, material.history, *mailbox, tokens, settings, read_file);
    if (!composed) throw std::invalid_argument(composed.error());
    drop_dead(composed->rcpt_to, material, keys);
    return SmtpMessage{.envelope_from = std::move(composed->mail_from),
                       .recipients = std::move(composed->rcpt_to),
                       .data = std::move(composed->bytes)};
  };
}

}  // namespace deskwire::email
