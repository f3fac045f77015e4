// SPDX-License-Identifier: Apache-2.0
// The configured telephone systems and numbers, immutable: a reload makes others.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/base/id.hpp"

namespace deskwire::voice {

/// A telephone system that reports its calls.
struct CtiLine {
  ChannelId channel;
  std::string name;
  std::vector<std::string> secrets;  ///< Standard Webhooks; any may have signed.
  std::string region;                ///< How numbers without "+" are read.
};

/// A number at Twilio whose calls wait here.
struct NumberLine {
  ChannelId channel;
  std::string name;
  std::string number;               ///< E.164; shown to the agents' telephones.
  std::vector<std::string> tokens;  ///< Any may have signed.
  std::string greeting;
  std::string language;                       ///< BCP 47.
  std::string hold_music;                     ///< URL; empty: silence.
  std::map<std::string, std::string> phones;  ///< User to E.164 or "sip:…".
  bool callback = false, voicemail = false;
  CalendarId hours;  ///< Zero: always open.
};

struct VoiceLines {
  std::vector<CtiLine> cti;
  std::vector<NumberLine> numbers;
  std::string public_url;  ///< Without a slash at the end.

  [[nodiscard]] const CtiLine* find_cti(std::string_view name) const;
  [[nodiscard]] const NumberLine* find_number(std::string_view name) const;
};
using VoiceLinesPtr = std::shared_ptr<const VoiceLines>;

}  // namespace deskwire::voice
