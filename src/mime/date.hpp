// SPDX-License-Identifier: Apache-2.0
// The Date of a mail (RFC 5322 §3.3 and §4.3), read generously. It is shown, never believed: no
// clock starts from it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire::mime {

struct Date {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int zone_minutes = 0;  ///< East of Greenwich.
  friend bool operator==(const Date&, const Date&) = default;
};

/// From a raw value; what stands before the last semicolon (as in Received) is passed over.
[[nodiscard]] std::optional<Date> parse_date(std::string_view raw);
[[nodiscard]] Instant to_instant(const Date& date);
/// "Tue, 01 Jul 2003 08:52:37 +0000".
[[nodiscard]] std::string format_date(Instant at);

}  // namespace deskwire::mime
