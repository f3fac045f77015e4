// SPDX-License-Identifier: Apache-2.0
// How many text messages a text is sent as, and which character made it so many.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// A unit is a septet of GSM-7 (160 in a message, 153 in each of several) or 16 bits of UCS-2 (70
/// and 67). A pair of units that stands for one character is never split over two parts.
struct SmsParts {
  bool ucs2 = false;
  unsigned parts = 0;  ///< 0 for an empty text.
  unsigned units_used = 0, units_per_part = 160;
  unsigned units_left = 160;  ///< In the last part.
  std::string forced_by;      ///< The first character, UTF-8, that is not in GSM-7; empty without.
};

/// `utf8` as it is sent; an invalid byte counts as U+FFFD. Linear.
[[nodiscard]] SmsParts count_sms_parts(std::string_view utf8);
/// Septets that a character takes (3GPP TS 23.038 §6.2.1): 1, 2 with an escape before it, or 0 if
/// the alphabet lacks it.
[[nodiscard]] unsigned gsm7_septets(char32_t character);

}  // namespace deskwire::text
