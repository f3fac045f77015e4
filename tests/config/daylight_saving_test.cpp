// SPDX-License-Identifier: Apache-2.0
// A deadline and the time that elapses up to it are inverses, wherever clocks are changed.
#include <array>
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "config/calendars.hpp"

using namespace deskwire;
using namespace deskwire::config;

namespace {

constexpr int kYear = 2023;  // Over, so that no law can still change it.
constexpr std::int64_t kDayS = 86'400;
constexpr std::int64_t kFirstDay = 19'358;  // 2023-01-01

// Every one changed its clocks twice that year: by hours and half hours, in both hemispheres, at
// midnight and in the night.
constexpr std::array kZones{
    "Europe/Berlin",    "Europe/London",       "Europe/Lisbon",    "Europe/Athens",
    "Europe/Chisinau",  "Atlantic/Azores",     "Asia/Jerusalem",   "Asia/Beirut",
    "Africa/Cairo",     "America/New_York",    "America/Chicago",  "America/Los_Angeles",
    "America/St_Johns", "America/Havana",      "America/Santiago", "America/Asuncion",
    "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham"};

/// Days whose local length is not 24 hours.
std::vector<std::int64_t> days_of_change(const Zone& zone) {
  std::vector<std::int64_t> days;
  for (std::int64_t day = kFirstDay; day < kFirstDay + 365; ++day)
    if (zone.to_utc((day + 1) * kDayS) - zone.to_utc(day * kDayS) != kDayS) days.push_back(day);
  return days;
}

/// Nights, lunch breaks and whole days, so that changes fall into, beside and between the hours.
std::vector<CalendarSpec> weeks() {
  CalendarSpec round_the_clock, office, nights, small_hours;
  for (auto& day : round_the_clock.hours) day = {{0, 86'400, {}}};
  for (auto& day : office.hours) day = {{9 * 3600, 12 * 3600, {}}, {13 * 3600, 17 * 3600, {}}};
  for (auto& day : nights.hours) day = {{22 * 3600, 30 * 3600, {}}};
  for (auto& day : small_hours.hours) day = {{0, 3600 + 1800, {}}, {9000, 10'800, {}}};
  return {round_the_clock, office, nights, small_hours};
}

}  // namespace

TEST_CASE("what elapses up to a deadline is the time that was given, over 20 zones' changes") {
  std::mt19937_64 random(19);
  for (const std::string name : kZones) {
    CAPTURE(name);
    const auto zone = Zone::find(name);
    REQUIRE(zone);
    const auto changes = days_of_change(*zone);
    REQUIRE(changes.size() == 2);
    for (const CalendarSpec& spec : weeks()) {
      const auto calendar =
          make_calendar({1}, "week", name, expand(spec, *zone, kYear - 1, kYear + 1));
      for (const std::int64_t day : changes)
        for (int n = 0; n < 100; ++n) {
          const Instant change{zone->to_utc(day * kDayS) * 1000};
          const Instant start =
              change - days(2) + Duration{static_cast<std::int64_t>(random() % days(4).ms)};
          const Duration amount{1 + static_cast<std::int64_t>(random() % days(3).ms)};
          const Instant due = calendar.deadline(start, amount);
          REQUIRE(calendar.elapsed(start, due) == amount);
          REQUIRE(calendar.elapsed(start, due - milliseconds(1)) == amount - milliseconds(1));
        }
    }
  }
}

TEST_CASE("a day around the clock is as long as its zone makes it, on each day of change") {
  int seen = 0;
  for (const std::string name : kZones) {
    CAPTURE(name);
    const auto zone = Zone::find(name).value();
    const auto calendar =
        make_calendar({1}, "always", name, expand(weeks().front(), zone, kYear - 1, kYear + 1));
    for (const std::int64_t day : days_of_change(zone)) {
      const Instant begin{zone.to_utc(day * kDayS) * 1000},
          end{zone.to_utc((day + 1) * kDayS) * 1000};
      REQUIRE(calendar.elapsed(begin, end) == end - begin);
      REQUIRE(calendar.deadline(begin, end - begin) == end);
      ++seen;
    }
  }
  CHECK(seen == 40);
}
