// SPDX-License-Identifier: Apache-2.0
// What an agent writes, as message content: addressee, subject, thread and attachments taken from
// what the ticket already holds. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "console/console.hpp"
#include "deskwire/domain/content.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire {

using Uploads = std::vector<UploadRow>;

struct Addressee {
  IdentityContent identity;  ///< Key zero: none given.
  MailAddress address;
  CustomerId customer;
};

struct Recipients {
  std::vector<MailAddress> to, cc;
};

/// Whom an answer goes to, and who read along what is answered: of the last message of a person who
/// may be answered, else of what was written to them. `earlier` as for compose_reply().
[[nodiscard]] Recipients recipients_of(const std::vector<MessageRow>& earlier);

/// `earlier` are the ticket's last messages, oldest first. `to` stays empty when nobody in them may
/// be written to.
[[nodiscard]] MessageContent compose_reply(const TicketRow& ticket,
                                           const std::vector<MessageRow>& earlier,
                                           const OutboundIds& ids, std::string_view author,
                                           std::string text, const Uploads& uploads);
/// Only the agents read it.
[[nodiscard]] MessageContent compose_note(std::string text, const Uploads& uploads);
/// The first message of a ticket that an agent opens.
[[nodiscard]] MessageContent compose_first(std::string subject, const Addressee& to,
                                           const OutboundIds& ids, std::string_view author,
                                           std::string text, const Uploads& uploads);

/// "Ann Lee <ann@example.org>" or the bare address.
[[nodiscard]] MailAddress read_address(std::string_view text);

}  // namespace deskwire
