// SPDX-License-Identifier: Apache-2.0
#include "runtime/lanes.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

#include "runtime/limits.hpp"

namespace deskwire {
namespace {

/// A channel on which something came so lately shares the batches with the others.
constexpr auto kBusyFor = std::chrono::seconds(1);

}  // namespace

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
  const auto* received = std::get_if<ReceiveMessage>(&submitted.command.body);
  const std::size_t number =
      received != nullptr ? static_cast<std::size_t>(received->channel) : kOther;
  Line& line = lanes_[index(lane)][number];
  if (!is_own(submitted.command)) {
    const std::size_t bound =
        lane == Lane::interactive ? limits::kInteractiveQueue : limits::kIntakeQueue;
    if (line.waiting.size() >= bound || bytes_ + submitted.inline_bytes > limits::kQueuedBytes)
      return false;
  }
  line.last_at = submitted.at;
  bytes_ += submitted.inline_bytes;
  line.waiting.push_back(std::move(submitted));
  ++sizes_[index(lane)];
  return true;
}

std::optional<Submitted> Lanes::pop(std::size_t room_bytes, SteadyTime now) {
  for (const Lane lane : {Lane::interactive, Lane::intake})
    if (auto next = pop_of(lane, room_bytes, now)) return next;
  return std::nullopt;
}

std::optional<Submitted> Lanes::pop_of(Lane lane, std::size_t room_bytes, SteadyTime now) {
  if (size(lane) == 0) return std::nullopt;
  Lines& lines = lanes_[index(lane)];
  std::size_t& turn = turn_[index(lane)];
  for (std::size_t asked = 0; asked < lines.size(); ++asked) {
    const std::size_t number = (turn + asked) % lines.size();
    std::deque<Submitted>& waiting = lines[number].waiting;
    if (waiting.empty() || !has_share(number, now)) continue;
    if (std::min(waiting.front().inline_bytes, limits::kBatchBytes) > room_bytes) continue;
    std::optional<Submitted> next = std::move(waiting.front());
    waiting.pop_front();
    bytes_ -= next->inline_bytes;
    --sizes_[index(lane)];
    if (number < kChannels) ++taken_[number];
    turn = number + 1;
    return next;
  }
  return std::nullopt;
}

std::vector<Submitted> Lanes::take_all() {
  std::vector<Submitted> all;
  for (Lines& lines : lanes_)
    for (Line& line : lines)
      std::ranges::move(std::exchange(line.waiting, {}), std::back_inserter(all));
  bytes_ = 0;
  sizes_ = {};
  return all;
}

bool Lanes::has_share(std::size_t channel, SteadyTime now) const {
  if (channel >= kChannels || taken_[channel] < limits::kShareOfBatch) return true;
  for (const Lines& lines : lanes_)
    for (std::size_t other = 0; other < kChannels; ++other)
      if (other != channel && lines[other].last_at && now - *lines[other].last_at < kBusyFor)
        return false;
  return true;
}

}  // namespace deskwire
