// SPDX-License-Identifier: Apache-2.0
// What an agent writes as an answer to a call: it has nowhere to go, and they are told so at once.
#pragma once
#include <functional>
#include <utility>

#include "deskwire/port/transport.hpp"

namespace deskwire::voice {

class NoWayOut final : public Transport {
 public:
  void send(OutboundMessage /*message*/, std::function<void(SendOutcome)> done) override {
    done(
        {.state = DeliveryState::failed,
         .detail = "a call cannot be answered in writing: call back, or write by another channel"});
  }
  void look_up(OutboundMessage message, std::function<void(SendOutcome)> done) override {
    send(std::move(message), std::move(done));
  }
  void close() override {}
};

}  // namespace deskwire::voice
