// SPDX-License-Identifier: Apache-2.0
// Every offer is the one that a look at every ticket and every agent gives.
#include <catch2/catch.hpp>

#include "simulate/crowd.hpp"

using namespace deskwire::sim;

TEST_CASE("in 3,000 crowds every offer is the one that the plain way gives") {
  std::size_t offers = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    const CrowdResult result = run_crowd(seed);
    INFO("seed " << seed);
    REQUIRE(result.failure == "");
    offers += result.offers;
  }
  CHECK(offers > 10'000);
}

TEST_CASE("a plain way that looks past skills is found out") {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    if (!run_crowd(seed, true).failure.empty()) ++found;
  CHECK(found > 50);
}
