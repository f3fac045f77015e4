// SPDX-License-Identifier: Apache-2.0
// What a queue counts over time.
#include "desk/tally.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "support/builders.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Tally a_tally(Duration within = minutes(10)) {
  Tally tally;
  tally.promise({.within = within, .target_percent = 80, .calendar = {}}, nullptr);
  tally.advance(monday_nine, monday_nine - hours(9));
  return tally;
}

Ending answered(std::uint64_t ticket, Duration waited, Instant at = monday_nine) {
  return {TicketId{ticket}, at - waited, at, AgentId{1}, true};
}

Ending given_up(std::uint64_t ticket, Duration waited) {
  return {TicketId{ticket}, monday_nine - waited, monday_nine, {}, false};
}

std::uint32_t sum(const Slots& slots) { return std::accumulate(slots.begin(), slots.end(), 0U); }

}  // namespace

TEST_CASE("arrivals are counted in the slot they came in, for two hours") {
  Tally tally = a_tally();
  tally.arrived(monday_nine, 1);
  tally.arrived(monday_nine - minutes(1), 1);
  tally.arrived(monday_nine - hours(3), 1);
  tally.arrived(monday_nine + hours(1), 1);
  CHECK(tally.arrivals().back() == 1);
  CHECK(tally.arrivals()[kSlots - 2] == 1);
  CHECK(sum(tally.arrivals()) == 2);
  CHECK(tally.advance(monday_nine + minutes(5), monday_nine - hours(9)));
  CHECK(tally.arrivals().back() == 0);
  CHECK(tally.arrivals()[kSlots - 2] == 1);
  tally.advance(monday_nine + hours(3), monday_nine - hours(9));
  CHECK(sum(tally.arrivals()) == 0);
}

TEST_CASE("the level counts answers in time, late ones, and those who gave up after the time") {
  Tally tally = a_tally();
  tally.end(answered(1, minutes(10)));
  tally.end(answered(2, minutes(10) + milliseconds(1)));
  tally.end(given_up(3, minutes(11)));
  tally.end(given_up(4, minutes(2)));  // Nobody's fault: not counted.
  CHECK(tally.level().met == 1);
  CHECK(tally.level().total == 3);
  CHECK(sum(tally.answered()) == 2);
  SECTION("what turns out never to have arrived is taken back") {
    tally.undo(answered(1, minutes(10)));
    CHECK(tally.level().met == 0);
    CHECK(tally.level().total == 2);
    CHECK(sum(tally.answered()) == 1);
  }
  SECTION("a new promise judges today anew") {
    tally.promise({.within = hours(1), .target_percent = 90, .calendar = {}}, nullptr);
    CHECK(tally.level().met == 2);
    CHECK(tally.level().total == 2);
  }
  SECTION("a new day begins at nothing") {
    CHECK(tally.advance(monday_nine + hours(16), monday_nine + hours(15)));
    CHECK(tally.level().total == 0);
  }
}

TEST_CASE("a promise in office hours does not count the night") {
  Tally tally;
  const auto hours_of_office = std::make_shared<const Calendar>(office_calendar());
  tally.promise({.within = minutes(30), .target_percent = 80, .calendar = office_hours},
                hours_of_office);
  tally.advance(monday_nine + days(1), monday_nine + hours(15));
  const Instant tuesday = monday_nine + days(1) + minutes(5);
  tally.end(answered(1, tuesday - (monday_nine + hours(7) + minutes(40)), tuesday));
  CHECK(tally.level().met == 1);
}

TEST_CASE("waits are expected from how fast tickets were taken lately") {
  Tally tally = a_tally();
  CHECK_FALSE(tally.pace(monday_nine));
  for (int i = 10; i > 0; --i) tally.taken(monday_nine - minutes(i), minutes(2));
  const auto pace = tally.pace(monday_nine);
  REQUIRE(pace);
  // Ten in ten minutes: the fifth in line has its turn in five.
  CHECK(pace->until_turn(5) == minutes(5));
  CHECK(pace->expected(0).half == minutes(2));
  CHECK(pace->expected(20).half == minutes(20));
  CHECK(pace->expected(20).most > minutes(20));
  CHECK_FALSE(tally.pace(monday_nine + hours(1)));
}
