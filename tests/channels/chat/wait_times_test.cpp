// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/wait_times.hpp"

#include <catch2/catch.hpp>

using namespace deskwire;
using deskwire::chat::WaitTimes;

namespace {
constexpr QueueId here{1}, there{2};
}

TEST_CASE("too few waits say nothing, and each queue has its own") {
  WaitTimes waits;
  for (int n = 0; n < 4; ++n) waits.taken(here, seconds(10));
  CHECK_FALSE(waits.estimate(here));
  waits.taken(there, seconds(99));
  CHECK_FALSE(waits.estimate(here));
  waits.taken(here, seconds(10));
  REQUIRE(waits.estimate(here));
  CHECK(waits.estimate(here)->half == seconds(10));
  CHECK_FALSE(waits.estimate(there));
}

TEST_CASE("half and nine tenths of the last waits were not longer") {
  WaitTimes waits;
  for (int n = 10; n > 0; --n) waits.taken(here, seconds(n));
  CHECK(waits.estimate(here)->half == seconds(6));
  CHECK(waits.estimate(here)->most == seconds(10));
}

TEST_CASE("old waits are forgotten, and a clock that went back counts as none") {
  WaitTimes waits;
  for (int n = 0; n < 50; ++n) waits.taken(here, hours(1));
  for (int n = 0; n < 50; ++n) waits.taken(here, seconds(-5));
  CHECK(waits.estimate(here)->half == Duration{});
  CHECK(waits.estimate(here)->most == Duration{});
}
