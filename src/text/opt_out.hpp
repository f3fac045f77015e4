// SPDX-License-Identifier: Apache-2.0
// The words by which people refuse text messages, ask for them again or ask who sends them.
#pragma once
#include <cstdint>
#include <string_view>

namespace deskwire::text {

enum class OptOut : std::uint8_t { none, stop, start, help };

/// What a text message (UTF-8) is, if it is nothing but one of the words that providers and
/// carriers know: English ones by Twilio, Telnyx, AWS and the FCC, and those of Chinese, French,
/// German, Spanish and Vietnamese. Case, blanks and punctuation around do not matter. "STOP PLEASE"
/// is none. `start` means something only after a `stop`: a plain "yes" is one too.
[[nodiscard]] OptOut read_opt_out(std::string_view text);

}  // namespace deskwire::text
