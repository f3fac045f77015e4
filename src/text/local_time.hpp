// SPDX-License-Identifier: Apache-2.0
// Instants as the clocks of a place show them, for sentences.
#pragma once
#include <cstdint>
#include <string>

#include "deskwire/base/instant.hpp"

namespace deskwire::text {

/// A day of the place's own calendar, counted from 1970-01-01, and the time of that day.
struct LocalTime {
  std::int64_t day = 0;
  std::int32_t second = 0;
};

/// In an IANA zone; in UTC if there is no such zone.
[[nodiscard]] LocalTime local_time(Instant at, const std::string& zone);

/// "Wed 3 Jun".
[[nodiscard]] std::string day_in_words(std::int64_t day);
/// "Wed 3 Jun 2026".
[[nodiscard]] std::string date_in_words(std::int64_t day);
/// "14:10", with the seconds where there are any; 86,400 is "24:00".
[[nodiscard]] std::string clock_in_words(std::int32_t second);
/// "2 h 50 m", "45 m", "0 m"; parts of a second are left out.
[[nodiscard]] std::string time_in_words(Duration time);

}  // namespace deskwire::text
