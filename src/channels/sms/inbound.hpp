// SPDX-License-Identifier: Apache-2.0
// From a text message as its provider told it to the desk's command. Pure but for the keys.
#pragma once
#include <string>
#include <string_view>

#include "auth/keyed_hash.hpp"
#include "channels/sms/lines.hpp"
#include "deskwire/domain/commands.hpp"

namespace deskwire::sms {

/// For how long the ids of texts are remembered; no provider tells of a text later than that.
inline constexpr Duration kKnownFor = days(30);
/// A hook that was repeated tells of a text at most this old (Vonage repeats for a day).
inline constexpr Duration kHookSpan = hours(25);

/// `line` is the one that was written to. The text counts as received when the provider had it,
/// which is neither after `now` nor longer than `span` before.
[[nodiscard]] Command inbound_command(const KeyHasher& keys, const SmsLine& line,
                                      const InboundText& text, Instant now, Duration span);

/// HELP, unless the provider has answered it already.
[[nodiscard]] bool asks_for_help(const InboundText& text);
/// What the line says to it, once a week to each sender.
[[nodiscard]] Command help_command(const KeyHasher& keys, const SmsLine& line,
                                   const InboundText& text, TicketId ticket);

/// Of the provider's id of a message of ours.
[[nodiscard]] Key provider_key(const KeyHasher& keys, const Adapter& adapter, std::string_view id);

/// "image/png" in lower case, if it is a media type that can stand in a header, else empty.
[[nodiscard]] std::string safe_media_type(std::string_view declared);
/// "media-2.jpg".
[[nodiscard]] std::string media_name(std::uint32_t n, std::string_view type);

}  // namespace deskwire::sms
