// SPDX-License-Identifier: Apache-2.0
// Commands that wait for a batch: two bounded lanes, the interactive one first. The desk's own
// commands (a Tick, the outcome of a send) are never turned away: each of their issuers has a
// bounded number under way.
#pragma once
#include <cstddef>
#include <deque>
#include <optional>

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
  /// False when the lane or the bytes are full; `submitted` is then untouched.
  [[nodiscard]] bool try_push(Lane lane, Submitted&& submitted);
  /// The next one, if there is any and it has at most `room_bytes`; one that has more than a whole
  /// batch may hold goes alone.
  [[nodiscard]] std::optional<Submitted> pop(std::size_t room_bytes);
  [[nodiscard]] std::size_t size(Lane lane) const;
  [[nodiscard]] bool empty() const { return interactive_.empty() && intake_.empty(); }

 private:
  std::deque<Submitted> interactive_;
  std::deque<Submitted> intake_;
  std::size_t bytes_ = 0;
};

}  // namespace deskwire
