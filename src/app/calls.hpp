// SPDX-License-Identifier: Apache-2.0
// Telephone calls, wired: hooks of telephone systems and of Twilio, and pop-ups at the consoles.
#pragma once
#include <boost/asio/io_context.hpp>

#include "auth/keyed_hash.hpp"
#include "channels/voice/voice_channel.hpp"
#include "config/config.hpp"
#include "console/console.hpp"
#include "desk/front_desk.hpp"
#include "http/quarantine.hpp"
#include "http/router.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

class Calls {
 public:
  /// Everything must outlive the listener, whose requests are all that runs here.
  Calls(boost::asio::io_context& loop, Core& core, FrontDesk& desk, Console& console,
        Quarantine& quarantine, const config::Config& config, const KeyHasher& keys,
        Router& router);
  void reload(const config::Config& config);

 private:
  voice::VoiceChannel channel_;
};

}  // namespace deskwire::app
