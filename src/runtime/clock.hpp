// SPDX-License-Identifier: Apache-2.0
// The only place that asks what time it is. Everything else is told. Time never goes back: after
// the system clock stepped backwards, the desk's clock runs at half speed until the system's has
// caught up, so that no countdown stands still.
#pragma once
#include <chrono>
#include <functional>

#include "deskwire/base/instant.hpp"

namespace deskwire {

/// Never steps and never goes back; for measuring and for timers.
using SteadyTime = std::chrono::steady_clock::time_point;

[[nodiscard]] SteadyTime steady_now();
[[nodiscard]] Instant system_now();

/// Where a DeskClock looks; tests put their own here.
struct ClockSource {
  std::function<Instant()> system = system_now;
  std::function<SteadyTime()> steady = steady_now;
};

/// Business time. One thread only.
class DeskClock {
 public:
  struct Reading {
    Instant now;
    Duration stepped;  ///< By how much the system clock was set forward since the last reading; 0
                       ///< up to 30 s.
  };

  explicit DeskClock(ClockSource source = {});

  /// Never before `last`: the time of the last journal row.
  void restore(Instant last);
  /// A step is reported by one reading only; whoever takes it must tell the engine (ClockStepped).
  [[nodiscard]] Reading read();
  /// The same time without taking a step: for timers, which only ask whether something is due.
  [[nodiscard]] Instant now() const;
  [[nodiscard]] SteadyTime steady() const { return source_.steady(); }

 private:
  ClockSource source_;
  Instant last_;  ///< What the last reading said.
  Instant last_system_;
  SteadyTime last_steady_;
  Instant anchor_;  ///< Half speed counts from here while the system's clock is behind.
  SteadyTime anchor_steady_;
};

}  // namespace deskwire
