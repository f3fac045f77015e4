// SPDX-License-Identifier: Apache-2.0
// A service-level clock as a child would keep it: a list of the stretches in which it ran, walked
// through open hour by open hour. No running totals, no binary search, nothing carried forward.
#pragma once
#include <vector>

#include "deskwire/domain/calendar.hpp"
#include "deskwire/domain/entities.hpp"

namespace deskwire::sim {

class NaiveClock {
 public:
  /// `calendar` null: around the clock. It must outlive the clock.
  void start(const Calendar* calendar, Duration target, Instant at);
  void pause(Instant at);
  void resume(Instant at);
  void stop(Instant at);
  /// The stop of `stopped_at`, which might have been taken back until `at`, counts for good.
  void settle(Instant stopped_at, Instant at);
  /// It runs again from `at` on, towards another target if one is given.
  void take_back_stop(Instant at, Duration target);
  /// The same, as if it had never been stopped.
  void forget_stop(Duration target);
  /// Another target from `at` on; a deadline that had passed by then stays missed.
  void retarget(Duration target, Instant at);

  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] bool running() const { return started_ && running_; }
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// When it runs out if it goes on running, or when it did; kNever when it does not run.
  [[nodiscard]] Instant due() const;
  /// Whether it ran out at or before `now`, or before it was stopped.
  [[nodiscard]] bool missed(Instant now) const;
  /// Of stop(); meaningful while stopped().
  [[nodiscard]] Instant stopped_at() const { return stopped_at_; }
  [[nodiscard]] Duration used(Instant now) const;
  [[nodiscard]] Duration target() const { return target_; }

  bool breach_seen = false;  ///< The engine said so.

 private:
  struct Stretch {
    Instant from, to;
  };

  void note_miss(Instant now);

  bool started_ = false, running_ = false, stopped_ = false, missed_ = false;
  bool ran_when_stopped_ = false;
  Instant missed_due_, stopped_at_;
  Instant idle_since_;  ///< Of one that was paused when it was stopped.
  const Calendar* calendar_ = nullptr;
  Duration target_;
  std::vector<Stretch> stretches_;  ///< Ended ones.
  Instant since_;                   ///< Of the running one.
};

/// Business time between two instants, and the instant at which an amount of it is used up.
[[nodiscard]] Duration naive_elapsed(const Calendar* calendar, Instant from, Instant to);
[[nodiscard]] Instant naive_deadline(const Calendar* calendar, Instant from, Duration amount);

}  // namespace deskwire::sim
