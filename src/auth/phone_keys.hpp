// SPDX-License-Identifier: Apache-2.0
// What text messages and calls must derive in exactly the same way wherever they come in or go out:
// identity keys of numbers, the key of a conversation by text, and the token by which a provider's
// receipt names our message.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "auth/keyed_hash.hpp"
#include "deskwire/base/id.hpp"
#include "deskwire/domain/content.hpp"

namespace deskwire {

/// Of an E.164 number, "+84912345678"; text::to_e164 makes one.
[[nodiscard]] IdentityContent phone_identity(const KeyHasher& hasher, std::string_view e164);
/// Of whoever is no phone: a short code, a name.
[[nodiscard]] IdentityContent sender_identity(const KeyHasher& hasher, std::string_view sender);
/// By its first character: only E.164 numbers begin with a plus.
[[nodiscard]] IdentityContent number_identity(const KeyHasher& hasher, std::string_view number);

/// Thread key of all texts between a number of ours and theirs.
[[nodiscard]] Key sms_conversation_key(const KeyHasher& hasher, std::string_view ours,
                                       std::string_view theirs);

/// "m1042": our name of an outgoing message at a provider.
[[nodiscard]] std::string message_reference(MessageId message);
/// "m1042.<mac>"; nobody but us can make one.
[[nodiscard]] std::string delivery_token(const KeyHasher& hasher, MessageId message);
/// Zero for what is no token of ours. A bare reference is read where `bare_too`: it must come from
/// something that was proven otherwise.
[[nodiscard]] MessageId read_delivery_token(const KeyHasher& hasher, std::string_view token,
                                            bool bare_too);

}  // namespace deskwire
