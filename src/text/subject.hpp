// SPDX-License-Identifier: Apache-2.0
// What a subject is about, without the "Re:" and "Fwd:" of a dozen mailers and languages.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

struct Subject {
  std::string stripped;     ///< Without prefixes, as written: for "Re: " + stripped.
  std::string normalised;   ///< Lower case (ASCII), white space collapsed: for comparing.
  bool had_prefix = false;  ///< At least one reply or forward prefix.
};

/// `subject` is decoded UTF-8.
[[nodiscard]] Subject read_subject(std::string_view subject);

}  // namespace deskwire::text
