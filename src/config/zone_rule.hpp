// SPDX-License-Identifier: Apache-2.0
// The rule in the last line of a zone file (POSIX TZ as extended by RFC 8536 §3.3), such as
// "EST5EDT,M3.2.0,M11.1.0": what holds after the last listed transition, which for today's files is
// 2037.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace deskwire::config {

class ZoneRule {
 public:
  /// nullopt for what is malformed or has no daylight saving.
  static std::optional<ZoneRule> parse(std::string_view text);
  /// Offset from UTC in seconds for a local time (in seconds as if UTC): that before the change for
  /// a time that does not exist and for one that comes twice.
  [[nodiscard]] std::int64_t offset_at(std::int64_t local_s) const;

 private:
  struct Change {
    enum class Form : std::uint8_t {
      month_week_day,
      julian,
      day_of_year
    } form = Form::month_week_day;
    int month = 1, week = 1, day = 0;
    std::int64_t time_s = 7200;  ///< Local time of that day, by the clock before the change.
  };
  friend class RuleParser;
  static std::int64_t begins(const Change& change, int year);

  std::int64_t standard_s_ = 0, daylight_s_ = 0;
  Change to_daylight_, to_standard_;
};

}  // namespace deskwire::config
