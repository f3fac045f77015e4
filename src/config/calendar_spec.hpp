// SPDX-License-Identifier: Apache-2.0
// A calendar as people write it (hours a weekday, holidays, dates that differ) and its expansion to
// UTC.
#pragma once
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "config/source_text.hpp"
#include "config/zone.hpp"
#include "deskwire/base/instant.hpp"

namespace deskwire::config {

using Date = std::chrono::year_month_day;

/// Open from `begin` to `end`, in seconds from the local midnight that the day begins with; an
/// overnight span ends past 24:00.
struct Span {
  std::int32_t begin_s = 0, end_s = 0;
  Place place;  ///< Where it stands in the file.
  friend bool operator==(const Span& a, const Span& b) {
    return a.begin_s == b.begin_s && a.end_s == b.end_s;
  }
};

struct CalendarSpec {
  std::string name;
  std::string zone;                        ///< Empty: the desk's.
  std::array<std::vector<Span>, 7> hours;  ///< From Monday.
  std::set<Date> holidays;                 ///< Closed from midnight to midnight; no shift begins.
  std::map<Date, std::vector<Span>>
      shifts;  ///< These dates have these hours instead of their weekday's.
  std::map<Date, std::vector<Span>> breaks;  ///< Closed although open otherwise.
};

/// "09:00-17:00", with seconds if need be; an end at or before the beginning is on the next day;
/// "24:00" is an end.
std::optional<Span> parse_span(std::string_view text);
/// "2026-12-24".
std::optional<Date> parse_date(std::string_view text);

/// The pair of spans of one week that overlap, overnight ones and Sunday's into Monday included.
std::optional<std::pair<Span, Span>> overlap_in_week(const std::array<std::vector<Span>, 7>& hours);
std::optional<std::pair<Span, Span>> overlap_in_day(const std::vector<Span>& spans);

/// Sorted, disjoint, not even touching intervals over the local years from first to last.
std::vector<std::pair<Instant, Instant>> expand(const CalendarSpec& spec, const Zone& zone,
                                                int first_year, int last_year);

}  // namespace deskwire::config
