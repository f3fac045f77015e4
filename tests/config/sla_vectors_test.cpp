// SPDX-License-Identifier: Apache-2.0
// Other systems' own business-hours assertions, through our expansion of calendars.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "config/calendars.hpp"
#include "config/given.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;
namespace json = boost::json;

namespace {

std::size_t weekday_index(std::string_view name) {
  constexpr std::string_view days = "montuewedthufrisatsun";
  return days.find(name) / 3;
}

std::vector<Span> spans_of(const json::value& hours) {
  std::vector<Span> spans;
  for (const auto& [begin, end] : hours.as_object())
    spans.push_back(span(std::string(begin) + "-" + std::string(end.as_string())));
  return spans;
}

/// The vectors' own form of a schedule.
CalendarSpec spec_of(const json::object& schedule) {
  CalendarSpec spec;
  for (const auto& [day, hours] : schedule.at("hours").as_object())
    spec.hours[weekday_index(std::string_view(day))] = spans_of(hours);
  for (const auto& [day, hours] : schedule.at("shifts").as_object())
    spec.shifts[*parse_date(std::string_view(day))] = spans_of(hours);
  for (const auto& [day, hours] : schedule.at("breaks").as_object())
    spec.breaks[*parse_date(std::string_view(day))] = spans_of(hours);
  for (const auto& day : schedule.at("holidays").as_array())
    spec.holidays.insert(*parse_date(std::string_view(day.as_string())));
  return spec;
}

std::string_view string_at(const json::object& vector, const char* key) {
  return vector.at(key).as_string();
}

/// Latest instant from which `amount` of business time reaches `end`; for no amount at all the last
/// open moment. By bisection on elapsed, since the house itself never counts back.
Instant counted_back(const Calendar& calendar, Instant end, Duration amount) {
  std::int64_t low = calendar.open.front().begin.ms, high = end.ms;
  const bool nothing = amount == Duration{};
  while (low < high) {
    const std::int64_t middle = nothing ? low + (high - low) / 2 : low + (high - low + 1) / 2;
    const Duration left = calendar.elapsed({middle}, end);
    if (nothing)
      (left > amount ? low = middle + 1 : high = middle);
    else
      (left >= amount ? low = middle : high = middle - 1);
  }
  return {low};
}

/// The same time of day `n` dates with business time on or back, then the nearest open moment that
/// way. In UTC only.
Instant moved_by_days(const Calendar& calendar, Instant start, std::int64_t n, bool after) {
  Instant at = start;
  while (n > 0) {
    at = after ? at + days(1) : at - days(1);
    const Instant midnight{at.ms - at.ms % days(1).ms};
    if (calendar.elapsed(midnight, midnight + days(1)) > Duration{}) --n;
  }
  return after ? calendar.deadline(at, {}) : counted_back(calendar, at, {});
}

bool periods_agree(const json::object& v, const Calendar& calendar, bool after) {
  const Instant origin = at(string_at(v, "origin"));
  std::vector<std::pair<Instant, Instant>> periods;
  for (const auto& i : calendar.open)
    if (after ? i.end > origin : i.begin < origin)
      periods.emplace_back(after ? std::max(i.begin, origin) : i.begin,
                           after ? i.end : std::min(i.end, origin));
  if (!after) std::ranges::reverse(periods);
  const auto& expected = v.at("expected").as_array();
  const auto same = [](const auto& period, const json::value& e) {
    return period.first == at(std::string_view(e.at(0).as_string())) &&
           period.second == at(std::string_view(e.at(1).as_string()));
  };
  return periods.size() >= expected.size() &&
         std::equal(expected.begin(), expected.end(), periods.begin(),
                    [&](const auto& e, const auto& p) { return same(p, e); });
}

bool agrees(const json::object& v) {
  const auto op = string_at(v, "op");
  if (op == "resolve_local_time") {
    const auto zone = Zone::find(std::string(string_at(v, "time_zone"))).value();
    return zone.to_utc(at(string_at(v, "local")).ms / 1000) * 1000 ==
           at(string_at(v, "expected")).ms;
  }
  const auto& schedule = v.at("schedule").as_object();
  if (schedule.contains("that_day")) {
    const auto zone = std::string(string_at(v, "time_zone"));
    const auto hours = string_at(schedule, "that_day");
    const auto calendar =
        expanded(hours == "closed" ? CalendarSpec{} : every_day(hours), zone, 2020, 2023);
    return calendar.is_open(at(string_at(v, "time"))) == v.at("expected").as_bool();
  }
  const auto spec = spec_of(schedule);
  const auto zone = std::string(string_at(schedule, "time_zone"));
  const auto calendar = expanded(spec, zone, 2000, 2020);
  if (op == "in_hours")
    return calendar.is_open(at(string_at(v, "time"))) == v.at("expected").as_bool();
  if (op == "working_seconds_within")
    return calendar.elapsed(at(string_at(v, "start")), at(string_at(v, "end"))) ==
           seconds(v.at("expected_seconds").to_number<std::int64_t>());
  if (op == "on_holiday" || op == "on_break") {
    // A day (or some hours) off alone: what is left of a calendar that never closes.
    auto always = every_day("00:00-24:00");
    if (op == "on_holiday")
      always.holidays = spec.holidays;
    else
      always.breaks = spec.breaks;
    return !expanded(always, zone, 2000, 2020).is_open(at(string_at(v, "time"))) ==
           v.at("expected").as_bool();
  }
  const bool after = string_at(v, "direction") == "after";
  if (op == "open_periods") return periods_agree(v, calendar, after);
  const auto unit = string_at(v, "unit");
  const std::int64_t n = v.at("amount").to_number<std::int64_t>();
  const Duration amount = unit == "hours" ? hours(n) : unit == "minutes" ? minutes(n) : seconds(n);
  const Instant start = at(string_at(v, "start")), expected = at(string_at(v, "expected"));
  if (unit == "days") return moved_by_days(calendar, start, n, after) == expected;
  return (after ? calendar.deadline(start, amount) : counted_back(calendar, start, amount)) ==
         expected;
}

}  // namespace

TEST_CASE("other systems' business-hours vectors hold") {
  const char* given = std::getenv("DESKWIRE_CORPUS");
  const std::filesystem::path corpus = given != nullptr ? given : repository() / "../shared/corpus";
  const std::string vectors = text_of(corpus / "sla_vectors.jsonl");
  if (vectors.empty()) {
    std::cout << "skipped: no corpus\n";
    return;
  }
  int passed = 0, all = 0;
  std::istringstream lines(vectors);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    const auto vector = json::parse(line).as_object();
    INFO(line);
    const bool holds = agrees(vector);
    CHECK(holds);
    passed += holds ? 1 : 0;
    ++all;
  }
  std::cout << "business-hours vectors: " << passed << " of " << all << " hold\n";
  CHECK(all > 0);
}
