// SPDX-License-Identifier: Apache-2.0
// Business time by binary search. Every question is first turned into the business offset of an
// instant (how much open time lies before it since the calendar began), so deadline and elapsed are
// exact inverses of each other by construction.
#include "deskwire/domain/calendar.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace deskwire {
namespace {

using Open = std::vector<OpenInterval>;

/// The first interval that ends after `at`: the one that contains it, or the next to come.
Open::const_iterator ending_after(const Open& open, Instant at) {
  return std::ranges::partition_point(open, [&](const OpenInterval& i) { return i.end <= at; });
}

Duration total(const Open& open) {
  return open.empty() ? Duration{} : open.back().before + (open.back().end - open.back().begin);
}

/// Business time from the calendar's beginning up to `at`.
Duration offset_of(const Open& open, Instant at) {
  const auto here = ending_after(open, at);
  if (here == open.end()) return total(open);
  return at <= here->begin ? here->before : here->before + (at - here->begin);
}

}  // namespace

Instant Calendar::deadline(Instant start, Duration amount) const {
  if (amount <= Duration{}) {
    const auto here = ending_after(open, start);
    return here == open.end() ? kNever : std::max(start, here->begin);
  }
  const Duration used = offset_of(open, start);
  // Compared this way round because used + amount may not fit into 64 bits.
  if (amount > total(open) - used) return kNever;
  const Duration target = used + amount;
  // The first interval that reaches the target: time running out at closing is due at closing, not
  // at the next opening.
  const auto last = std::ranges::partition_point(
      open, [&](const OpenInterval& i) { return i.before + (i.end - i.begin) < target; });
  return last->begin + (target - last->before);
}

Duration Calendar::elapsed(Instant from, Instant to) const {
  if (to <= from) return Duration{};
  return offset_of(open, to) - offset_of(open, from);
}

bool Calendar::is_open(Instant at) const {
  const auto here = ending_after(open, at);
  return here != open.end() && here->begin <= at;
}

Calendar make_calendar(CalendarId id, std::string name, std::string zone,
                       std::vector<std::pair<Instant, Instant>> intervals) {
  Calendar calendar{.id = id, .name = std::move(name), .zone = std::move(zone), .open = {}};
  calendar.open.reserve(intervals.size());
  Duration before{};
  for (const auto& [begin, end] : intervals) {
    assert(begin < end && (calendar.open.empty() || calendar.open.back().end <= begin));
    calendar.open.push_back({begin, end, before});
    before = before + (end - begin);
  }
  return calendar;
}

}  // namespace deskwire
