// SPDX-License-Identifier: Apache-2.0
#include "desk/tally.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace deskwire {
namespace {

/// More say nothing that these do not.
constexpr std::size_t kTakenKept = 1024;
/// Shorter than this nothing is known of a rate.
constexpr Duration kLeastSpan = minutes(5);
/// The 90 % point of the standard normal distribution: the time until the k-th ticket is taken has
/// mean k / rate and deviation √k / rate.
constexpr double kNineOfTen = 1.2816;

Duration rounded(double ms) { return {static_cast<std::int64_t>(std::ceil(ms))}; }

Duration quantile(std::vector<Duration>& waits, std::size_t tenths) {
  const std::size_t place = std::min(waits.size() - 1, waits.size() * tenths / 10);
  const auto nth = waits.begin() + static_cast<std::ptrdiff_t>(place);
  std::ranges::nth_element(waits, nth);
  return *nth;
}

}  // namespace

void Ring::add(Instant at, int by) {
  const std::int64_t slot = slot_of(at);
  if (slot > newest_ || slot <= newest_ - static_cast<std::int64_t>(kSlots)) return;
  counts_[place_of(slot)] += static_cast<std::uint32_t>(by);
}

bool Ring::advance(Instant now) {
  const std::int64_t slot = slot_of(now);
  if (slot <= newest_) return false;
  const auto steps = std::min<std::int64_t>(slot - newest_, kSlots);
  for (std::int64_t i = 0; i < steps; ++i) counts_[place_of(slot - i)] = 0;
  newest_ = slot;
  return true;
}

Slots Ring::slots() const {
  Slots out{};
  for (std::size_t i = 0; i < kSlots; ++i)
    out[i] = counts_[place_of(newest_ + 1 + static_cast<std::int64_t>(i))];
  return out;
}

Duration Pace::until_turn(std::size_t place) const {
  return rounded(static_cast<double>(place) / per_ms);
}

ExpectedWait Pace::expected(std::size_t waiting) const {
  const auto ahead = static_cast<double>(waiting);
  return {.half = std::max(half, rounded(ahead / per_ms)),
          .most = std::max(most, rounded((ahead + kNineOfTen * std::sqrt(ahead)) / per_ms))};
}

Standing Tally::standing(const Ending& ending) const {
  const Duration waited = hours_ ? hours_->elapsed(ending.asked_at, ending.at)
                                 : std::max(Duration{}, ending.at - ending.asked_at);
  if (waited > promise_.within) return Standing::missed;
  return ending.answered ? Standing::met : Standing::uncounted;
}

void Tally::count(const Ending& ending, bool in) {
  const Standing how = standing(ending);
  if (how == Standing::met) in ? ++met_ : --met_;
  if (how == Standing::missed) in ? ++missed_ : --missed_;
}

void Tally::end(const Ending& ending) {
  if (ending.answered) answered_.add(ending.at, 1);
  if (ending.at < day_) return;
  // They come in the order of their times, but for what is read at the start.
  endings_.insert(std::ranges::upper_bound(endings_, ending.at, {}, &Ending::at), ending);
  count(ending, true);
}

void Tally::undo(const Ending& ending) {
  if (ending.answered) answered_.add(ending.at, -1);
  const auto same = std::ranges::equal_range(endings_, ending.at, {}, &Ending::at);
  const auto found = std::ranges::find(same, ending.ticket, &Ending::ticket);
  if (found == same.end()) return;
  count(*found, false);
  endings_.erase(found);
}

void Tally::taken(Instant at, Duration waited) {
  taken_.push_back({at, std::max(Duration{}, waited)});
  if (taken_.size() > kTakenKept) taken_.pop_front();
}

void Tally::promise(const ServiceLevel& level, std::shared_ptr<const Calendar> hours) {
  promise_ = level;
  hours_ = std::move(hours);
  met_ = missed_ = 0;
  for (const Ending& ending : endings_) count(ending, true);
}

bool Tally::advance(Instant now, Instant day) {
  const bool new_day = day > day_;
  if (new_day) {
    day_ = day;
    endings_.clear();
    met_ = missed_ = 0;
  }
  const bool new_slot = arrivals_.advance(now);
  answered_.advance(now);
  return new_slot || new_day;
}

std::optional<Pace> Tally::pace(Instant now) {
  while (!taken_.empty() && taken_.front().at < now - kRecent) taken_.pop_front();
  if (taken_.empty()) return std::nullopt;
  std::vector<Duration> waits;
  waits.reserve(taken_.size());
  for (const Taken& one : taken_) waits.push_back(one.waited);
  const Duration span = std::max(kLeastSpan, now - taken_.front().at);
  return Pace{.per_ms = static_cast<double>(taken_.size()) / static_cast<double>(span.ms),
              .half = quantile(waits, 5),
              .most = quantile(waits, 9)};
}

}  // namespace deskwire
