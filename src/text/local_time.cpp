// SPDX-License-Identifier: Apache-2.0
#include "text/local_time.hpp"

#include <date/tz.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace deskwire::text {
namespace {

date::sys_seconds seconds_of(Instant at) {
  return date::floor<std::chrono::seconds>(
      date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at.ms)));
}

date::local_seconds shown(Instant at, const std::string& zone) {
  const date::sys_seconds seconds = seconds_of(at);
  try {
    return date::locate_zone(zone)->to_local(seconds);
  } catch (const std::runtime_error&) {
    return date::local_seconds(seconds.time_since_epoch());
  }
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

date::year_month_day calendar_day(std::int64_t day) {
  return date::year_month_day(date::local_days(date::days(day)));
}

}  // namespace

LocalTime local_time(Instant at, const std::string& zone) {
  const date::local_seconds seconds = shown(at, zone);
  const auto day = date::floor<date::days>(seconds);
  return {day.time_since_epoch().count(), static_cast<std::int32_t>((seconds - day).count())};
}

std::string day_in_words(std::int64_t day) {
  static constexpr std::array kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto date = calendar_day(day);
  const date::weekday weekday{date::local_days(date)};
  return std::string(kWeekdays.at(weekday.c_encoding())) + " " +
         std::to_string(static_cast<unsigned>(date.day())) + " " +
         kMonths.at(static_cast<unsigned>(date.month()) - 1);
}

std::string date_in_words(std::int64_t day) {
  return day_in_words(day) + " " + std::to_string(static_cast<int>(calendar_day(day).year()));
}

std::string clock_in_words(std::int32_t second) {
  std::string words = two_digits(second / 3600) + ":" + two_digits(second / 60 % 60);
  if (second % 60 != 0) words += ":" + two_digits(second % 60);
  return words;
}

std::string time_in_words(Duration time) {
  const std::int64_t seconds = time.ms / 1000;
  std::string words;
  const auto add = [&](std::int64_t number, const char* unit) {
    if (number != 0) words += (words.empty() ? "" : " ") + std::to_string(number) + unit;
  };
  add(seconds / 3600, " h");
  add(seconds / 60 % 60, " m");
  add(seconds % 60, " s");
  return words.empty() ? "0 m" : words;
}

}  // namespace deskwire::text
