// SPDX-License-Identifier: Apache-2.0
#include "deskwire/base/spread_map.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include "deskwire/base/id.hpp"

using namespace deskwire;

TEST_CASE("a spread map holds what a map holds") {
  SpreadMap<TicketId, std::string> spread;
  std::map<TicketId, std::string> plain;
  std::mt19937_64 draw(7);
  for (int i = 0; i < 20'000; ++i) {
    const TicketId id{1 + draw() % 3'000};
    const std::string value = std::to_string(i);
    switch (draw() % 5) {
      case 0:
        CHECK(spread.try_emplace(id, value).second == plain.try_emplace(id, value).second);
        break;
      case 1:
        spread.insert_or_assign(id, value);
        plain.insert_or_assign(id, value);
        break;
      case 2:
        CHECK(spread.erase(id) == plain.erase(id));
        break;
      case 3:
        spread[id] += 'x';
        plain[id] += 'x';
        break;
      default:
        if (const auto found = spread.find(id); found != spread.end()) {
          spread.erase(found);
          plain.erase(id);
        }
    }
    CHECK(spread.contains(id) == plain.contains(id));
  }
  CHECK(spread.size() == plain.size());
  CHECK(std::map<TicketId, std::string>(spread.begin(), spread.end()) == plain);
  const auto& seen = spread;
  CHECK(static_cast<std::size_t>(std::distance(seen.begin(), seen.end())) == plain.size());
  CHECK(seen.at(plain.begin()->first) == plain.begin()->second);
  CHECK_THROWS_AS(seen.at(TicketId{9'999}), std::out_of_range);
}

TEST_CASE("an empty spread map has no first row, and rows stay where they are") {
  SpreadMap<TicketId, int> map;
  CHECK(map.begin() == map.end());
  CHECK(map.find(TicketId{1}) == map.end());
  const int* first = &map[TicketId{1}];
  for (std::uint64_t id = 2; id < 50'000; ++id) map.emplace(TicketId{id}, 1);
  CHECK(first == &map.at(TicketId{1}));
}
