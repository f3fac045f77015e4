// SPDX-License-Identifier: Apache-2.0
// The few values that every entrance and exit must derive in exactly the same way: identity keys,
// thread keys, subject keys, Message-IDs of our own and the signed tokens inside them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "auth/keyed_hash.hpp"
#include "deskwire/base/id.hpp"
#include "deskwire/domain/content.hpp"

namespace deskwire {

/// Lower case throughout ASCII: no provider that people write from tells `Ann@` from `ann@`.
/// Surrounding blanks and angle brackets go.
[[nodiscard]] std::string normalise_email(std::string_view address);
/// Key zero when `address` is no usable address (no '@', blanks or controls inside, over 320
/// bytes).
[[nodiscard]] IdentityContent email_identity(const KeyHasher& hasher, std::string_view name,
                                             std::string_view address);
/// `e164` is a number as text::to_e164 writes it. Key zero when it is not "+" and 7 to 15 digits.
[[nodiscard]] IdentityContent phone_identity(const KeyHasher& hasher, std::string_view name,
                                             std::string_view e164);
/// Thread key of a Message-ID, with or without angle brackets; zero for an empty one. The case is
/// kept: ids are opaque.
[[nodiscard]] Key message_id_key(const KeyHasher& hasher, std::string_view message_id);
/// Of a subject that text/subject.hpp has normalised.
[[nodiscard]] Key subject_key(const KeyHasher& hasher, std::string_view normalised_subject);

/// A fresh Message-ID without angle brackets, `t1042.<mac>.<random>@domain`, or `<random>@domain`
/// for a ticket that is not known yet.
[[nodiscard]] std::string draw_message_id(const KeyHasher& hasher, std::string_view domain,
                                          TicketId ticket = {});

/// `t1042.<mac>` and `b77.<mac>`: what stands behind the plus in Reply-To and in the envelope
/// sender.
[[nodiscard]] std::string ticket_token(const KeyHasher& hasher, TicketId ticket);
[[nodiscard]] std::string bounce_token(const KeyHasher& hasher, MessageId message);

struct MailToken {
  TicketId ticket;  ///< One of both is set.
  MessageId message;
};
/// Reads and verifies either token at the start of `text`, which must end there or go on with a dot
/// (as in a Message-ID).
[[nodiscard]] std::optional<MailToken> read_mail_token(const KeyHasher& hasher,
                                                       std::string_view text);
/// True for what is shaped like a token, whether it verifies or not.
[[nodiscard]] bool looks_like_mail_token(std::string_view text);

}  // namespace deskwire
