// SPDX-License-Identifier: Apache-2.0
// What a trusted server in front of us says about the sender (Authentication-Results, RFC 8601).
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "mime/parsed_mail.hpp"

namespace deskwire::email {

/// True when a field of a trusted authserv-id says that DMARC passed for the domain of `from`, or
/// DKIM or SPF passed for a domain aligned with it (the same, or one below the other). Fields of
/// anybody else count for nothing: whoever writes the mail can write them. For each method the
/// topmost trusted field decides, which the server nearest to us wrote.
[[nodiscard]] bool is_sender_authenticated(const mime::ParsedMail& mail, std::string_view from,
                                           std::span<const std::string> trusted_ids);

}  // namespace deskwire::email
