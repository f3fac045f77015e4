// SPDX-License-Identifier: Apache-2.0
// An IANA time zone, exact over daylight saving also past the year where the system's table of
// transitions ends.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/zone_rule.hpp"

namespace deskwire::config {

class Zone {
 public:
  static std::optional<Zone> find(const std::string& name);
  /// The known zone a mistyped name probably meant, or empty.
  static std::string nearest(std::string_view name);

  /// Seconds since 1970 of a local time (also counted in seconds from 1970, as if it were UTC). A
  /// time that does not exist moves on by the gap; of a time that comes twice the first is meant.
  [[nodiscard]] std::int64_t to_utc(std::int64_t local_s) const;

 private:
  Zone() = default;
  const void* zone_ =
      nullptr;  ///< date::time_zone, kept by the library for the life of the process.
  std::optional<ZoneRule>
      rule_;  ///< From the zone file's last line; unset without daylight saving.
};

}  // namespace deskwire::config
