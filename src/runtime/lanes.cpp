// SPDX-License-Identifier: Apache-2.0
#include "runtime/lanes.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "runtime/limits.hpp"

namespace deskwire {

bool is_own(const Command& command) {
  // A lost "disconnected" would leave an agent present for ever; sessions are bounded, so these
  // are.
  if (std::holds_alternative<AgentConnected>(command.body) ||
      std::holds_alternative<AgentDisconnected>(command.body))
    return true;
  if (command.actor.kind != ActorKind::system) return false;
  return std::holds_alternative<Tick>(command.body) ||
         std::holds_alternative<StartSend>(command.body) ||
         std::holds_alternative<RecordDelivery>(command.body) ||
         std::holds_alternative<Restarted>(command.body);
}

bool Lanes::try_push(Lane lane, Submitted&& submitted) {
  if (!is_own(submitted.command)) {
    const std::size_t bound =
        lane == Lane::interactive ? limits::kInteractiveQueue : limits::kIntakeQueue;
    if (size(lane) >= bound || bytes_ + submitted.inline_bytes > limits::kQueuedBytes) return false;
  }
  bytes_ += submitted.inline_bytes;
  (lane == Lane::interactive ? interactive_ : intake_).push_back(std::move(submitted));
  return true;
}

std::optional<Submitted> Lanes::pop(std::size_t room_bytes) {
  std::deque<Submitted>& lane = interactive_.empty() ? intake_ : interactive_;
  if (lane.empty()) return std::nullopt;
  const std::size_t needed = std::min(lane.front().inline_bytes, limits::kBatchBytes);
  if (needed > room_bytes) return std::nullopt;
  std::optional<Submitted> next = std::move(lane.front());
  lane.pop_front();
  bytes_ -= next->inline_bytes;
  return next;
}

std::size_t Lanes::size(Lane lane) const {
  return lane == Lane::interactive ? interactive_.size() : intake_.size();
}

}  // namespace deskwire
