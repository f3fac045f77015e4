// SPDX-License-Identifier: Apache-2.0
// Telephone calls, wired: what telephone systems report and what callers at Twilio hear. Loop
// thread only.
#pragma once
#include "channels/voice/cti_hooks.hpp"
#include "channels/voice/no_way_out.hpp"
#include "channels/voice/twilio_hooks.hpp"

namespace deskwire::voice {

class VoiceChannel {
 public:
  VoiceChannel(VoiceSeams seams, VoiceLinesPtr lines)
      : house_(std::move(seams), std::move(lines)),
        book_(house_.seams.executor, house_.seams.workers, house_.seams.now),
        cti_(house_, book_),
        twilio_(house_, book_) {}
  VoiceChannel(const VoiceChannel&) = delete;
  VoiceChannel& operator=(const VoiceChannel&) = delete;

  void add_routes(Router& router) {
    cti_.add_routes(router);
    twilio_.add_routes(router);
  }
  [[nodiscard]] Transport& transport() { return transport_; }
  /// Requests under way end with the lines that they began with.
  void replace(VoiceLinesPtr lines) { house_.lines = std::move(lines); }

 private:
  VoiceHouse house_;
  CallBook book_;
  CtiHooks cti_;
  TwilioHooks twilio_;
  NoWayOut transport_;
};

}  // namespace deskwire::voice
