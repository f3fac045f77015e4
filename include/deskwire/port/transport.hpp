// SPDX-License-Identifier: Apache-2.0
// The way out of one channel. `send` is called on the loop thread, returns at once, and calls
// `done` exactly once on the loop thread. What is sent again carries the same Message-ID.
#pragma once
#include <functional>
#include <string>

#include "deskwire/port/store.hpp"

namespace deskwire {

struct SendOutcome {
  DeliveryState state =
      DeliveryState::sent;  ///< sent, queued (temporary failure: retry), failed (final), unknown.
  std::string detail;  ///< The peer's last line or the local reason, no secrets, at most 200 bytes.
  Key provider_key{};  ///< Of the provider's id of the message; zero: it gives none.
  Duration retry_in{};  ///< With `queued`: not before; zero: as the outbox thinks fit.
};

struct OutboundMessage {
  OutboxItem item;
  MessageRow message;
  TicketRow ticket;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual void send(OutboundMessage message, std::function<void(SendOutcome)> done) = 0;
  /// What became of a message that a crash interrupted. `queued` sends it again, which only a
  /// transport says whose receivers see a double; with `retry_in` it cannot tell yet and is asked
  /// again then. `done` as for send().
  virtual void look_up(OutboundMessage message, std::function<void(SendOutcome)> done) = 0;
  /// Stops accepting, cancels what can be cancelled; `done` callbacks still come.
  virtual void close() = 0;
};

}  // namespace deskwire
