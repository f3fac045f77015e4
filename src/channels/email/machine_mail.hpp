// SPDX-License-Identifier: Apache-2.0
// Mail that no person wrote to us (RFC 3834 and what mailers really set): kept and marked, never
// answered, moves no clock.
#pragma once
#include <string_view>

#include "channels/email/mailboxes.hpp"
#include "deskwire/domain/names.hpp"
#include "mime/parsed_mail.hpp"

namespace deskwire::email {

/// `mail_from` is the envelope's, empty for the null path; `sender` the address that counts as the
/// author's.
[[nodiscard]] Machine classify(const mime::ParsedMail& mail, std::string_view mail_from,
                               std::string_view sender, const Mailboxes& ours);

}  // namespace deskwire::email
