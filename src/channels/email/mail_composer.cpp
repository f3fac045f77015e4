// SPDX-License-Identifier: Apache-2.0
#include "channels/email/mail_composer.hpp"

#include <stdexcept>

namespace deskwire::email {

MailComposer make_mail_composer(ComposeSettings settings,
                                std::shared_ptr<const Mailboxes> mailboxes,
                                const KeyHasher& hasher) {
  return [settings = std::move(settings), mailboxes = std::move(mailboxes),
          hasher](const MailMaterial& material) {
    const Mailbox* const mailbox = mailboxes->of(material.outbound.item.channel_name);
    if (mailbox == nullptr) throw std::invalid_argument("the mailbox is no longer configured");
    const FileReader read_file = [&](const Attachment& a) -> std::optional<std::string> {
      const auto found = material.blobs.find(a.blob_sha256);
      if (found == material.blobs.end()) return std::nullopt;
      return found->second;
    };
    auto composed =
        compose(material.outbound, material.history, *mailbox, hasher, settings, read_file);
    if (!composed) throw std::invalid_argument(composed.error());
    return SmtpMessage{.envelope_from = std::move(composed->mail_from),
                       .recipients = std::move(composed->rcpt_to),
                       .data = std::move(composed->bytes)};
  };
}

}  // namespace deskwire::email
