// SPDX-License-Identifier: Apache-2.0
// Calendars as people write them become UTC intervals: daylight saving, overnight shifts, holidays
// and their files.
#include "config/calendar_spec.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "config/calendars.hpp"
#include "config/holidays_ical.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

TEST_CASE(
    "a shift over the spring change is an hour shorter and over the autumn change an hour longer") {
  const auto night = expanded(every_day("22:00-06:00"), "Europe/Berlin");
  CHECK(night.elapsed(at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")) == hours(7));
  CHECK(night.elapsed(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")) == hours(9));
  CHECK(night.elapsed(at("2026-06-24T12:00:00Z"), at("2026-06-25T12:00:00Z")) == hours(8));
}

TEST_CASE("open around the clock is one interval, midnights and changes included") {
  const auto always = expanded(every_day("00:00-24:00"), "America/New_York");
  REQUIRE(always.open.size() == 1);
  CHECK(always.open[0].begin == at("2024-01-01T05:00:00Z"));
  CHECK(always.open[0].end == at("2028-01-01T05:00:00Z"));
}

TEST_CASE("daylight saving goes on after the last listed transition") {
  const auto office = expanded(every_day("09:00-17:00"), "America/New_York", 2044, 2044);
  CHECK(office.is_open(at("2044-07-01T13:00:00Z")));
  CHECK_FALSE(office.is_open(at("2044-07-01T12:59:59Z")));
  CHECK(office.is_open(at("2044-01-04T14:00:00Z")));
  CHECK_FALSE(office.is_open(at("2044-01-04T13:59:59Z")));
  const auto south = expanded(every_day("09:00-17:00"), "Australia/Sydney", 2044, 2044);
  CHECK(south.is_open(at("2044-01-04T22:00:00Z")));
  CHECK(south.is_open(at("2044-06-30T23:00:00Z")));
  CHECK_FALSE(south.is_open(at("2044-06-30T22:30:00Z")));
}

TEST_CASE("the rule of a zone file agrees with the transitions that are listed") {
  for (const auto* name : {"America/New_York", "Europe/Berlin", "Europe/Dublin", "Australia/Sydney",
                           "America/Nuuk", "Asia/Gaza"}) {
    const auto zone = Zone::find(name).value();
    INFO(name);
    // The same Sunday-based rules hold in 2037 (listed) and 28 years later (by the rule alone):
    // weekdays and leap years repeat.
    constexpr std::int64_t k28Years = 10'227LL * 86'400;
    const std::int64_t begin = at("2037-01-01T00:00:00Z").ms / 1000;
    std::int64_t different = 0;
    for (std::int64_t s = begin; s < begin + 365 * 86'400LL; s += 900)
      different += zone.to_utc(s) + k28Years != zone.to_utc(s + k28Years);
    // Gaza's listed years follow Ramadan, which no rule can say.
    if (std::string_view(name) != "Asia/Gaza") CHECK(different == 0);
  }
}

TEST_CASE("malformed zone rules are no rules") {
  for (const auto* text :
       {"", "UTC0", "<+07>-7", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.1.0,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0x", "E5EDT,M3.2.0,M11.1.0", "<EST5EDT,M3.2.0,M11.1.0",
        "EST5EDT,M3.2.0/999,M11.1.0"})
    CHECK_FALSE(ZoneRule::parse(text));
  CHECK(ZoneRule::parse("EST5EDT,J60/2,300"));
  CHECK(ZoneRule::parse("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"));
}

TEST_CASE(
    "a holiday closes its whole local day, the night before it and the night that begins on it") {
  auto spec = every_day("22:00-06:00");
  spec.holidays.insert(*parse_date("2026-05-01"));
  const auto night = expanded(spec, "Asia/Ho_Chi_Minh");
  CHECK(night.is_open(at("2026-04-30T16:59:59Z")));
  CHECK_FALSE(night.is_open(at("2026-04-30T17:00:00Z")));
  CHECK_FALSE(night.is_open(at("2026-05-01T15:30:00Z")));
  CHECK_FALSE(night.is_open(at("2026-05-01T18:00:00Z")));
  CHECK(night.is_open(at("2026-05-02T15:00:00Z")));
  CHECK(night.elapsed(at("2026-04-29T17:00:00Z"), at("2026-05-03T17:00:00Z")) == hours(8 + 2 + 8));
}

TEST_CASE("Friday 16:30 and an hour is Monday 09:30") {
  CalendarSpec spec;
  for (std::size_t day = 0; day < 5; ++day) spec.hours[day] = {span("09:00-17:00")};
  const auto office = expanded(spec, "Europe/Berlin");
  CHECK(office.deadline(at("2026-06-05T14:30:00Z"), hours(1)) == at("2026-06-08T07:30:00Z"));
}

TEST_CASE("no minute is lost at midnight or at lunch") {
  auto spec = every_day("00:00-24:00");
  CHECK(expanded(spec, "Europe/Berlin")
            .elapsed(at("2026-06-01T00:00:00Z"), at("2026-06-11T00:00:00Z")) == days(10));
  for (auto& day : spec.hours) day = {span("09:00-12:00"), span("13:00-17:00")};
  CHECK(expanded(spec, "Etc/UTC").elapsed(at("2026-06-01T00:00:00Z"), at("2026-06-11T00:00:00Z")) ==
        hours(70));
}

TEST_CASE("any week expands to sorted, disjoint intervals that agree with the clock on the wall") {
  std::mt19937 random(5);
  const std::vector<std::string> zones{"Etc/UTC", "Europe/Berlin", "America/Sao_Paulo",
                                       "Asia/Kathmandu", "Australia/Lord_Howe"};
  for (int round = 0; round < 25; ++round) {
    CalendarSpec spec;
    for (auto& day : spec.hours)
      for (int n = static_cast<int>(random() % 3); n > 0; --n) {
        const auto begin = static_cast<std::int32_t>(random() % 96) * 900;
        day.push_back({begin, begin + static_cast<std::int32_t>(random() % 90 + 1) * 900, {}});
      }
    const auto& name = zones[random() % zones.size()];
    const auto open = expand(spec, Zone::find(name).value(), 2026, 2026);
    for (std::size_t i = 0; i < open.size(); ++i) {
      REQUIRE(open[i].first < open[i].second);
      if (i > 0) REQUIRE(open[i - 1].second < open[i].first);
    }
    const auto calendar = make_calendar({1}, "random", name, open);
    const auto zone = Zone::find(name).value();
    for (int n = 0; n < 200; ++n) {
      const std::int64_t day = 20'460 + static_cast<std::int64_t>(random() % 350),
                         second = static_cast<std::int64_t>(random() % 86'400);
      const auto weekday = static_cast<std::size_t>((day + 3) % 7);
      bool expected = false;
      for (const Span& s : spec.hours[weekday]) expected |= s.begin_s <= second && second < s.end_s;
      for (const Span& s : spec.hours[(weekday + 6) % 7]) expected |= second + 86'400 < s.end_s;
      // An hour that comes twice or never is the daylight saving tests' business.
      const Instant here{zone.to_utc(day * 86'400 + second) * 1000};
      const bool steady =
          zone.to_utc((day - 1) * 86'400) + 86'400 * 3 == zone.to_utc((day + 2) * 86'400);
      if (steady) REQUIRE(calendar.is_open(here) == expected);
    }
  }
}

TEST_CASE("hours and dates are read strictly") {
  CHECK(parse_span("09:00-17:00") == Span{9 * 3600, 17 * 3600, {}});
  CHECK(parse_span("22:00 - 06:00") == Span{22 * 3600, 30 * 3600, {}});
  CHECK(parse_span("00:00-24:00") == Span{0, 86'400, {}});
  CHECK(parse_span("09:00:30-09:01") == Span{32'430, 32'460, {}});
  CHECK(parse_span("12:00-00:00") == Span{43'200, 86'400, {}});
  for (const auto* bad :
       {"", "9:00-17:00", "09:00", "09:00-", "09:00-25:00", "24:00-06:00", "09:00-09:00",
        "09:60-10:00", "-9:00-10:00", "09:00-17:00x", "09:00–17:00", "24:30-25:00", "09:00-24:01"})
    CHECK_FALSE(parse_span(bad));
  for (const auto* bad :
       {"", "2026-1-1", "2026-13-01", "2026-02-29", "20260101", "2026-01-01T", "-026-01-01"})
    CHECK_FALSE(parse_date(bad));
  CHECK(parse_date("2024-02-29"));
}

TEST_CASE("an iCalendar file gives its whole days, recurring and long events too") {
  const std::string file =
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
      "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Christmas\r\nDTSTART;VALUE=DATE:20201225\r\n"
      "DTEND;VALUE=DATE:20201227\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
      "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Once\r\nDTSTART;VALUE=DATE:20260610\r\nEND:VEVENT\r\n"
      "BEGIN:VEVENT\r\nUID:3\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20260611\r\nEND:VEVENT\r\n"
      "END:VCALENDAR\r\n";
  const auto found = holidays_of(file, 2026, 2027);
  REQUIRE(found);
  std::set<Date> expected;
  for (const auto* day : {"2026-12-25", "2026-12-26", "2027-12-25", "2027-12-26", "2026-06-10"})
    expected.insert(*parse_date(day));
  CHECK(*found == expected);
}

TEST_CASE("an iCalendar file that cannot mean holidays is refused with the reason") {
  const auto event = [](const std::string& lines) {
    return holidays_of(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + lines + "END:VEVENT\r\nEND:VCALENDAR\r\n", 2026,
        2027);
  };
  CHECK(event("SUMMARY:Noon\r\nDTSTART:20260101T120000Z\r\n").error() ==
        "the event \"Noon\" with a time of day");
  CHECK(event("SUMMARY:Never\r\n").error() == "the event \"Never\" without a day");
  CHECK(holidays_of("", 2026, 2027).error() == "no iCalendar");
  CHECK(holidays_of("hello", 2026, 2027).error() == "no iCalendar");
  CHECK(holidays_of("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", 2026, 2027).error() == "no event");
  std::mt19937 random(9);
  const std::string seed =
      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY;COUNT="
      "5\r\n"
      "DTEND;VALUE=DATE:20201227\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
  for (int round = 0; round < 2'000; ++round) {
    std::string text = seed;
    // Only inside the event: libical complains about torn BEGIN and END lines on stderr.
    const std::size_t first = text.find("DTSTART"), last = text.find("END:VEVENT");
    for (int edits = 0; edits < 3; ++edits)
      text[first + random() % (last - first)] = static_cast<char>(random() % 95 + 32);
    (void)holidays_of(text, 2026, 2027);
  }
}
