// SPDX-License-Identifier: Apache-2.0
// What is read to callers, by language.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::voice {

struct Phrases {
  std::string_view next;
  std::string_view place;  ///< With a {} for the number.
  std::string_view may_be_called_back;
  std::string_view may_leave_message;
  std::string_view will_be_called_back;
  std::string_view speak;  ///< Before the tone.
  std::string_view message_kept;
  std::string_view closed;
  std::string_view goodbye;
};

/// By the primary language of a BCP 47 tag; English where there are none.
[[nodiscard]] const Phrases& phrases(std::string_view language);
[[nodiscard]] std::string place_in_line(const Phrases& phrases, std::uint32_t place);

}  // namespace deskwire::voice
