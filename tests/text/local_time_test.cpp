// SPDX-License-Identifier: Apache-2.0
// What a place's clocks show, in words.
#include "text/local_time.hpp"

#include <catch2/catch.hpp>

using namespace deskwire;
using namespace deskwire::text;

namespace {

/// 2026-03-29T01:00:00Z: Berlin's clocks go from 02:00 to 03:00.
constexpr Instant spring_forward{1'774'746'000'000};

std::string shown(Instant at, const std::string& zone) {
  const LocalTime time = local_time(at, zone);
  return date_in_words(time.day) + " " + clock_in_words(time.second);
}

}  // namespace

TEST_CASE("an instant is told by the clocks of a place") {
  CHECK(shown(spring_forward - seconds(1), "Europe/Berlin") == "Sun 29 Mar 2026 01:59:59");
  CHECK(shown(spring_forward, "Europe/Berlin") == "Sun 29 Mar 2026 03:00");
  CHECK(shown(spring_forward, "America/New_York") == "Sat 28 Mar 2026 21:00");
  CHECK(shown(spring_forward, "Asia/Kathmandu") == "Sun 29 Mar 2026 06:45");
  CHECK(shown(Instant{-1}, "UTC") == "Wed 31 Dec 1969 23:59:59");
}

TEST_CASE("a zone that is not there is UTC") {
  CHECK(shown(spring_forward, "Moon/Base") == "Sun 29 Mar 2026 01:00");
  CHECK(shown(spring_forward, "") == "Sun 29 Mar 2026 01:00");
}

TEST_CASE("lengths of time leave out what is nought") {
  CHECK(time_in_words(hours(8)) == "8 h");
  CHECK(time_in_words(minutes(170)) == "2 h 50 m");
  CHECK(time_in_words(seconds(61)) == "1 m 1 s");
  CHECK(time_in_words(milliseconds(999)) == "0 m");
  CHECK(clock_in_words(86'400) == "24:00");
}
