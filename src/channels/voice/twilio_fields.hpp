// SPDX-License-Identifier: Apache-2.0
// What Twilio's fields mean. Pure and total on hostile input.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::voice {

/// Zero for what is none.
[[nodiscard]] std::uint32_t read_number(std::string_view text);
/// "3 min 12 s".
[[nodiscard]] std::string spell_seconds(std::uint32_t count);
/// The id of a call or a recording: letters and digits.
[[nodiscard]] bool is_sid(std::string_view text);
/// A CallStatus after which nothing more comes from that side of the call.
[[nodiscard]] bool is_over(std::string_view status);
/// An address that a recording may be fetched from; where it leads is the fetcher's to judge.
[[nodiscard]] bool is_sound_url(std::string_view url);

}  // namespace deskwire::voice
