// SPDX-License-Identifier: Apache-2.0
#include "console/event_frames.hpp"

#include <utility>

#include "codec/wire.hpp"

namespace deskwire {

namespace {

constexpr std::size_t kPieceBytes = 32u << 10;

}  // namespace

EventText::EventText(Cursor cursor, Instant time, const EventData& event) : at(cursor) {
  before.append(R"({"jsonrpc":"2.0","method":"event","params":{"seq":)")
      .append(std::to_string(at.wire()))
      .append(R"(,"prev":)");
  after.append(R"(,"type":")")
      .append(event.type)
      .append(R"(","at":")")
      .append(wire::format_time(time))
      .append(R"(","data":)")
      .append(event.json)
      .append("}}");
}

void EventChain::add(const EventText& event) {
  if (pieces_.empty() || pieces_.back()->bytes.size() >= kPieceBytes)
    pieces_.push_back(std::make_shared<Frames>());
  pieces_.back()->add({event.before, std::to_string(sent_.wire()), event.after});
  sent_ = event.at;
}

std::vector<FramesPtr> EventChain::take() {
  std::vector<FramesPtr> out(pieces_.begin(), pieces_.end());
  pieces_.clear();
  return out;
}

}  // namespace deskwire
