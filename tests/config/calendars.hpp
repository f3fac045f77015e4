// SPDX-License-Identifier: Apache-2.0
// Calendars and times for tests, written short.
#pragma once
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "config/calendar_spec.hpp"
#include "deskwire/domain/calendar.hpp"

namespace deskwire::config::testing {

/// "2026-01-02T03:04:05" with "Z" or "+11:00" behind it.
inline Instant at(std::string_view text) {
  const auto date = parse_date(text.substr(0, 10)).value();
  const auto number = [&](std::size_t from) {
    return std::stoi(std::string(text.substr(from, 2)));
  };
  std::int64_t s = std::chrono::sys_seconds{std::chrono::sys_days{date}}.time_since_epoch().count();
  s += number(11) * 3600 + number(14) * 60 + number(17);
  if (text.size() > 20) s -= (text[19] == '-' ? -1 : 1) * (number(20) * 3600 + number(23) * 60);
  return {s * 1000};
}

inline Span span(std::string_view text) {
  const auto parsed = parse_span(text);
  REQUIRE(parsed);
  return *parsed;
}

inline CalendarSpec every_day(std::string_view hours) {
  CalendarSpec spec;
  for (auto& day : spec.hours) day = {span(hours)};
  return spec;
}

inline Calendar expanded(const CalendarSpec& spec, const std::string& zone, int first = 2024,
                         int last = 2027) {
  return make_calendar({1}, "test", zone, expand(spec, Zone::find(zone).value(), first, last));
}

}  // namespace deskwire::config::testing
