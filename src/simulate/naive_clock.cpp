// SPDX-License-Identifier: Apache-2.0
#include "simulate/naive_clock.hpp"

#include <algorithm>

namespace deskwire::sim {

Duration naive_elapsed(const Calendar* calendar, Instant from, Instant to) {
  if (to <= from) return {};
  if (!calendar) return to - from;
  Duration sum;
  for (const OpenInterval& open : calendar->open) {
    if (open.begin >= to) break;
    const Instant begin = std::max(open.begin, from);
    const Instant end = std::min(open.end, to);
    if (begin < end) sum = sum + (end - begin);
  }
  return sum;
}

Instant naive_deadline(const Calendar* calendar, Instant from, Duration amount) {
  if (!calendar) return from + amount;
  Duration left = amount;
  for (const OpenInterval& open : calendar->open) {
    if (open.end <= from) continue;
    const Instant begin = std::max(open.begin, from);
    if (left <= open.end - begin) return begin + left;
    left = left - (open.end - begin);
  }
  return kNever;
}

void NaiveClock::start(const Calendar* calendar, Duration target, Instant at) {
  *this = {};
  started_ = running_ = true;
  calendar_ = calendar;
  target_ = target;
  since_ = at;
}

void NaiveClock::pause(Instant at) {
  if (!running_) return;
  note_miss(at);
  stretches_.push_back({since_, at});
  running_ = false;
}

void NaiveClock::resume(Instant at) {
  if (!started_ || running_ || stopped_) return;
  running_ = true;
  since_ = at;
}

void NaiveClock::stop(Instant at) {
  if (!started_) return;
  ran_when_stopped_ = running_;
  pause(at);
  stopped_ = true;
  stopped_at_ = idle_since_ = at;
}

void NaiveClock::settle(Instant stopped_at, Instant at) {
  if (!started_) return;
  if (breach_seen && !missed_) {
    missed_due_ = due();
    missed_ = true;
  }
  ran_when_stopped_ = running_;
  if (running_) stretches_.push_back({since_, at});
  running_ = false;
  stopped_ = true;
  stopped_at_ = stopped_at;
  idle_since_ = at;
}

void NaiveClock::take_back_stop(Instant at, Duration target) {
  if (!stopped_) return;
  if (!missed_ && target > Duration{}) target_ = target;
  stopped_ = false;
  resume(at);
}

void NaiveClock::forget_stop(Duration target) {
  if (!stopped_) return;
  take_back_stop(ran_when_stopped_ ? stopped_at_ : idle_since_, target);
  if (!ran_when_stopped_) return;
  since_ = stretches_.back().from;
  stretches_.pop_back();
}

void NaiveClock::retarget(Duration target, Instant at) {
  if (!started_ || stopped_) return;
  note_miss(at);
  if (!missed_) target_ = target;
}

Duration NaiveClock::used(Instant now) const {
  Duration sum;
  for (const Stretch& s : stretches_) sum = sum + naive_elapsed(calendar_, s.from, s.to);
  if (running_) sum = sum + naive_elapsed(calendar_, since_, now);
  return sum;
}

void NaiveClock::note_miss(Instant now) {
  if (missed_ || !missed(now)) return;
  missed_due_ = due();
  missed_ = true;
}

Instant NaiveClock::due() const {
  if (missed_) return missed_due_;
  if (!running_) return kNever;
  return naive_deadline(calendar_, since_, std::max(Duration{}, target_ - used(since_)));
}

bool NaiveClock::missed(Instant now) const {
  if (!started_) return false;
  return missed_ || (running_ && due() <= now);
}

}  // namespace deskwire::sim
