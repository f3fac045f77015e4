// SPDX-License-Identifier: Apache-2.0
// Our own mail addresses: which recipient belongs to which channel, and what a token behind the
// plus says. Immutable, so any thread may ask; a reloaded configuration makes a new one.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/keyed_hash.hpp"
#include "auth/mail_keys.hpp"
#include "deskwire/base/id.hpp"

namespace deskwire::email {

/// One configured email channel.
struct Mailbox {
  ChannelId channel;
  std::string name;                  ///< The channel's configured name.
  std::string address;               ///< "support@demo.test".
  std::string display_name;          ///< In From; may be empty.
  std::vector<std::string> aliases;  ///< Further addresses that arrive here.
};

/// A recipient that is ours.
struct Recipient {
  const Mailbox* mailbox = nullptr;  ///< Lives as long as the Mailboxes that found it.
  TicketId ticket;                   ///< From `support+t1042.<mac>@…`, verified; else zero.
  MessageId bounced;                 ///< From `support+b77.<mac>@…`, verified; else zero.
  bool forged = false;  ///< Shaped like a token, signature wrong: the mail is accepted, the token
                        ///< counts for nothing.
};

class Mailboxes {
 public:
  Mailboxes(std::vector<Mailbox> mailboxes, const KeyHasher& hasher);
  Mailboxes(const Mailboxes&) = delete;
  Mailboxes& operator=(const Mailboxes&) = delete;

  /// Whose mail `address` is, without angle brackets, in any case, with any `+detail`; nothing: not
  /// ours, no relay.
  [[nodiscard]] std::optional<Recipient> find(std::string_view address) const;
  [[nodiscard]] bool is_ours(std::string_view address) const { return find(address).has_value(); }
  /// What the signed token at the start of a Message-ID of ours says; nothing if it is none.
  [[nodiscard]] std::optional<MailToken> read_token(std::string_view message_id) const {
    return read_mail_token(hasher_, message_id);
  }
  /// The channel's mailbox, or null.
  [[nodiscard]] const Mailbox* of(ChannelId channel) const;
  [[nodiscard]] const std::vector<Mailbox>& all() const { return mailboxes_; }

 private:
  std::vector<Mailbox> mailboxes_;
  std::unordered_map<std::string, std::size_t> by_address_;
  KeyHasher hasher_;
};

}  // namespace deskwire::email
