// SPDX-License-Identifier: Apache-2.0
// Commands that wait for a batch: two bounded lanes, the interactive one first. What comes in
// stands in a line of its own for each channel, and while several channels are busy each has a
// share of a batch, so that a flood on one does not fill the batches of all. The desk's own
// commands (a Tick, the outcome of a send) are never turned away: each of their issuers has a
// bounded number under way.
#pragma once
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "deskwire/engine/loaded.hpp"
#include "runtime/clock.hpp"
#include "runtime/gateway.hpp"

namespace deskwire {

/// One command on its way to a batch.
struct Submitted {
  Command command;
  Gateway::Done done;
  SteadyTime at;
  std::size_t inline_bytes = 0;  ///< Content and inline blobs.
  Needs needs;
  int rounds = 0;  ///< How often the engine asked for more.
};

/// Whether the desk itself issues this command.
[[nodiscard]] bool is_own(const Command& command);

class Lanes {
 public:
  /// False when its line or the bytes are full; `submitted` is then untouched.
  [[nodiscard]] bool try_push(Lane lane, Submitted&& submitted);
  /// The next one, if there is any that this batch may hold: it has at most `room_bytes`, and its
  /// channel's share is not used up. One that has more than a whole batch may hold goes alone.
  [[nodiscard]] std::optional<Submitted> pop(std::size_t room_bytes, SteadyTime now);
  [[nodiscard]] std::vector<Submitted> take_all();
  /// What is popped from now on goes into another batch.
  void next_batch() { taken_ = {}; }
  [[nodiscard]] std::size_t size(Lane lane) const { return sizes_[index(lane)]; }
  [[nodiscard]] bool empty() const { return sizes_[0] + sizes_[1] == 0; }

 private:
  /// The four channels, in the order of Channel, and what no customer sent.
  static constexpr std::size_t kChannels = 4, kOther = kChannels;
  struct Line {
    std::deque<Submitted> waiting;
    std::optional<SteadyTime> last_at;  ///< When something came last.
  };
  using Lines = std::array<Line, kChannels + 1>;

  static std::size_t index(Lane lane) { return lane == Lane::interactive ? 0 : 1; }
  [[nodiscard]] std::optional<Submitted> pop_of(Lane lane, std::size_t room_bytes, SteadyTime now);
  [[nodiscard]] bool has_share(std::size_t channel, SteadyTime now) const;

  std::array<Lines, 2> lanes_;
  std::array<std::size_t, 2> sizes_{};
  std::array<std::size_t, 2> turn_{};  ///< The line that is asked first.
  std::array<std::size_t, kChannels> taken_{};  ///< Into this batch.
  std::size_t bytes_ = 0;
};

}  // namespace deskwire
