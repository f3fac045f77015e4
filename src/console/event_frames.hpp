// SPDX-License-Identifier: Apache-2.0
// Events as frames. All that differs from session to session is `prev`, so the rest of an event is
// written once.
#pragma once
#include <string>
#include <vector>

#include "console/event_data.hpp"
#include "console/notices.hpp"
#include "http/websocket.hpp"

namespace deskwire {

/// One event around its `prev`.
struct EventText {
  EventText(Cursor at, Instant time, const EventData& event);

  Cursor at;
  std::string before, after;
};

/// Events one after the other, each naming the one before it.
class EventChain {
 public:
  explicit EventChain(Cursor sent) : sent_(sent) {}

  void add(const EventText& event);
  /// The last event's, `prev` of the next.
  [[nodiscard]] Cursor sent() const { return sent_; }
  /// In pieces of which each fits a socket's queue.
  [[nodiscard]] std::vector<FramesPtr> take();

 private:
  Cursor sent_;
  std::vector<std::shared_ptr<Frames>> pieces_;
};

}  // namespace deskwire
