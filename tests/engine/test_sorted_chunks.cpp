// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <cstdint>
#include <set>
#include <vector>

#include "engine/sorted_chunks.hpp"

using deskwire::SortedChunks;

TEST_CASE("sorted chunks behave like a set over a long random life") {
  SortedChunks<int, 8> chunks;
  std::set<int> set;
  std::uint64_t dice = 7;
  for (int i = 0; i < 20'000; ++i) {
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    const int value = static_cast<int>((dice >> 33) % 500);
    const bool inserts = (dice >> 20) % 5 < (i < 10'000 ? 3u : 2u);
    if (inserts)
      REQUIRE(chunks.insert(value) == set.insert(value).second);
    else
      REQUIRE(chunks.erase(value) == (set.erase(value) == 1));
    REQUIRE(chunks.size() == set.size());
    if (!set.empty()) REQUIRE(chunks.front() == *set.begin());
  }
  std::vector<int> walked;
  chunks.walk([&](int v) { return walked.push_back(v), true; });
  CHECK(walked == std::vector<int>(set.begin(), set.end()));
  for (int v = -1; v <= 500; v += 7)
    CHECK(chunks.count_below(v) ==
          static_cast<std::size_t>(std::distance(set.begin(), set.lower_bound(v))));
}
