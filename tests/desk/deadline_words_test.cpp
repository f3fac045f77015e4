// SPDX-License-Identifier: Apache-2.0
// A deadline counted the way a person would.
#include "desk/deadline_words.hpp"

#include <catch2/catch.hpp>

#include "support/builders.hpp"

using namespace deskwire;
using namespace deskwire::test;
using Lines = std::vector<std::string>;

namespace {

/// Mondays to Fridays 09:00–17:00 from Monday, 2024-01-01, in Berlin's winter; nothing on the 4th.
Calendar a_calendar() {
  std::vector<std::pair<Instant, Instant>> open;
  for (int day = 0; day < 60; ++day) {
    if (day % 7 >= 5 || day == 3) continue;
    const Instant begin = monday_nine - hours(1) + days(day);
    open.emplace_back(begin, begin + hours(8));
  }
  return make_calendar(office_hours, "office", "Europe/Berlin", std::move(open));
}

Policy a_promising_policy() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  policy.calendars = {a_calendar()};
  return policy;
}

/// Wednesday 14:10 in Berlin.
constexpr Instant asked_at = monday_nine + days(2) + hours(4) + minutes(10);

Clock a_clock(const Policy& policy, Duration target) {
  Clock clock;
  clock.sla = standard_sla;
  clock.calendar = office_hours;
  clock.target = target;
  clock.started_at = clock.resumed_at = asked_at;
  clock.due_at = policy.calendars.front().deadline(asked_at, target);
  return clock;
}

const std::string promise =
    " of open time by the calendar office (Europe/Berlin), from Wed 3 Jan 2024 14:10 on.";

}  // namespace

TEST_CASE("a deadline is the promise, each stretch of open time, what is closed, and the end") {
  const Policy policy = a_promising_policy();
  CHECK(words::derivation(a_clock(policy, hours(8)), policy) ==
        Lines{"The service level standard promises a first answer within 8 h" + promise,
              "Wed 3 Jan 14:10–17:00: 2 h 50 m", "Thu 4 Jan: closed",
              "Fri 5 Jan 09:00–14:10: 5 h 10 m", "Due Fri 5 Jan 14:10."});
}

TEST_CASE("a weekend is one line") {
  const Policy policy = a_promising_policy();
  const Lines told = words::derivation(a_clock(policy, hours(12)), policy);
  CHECK(Lines(told.begin() + 3, told.end()) ==
        Lines{"Fri 5 Jan 09:00–17:00: 8 h", "Sat 6 Jan – Sun 7 Jan: closed",
              "Mon 8 Jan 09:00–10:10: 1 h 10 m", "Due Mon 8 Jan 10:10."});
}

TEST_CASE("a question after hours begins with what is closed") {
  const Policy policy = a_promising_policy();
  Clock clock = a_clock(policy, hours(1));
  clock.started_at = clock.resumed_at = asked_at + hours(4);
  clock.due_at = policy.calendars.front().deadline(clock.resumed_at, hours(1));
  Lines told = words::derivation(clock, policy);
  CHECK(Lines(told.begin() + 1, told.end()) == Lines{"Wed 3 Jan 18:10 – Thu 4 Jan: closed",
                                                     "Fri 5 Jan 09:00–10:00: 1 h",
                                                     "Due Fri 5 Jan 10:00."});
  clock.started_at = clock.resumed_at = asked_at - days(1) + hours(4);
  clock.due_at = policy.calendars.front().deadline(clock.resumed_at, hours(1));
  told = words::derivation(clock, policy);
  CHECK(told[1] == "Tue 2 Jan from 18:10: closed");
}

TEST_CASE("what was used before a rest is said, and only the rest is counted") {
  const Policy policy = a_promising_policy();
  Clock clock = a_clock(policy, hours(8));
  clock.used = hours(2);
  clock.resumed_at = asked_at + days(2);
  clock.due_at = policy.calendars.front().deadline(clock.resumed_at, hours(6));
  const Lines told = words::derivation(clock, policy);
  CHECK(Lines(told.begin() + 1, told.end()) ==
        Lines{"2 h of it were used before Fri 5 Jan 14:10.", "Fri 5 Jan 14:10–17:00: 2 h 50 m",
              "Sat 6 Jan – Sun 7 Jan: closed", "Mon 8 Jan 09:00–12:10: 3 h 10 m",
              "Due Mon 8 Jan 12:10."});
}

TEST_CASE("a long promise is told at both ends and summed up between") {
  const Policy policy = a_promising_policy();
  const Lines told = words::derivation(a_clock(policy, hours(160)), policy);
  CHECK(std::ranges::count(told, "and so on, 10 times: 80 h") == 1);
  CHECK(told.back() == "Due Thu 1 Feb 14:10.");
  CHECK(told.size() < 20);
}

TEST_CASE("midnight is the end of its day, and a night shift names both") {
  Policy policy = a_promising_policy();
  policy.calendars = {make_calendar(office_hours, "nights", "UTC",
                                    {{monday_nine + hours(8), monday_nine + hours(15)},
                                     {monday_nine + hours(37), monday_nine + hours(45)}})};
  Clock clock = a_clock(policy, hours(10));
  clock.started_at = clock.resumed_at = monday_nine;
  clock.due_at = policy.calendars.front().deadline(monday_nine, hours(10));
  const Lines told = words::derivation(clock, policy);
  CHECK(Lines(told.begin() + 1, told.end()) == Lines{"Mon 1 Jan 17:00–24:00: 7 h",
                                                     "Tue 2 Jan 22:00–Wed 3 Jan 01:00: 3 h",
                                                     "Due Wed 3 Jan 01:00."});
}

TEST_CASE("a clock that rests, was kept or has passed says so") {
  const Policy policy = a_promising_policy();
  Clock clock = a_clock(policy, hours(8));
  clock.state = ClockState::paused;
  clock.used = hours(2);
  CHECK(words::derivation(clock, policy).back() ==
        "It rests while the ticket waits for others; 6 h are left.");
  clock.state = ClockState::met;
  clock.stopped_at = asked_at + hours(1);
  CHECK(words::derivation(clock, policy).back() == "Kept Wed 3 Jan 15:10, after 3 h.");
  clock.state = ClockState::breached;
  clock.stopped_at = {};
  CHECK(words::derivation(clock, policy).back() == "It passed Fri 5 Jan 14:10.");
}

TEST_CASE("without a calendar every hour counts, in UTC") {
  const Policy policy = a_promising_policy();
  Clock clock = a_clock(policy, hours(4));
  clock.calendar = {};
  clock.due_at = asked_at + hours(4);
  CHECK(words::derivation(clock, policy) ==
        Lines{"The service level standard promises a first answer within 4 h, from Wed 3 Jan 2024 "
              "13:10 UTC on.",
              "Due Wed 3 Jan 17:10 UTC."});
}

TEST_CASE("a deadline that another policy set is not counted by this one's hours") {
  Policy policy = a_promising_policy();
  const Clock clock = a_clock(policy, hours(8));
  policy.calendars = {office_calendar()};
  const Lines told = words::derivation(clock, policy);
  CHECK(told.size() == 2);
  CHECK(told.back() == "Due Fri 5 Jan 13:10.");
}
