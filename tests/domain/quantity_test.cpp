// SPDX-License-Identifier: Apache-2.0
// Durations, sizes and near names as people write them.
#include "deskwire/base/quantity.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <random>

#include "deskwire/base/nearest_name.hpp"
#include "deskwire/domain/policy.hpp"

using namespace deskwire;

TEST_CASE("durations are read with their units from the largest down") {
  CHECK(parse_duration("90s") == seconds(90));
  CHECK(parse_duration("15m") == minutes(15));
  CHECK(parse_duration("8h") == hours(8));
  CHECK(parse_duration("2d") == days(2));
  CHECK(parse_duration("1h30m") == minutes(90));
  CHECK(parse_duration("250ms") == milliseconds(250));
  CHECK(parse_duration("1m250ms") == milliseconds(60'250));
  CHECK(parse_duration("0s") == Duration{});
}

TEST_CASE("what is no duration is refused") {
  for (const auto* text : {"", "5", "s", "-5s", "5 m", "30m1h", "1h1h", "1w", "1.5h",
                           "99999999999d", "36526d", "1h x"})
    CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a printed duration reads back as itself") {
  CHECK(format_duration(minutes(90)) == "1h30m");
  CHECK(format_duration({}) == "0s");
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    const Duration d{static_cast<std::int64_t>(random() % 3'000'000'000ULL)};
    REQUIRE(parse_duration(format_duration(d)) == d);
  }
}

TEST_CASE("sizes are read in bytes and binary units") {
  CHECK(parse_size("512") == 512U);
  CHECK(parse_size("64KiB") == 65'536U);
  CHECK(parse_size("10MiB") == 10U << 20);
  CHECK(parse_size("2GiB") == 2ULL << 30);
  for (const auto* text : {"", "MiB", "10MB", "10 MiB", "-1", "99999999999999GiB", "1.5MiB"})
    CHECK_FALSE(parse_size(text));
  CHECK(format_size(10U << 20) == "10MiB");
  CHECK(format_size(1500) == "1500");
}

TEST_CASE("the nearest name is found for a slip and not for a different word") {
  constexpr std::array<std::string_view, 3> names{"listen", "trusted_proxies", "allowed_origins"};
  CHECK(nearest_name("lisen", names) == "listen");
  CHECK(nearest_name("litsen", names) == "listen");
  CHECK(nearest_name("trusted_proxy", names) == "trusted_proxies");
  CHECK(nearest_name("database", names).empty());
  CHECK(nearest_name("", names).empty());
}

TEST_CASE("names keep their ids and an id is never given twice") {
  NameIds ids;
  CHECK(ids.id_of("queue", "general") == 1);
  CHECK(ids.id_of("queue", "billing") == 2);
  CHECK(ids.id_of("skill", "billing") == 1);
  CHECK(ids.id_of("queue", "general") == 1);
  CHECK(ids.find("queue", "billing") == 2U);
  CHECK_FALSE(ids.find("queue", "gone"));
  CHECK(ids.next.at("queue") == 3);
}
