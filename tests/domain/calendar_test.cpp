// SPDX-License-Identifier: Apache-2.0
// Business time: the edges of intervals, and the property that deadline and elapsed undo each
// other.
#include "deskwire/domain/calendar.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <utility>
#include <vector>

using namespace deskwire;

namespace {

/// Open from 10 to 20 and from 30 to 40.
Calendar two_intervals() {
  return make_calendar({1}, "two", "Etc/UTC", {{{10}, {20}}, {{30}, {40}}});
}

Calendar random_calendar(std::mt19937_64& random) {
  std::vector<std::pair<Instant, Instant>> intervals;
  std::uniform_int_distribution<std::int64_t> gap(0, 1000), length(1, 1000);
  Instant at{gap(random)};
  for (int i = 0; i < 200; ++i) {
    const Instant begin = at + Duration{gap(random)};
    at = begin + Duration{length(random)};
    intervals.emplace_back(begin, at);
  }
  return make_calendar({1}, "random", "Etc/UTC", std::move(intervals));
}

}  // namespace

TEST_CASE("intervals are half open") {
  const auto calendar = two_intervals();
  CHECK_FALSE(calendar.is_open({9}));
  CHECK(calendar.is_open({10}));
  CHECK(calendar.is_open({19}));
  CHECK_FALSE(calendar.is_open({20}));
  CHECK_FALSE(calendar.is_open({29}));
  CHECK(calendar.is_open({39}));
  CHECK_FALSE(calendar.is_open({40}));
}

TEST_CASE("a deadline that runs out at closing is due at closing") {
  const auto calendar = two_intervals();
  CHECK(calendar.deadline({10}, {10}) == Instant{20});
  CHECK(calendar.deadline({5}, {10}) == Instant{20});
  CHECK(calendar.deadline({10}, {11}) == Instant{31});
}

TEST_CASE("a deadline counts on over closed time") {
  const auto calendar = two_intervals();
  CHECK(calendar.deadline({15}, {7}) == Instant{32});
  CHECK(calendar.deadline({20}, {1}) == Instant{31});
  CHECK(calendar.deadline({25}, {10}) == Instant{40});
}

TEST_CASE("an amount of nothing is due at once or at the next opening") {
  const auto calendar = two_intervals();
  CHECK(calendar.deadline({12}, {}) == Instant{12});
  CHECK(calendar.deadline({20}, {}) == Instant{30});
  CHECK(calendar.deadline({1}, {}) == Instant{10});
  CHECK(calendar.deadline({40}, {}) == kNever);
}

TEST_CASE("past the last interval nothing becomes due") {
  const auto calendar = two_intervals();
  CHECK(calendar.deadline({10}, {21}) == kNever);
  CHECK(calendar.deadline({50}, {1}) == kNever);
  CHECK(calendar.deadline({10}, {std::numeric_limits<std::int64_t>::max()}) == kNever);
  CHECK(make_calendar({1}, "never", "Etc/UTC", {}).deadline({10}, {1}) == kNever);
}

TEST_CASE("elapsed time counts only open time and never runs backwards") {
  const auto calendar = two_intervals();
  CHECK(calendar.elapsed({0}, {100}) == Duration{20});
  CHECK(calendar.elapsed({15}, {35}) == Duration{10});
  CHECK(calendar.elapsed({22}, {28}) == Duration{0});
  CHECK(calendar.elapsed({35}, {15}) == Duration{0});
  CHECK(calendar.elapsed({15}, {15}) == Duration{0});
}

TEST_CASE("elapsed undoes deadline for any start and any amount") {
  std::mt19937_64 random(20240601);
  for (int round = 0; round < 50; ++round) {
    const auto calendar = random_calendar(random);
    const Instant last = calendar.open.back().end;
    std::uniform_int_distribution<std::int64_t> anywhere(0, last.ms);
    for (int i = 0; i < 400; ++i) {
      const Instant start{anywhere(random)};
      const Duration left = calendar.elapsed(start, last);
      const Duration amount{std::uniform_int_distribution<std::int64_t>(0, left.ms)(random)};
      const Instant due = calendar.deadline(start, amount);
      if (due == kNever) {
        // Only a start after closing for good has no next opening.
        REQUIRE(left == Duration{});
        continue;
      }
      REQUIRE(due >= start);
      REQUIRE(calendar.elapsed(start, due) == amount);
      // And it is the first such instant: a millisecond earlier less had elapsed.
      if (amount > Duration{})
        REQUIRE(calendar.elapsed(start, due - Duration{1}) == amount - Duration{1});
    }
  }
}
