// SPDX-License-Identifier: Apache-2.0
// Business time. `config` expands zones, week hours, overnight shifts and holidays into half-open
// UTC intervals once, so that every question here is a binary search (O(log n)), exact over
// daylight saving. Property: elapsed(a, deadline(a, x)) == x.
#pragma once
#include <string>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"

namespace deskwire {

/// Open from `begin` (inclusive) to `end` (exclusive); `before` is the business time of all earlier
/// intervals together.
struct OpenInterval {
  Instant begin, end;
  Duration before;
};

struct Calendar {
  CalendarId id;
  std::string name;
  std::string zone;                ///< IANA name, for people.
  std::vector<OpenInterval> open;  ///< Sorted, disjoint; beyond the last interval nothing opens.

  /// When `amount` of business time after `start` is used up; `kNever` past the expanded years.
  /// amount 0 gives `start` itself when open, else the next opening.
  [[nodiscard]] Instant deadline(Instant start, Duration amount) const;
  /// Business time between two instants; 0 when `to` is not after `from`.
  [[nodiscard]] Duration elapsed(Instant from, Instant to) const;
  [[nodiscard]] bool is_open(Instant at) const;
};

/// Builds the running totals; intervals must be sorted and disjoint.
Calendar make_calendar(CalendarId id, std::string name, std::string zone,
                       std::vector<std::pair<Instant, Instant>> intervals);

}  // namespace deskwire
