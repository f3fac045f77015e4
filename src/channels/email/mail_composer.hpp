// SPDX-License-Identifier: Apache-2.0
// compose() as the mail transport wants it.
#pragma once
#include <memory>

#include "channels/email/compose.hpp"
#include "channels/email/email_transport.hpp"

namespace deskwire::email {

/// The composer keeps what it is given and may be called on any worker. `tokens` signs, `keys`
/// makes the pseudonyms of addresses.
[[nodiscard]] MailComposer make_mail_composer(ComposeSettings settings,
                                              std::shared_ptr<const Mailboxes> mailboxes,
                                              const KeyHasher& tokens, const KeyHasher& keys);

}  // namespace deskwire::email
