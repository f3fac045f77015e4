// SPDX-License-Identifier: Apache-2.0
// An agent's message as a mail: who it is from, whom it may go to, how it threads, and the signed
// addresses by which answers and bounces find back.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "auth/keyed_hash.hpp"
#include "channels/email/mailboxes.hpp"
#include "deskwire/port/transport.hpp"

namespace deskwire::email {

struct ComposeSettings {
  std::string desk_name;                            ///< Shown when the mailbox has no display name.
  std::uint64_t max_file_bytes = 25 * 1024 * 1024;  ///< Of all attachments together.
};

struct ComposedMail {
  std::string mail_from;             ///< Our mailbox with the bounce token.
  std::vector<std::string> rcpt_to;  ///< At least one.
  std::string bytes;                 ///< CRLF, seven bits, no line over 998 bytes.
};

/// An attachment's bytes; nothing when they cannot be had.
using FileReader = std::function<std::optional<std::string>(const Attachment&)>;

/// `earlier` are the ticket's messages before this one, oldest first (the newest few hundred are
/// enough): they give the recipient, the thread and who must not be written to. Recipients named in
/// the message itself win. The error is a sentence for the agent and is final: nothing of it gets
/// better by trying again.
[[nodiscard]] std::expected<ComposedMail, std::string> compose(
    const OutboundMessage& outbound, std::span<const MessageRow> earlier, const Mailbox& mailbox,
    const KeyHasher& hasher, const ComposeSettings& settings, const FileReader& read_file);

/// `support@demo.test` with a token: `support+t1042.<mac>@demo.test`.
[[nodiscard]] std::string with_detail(const std::string& address, const std::string& detail);

}  // namespace deskwire::email
