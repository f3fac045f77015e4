// SPDX-License-Identifier: Apache-2.0
#include "runtime/clock.hpp"

#include <algorithm>
#include <utility>

namespace deskwire {
namespace {

/// A forward difference up to this is drift and scheduling; over it someone set the clock, or the
/// machine slept.
constexpr Duration kStep = seconds(30);

Duration since(SteadyTime from, SteadyTime to) {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count()};
}

}  // namespace

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

Instant system_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

DeskClock::DeskClock(ClockSource source)
    : source_(std::move(source)),
      last_(source_.system()),
      last_system_(last_),
      last_steady_(source_.steady()),
      anchor_(last_),
      anchor_steady_(last_steady_) {}

void DeskClock::restore(Instant last) {
  last_ = std::max(last_, last);
  anchor_ = last_;
}

Instant DeskClock::now() const {
  return std::max(source_.system(), anchor_ + since(anchor_steady_, source_.steady()) / 2);
}

DeskClock::Reading DeskClock::read() {
  const Instant system = source_.system();
  const SteadyTime steady = source_.steady();
  Reading reading{.now = system, .stepped = {}};
  const Instant slewed = anchor_ + since(anchor_steady_, steady) / 2;
  if (system >= slewed) {
    anchor_ = system;
    anchor_steady_ = steady;
  } else {
    reading.now =
        slewed;  // The anchor stays, or readings a millisecond apart would round the half away.
  }
  const Duration passed = since(last_steady_, steady);
  // A step that only makes up for an earlier backward one moves no countdown, so the desk's own
  // time decides.
  const Duration jump = std::min(system - last_system_, reading.now - last_) - passed;
  if (jump > kStep) reading.stepped = jump;
  last_ = reading.now;
  last_system_ = system;
  last_steady_ = steady;
  return reading;
}

}  // namespace deskwire
