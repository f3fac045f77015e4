// SPDX-License-Identifier: Apache-2.0
// A colleague's mail that passes on a customer's, whole or quoted: who wrote the inner one.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/parsed_mail.hpp"

namespace deskwire::email {

/// Told by structure: a mail attached as message/rfc822, or a subject that says "Fwd:" in one of
/// its languages above a block of header fields. `text` is the mail's own. Nothing for answers and
/// mails of their own.
[[nodiscard]] std::optional<MailAddress> inner_sender(const mime::ParsedMail& mail,
                                                      std::string_view text);

/// Whether the address, or its domain as "@domain", is on the list. Both sides in any case.
[[nodiscard]] bool is_listed(const std::vector<std::string>& list, std::string_view address);

}  // namespace deskwire::email
