// SPDX-License-Identifier: Apache-2.0
#include "config/holidays_ical.hpp"

#include <libical/ical.h>

#include <chrono>
#include <memory>

namespace deskwire::config {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

// A country has some twenty holidays a year; thirty years of several countries stay far below.
constexpr std::size_t kMaxDays = 10'000;
constexpr int kMaxEvents = 5'000;
constexpr std::int64_t kMaxEventDays = 366;

struct Freed {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, Freed>;

struct Collector {
  std::set<Date>* days_found;
  std::int64_t length_days;
  sys_days first, last;
};

sys_days day_of(const icaltimetype& time) {
  return sys_days{year{time.year} / std::chrono::month{static_cast<unsigned>(time.month)} /
                  std::chrono::day{static_cast<unsigned>(time.day)}};
}

/// Called by libical for each occurrence, in UTC since all-day events have no zone.
void collect(icalcomponent*, icaltime_span* span, void* data) {
  const auto& into = *static_cast<Collector*>(data);
  const sys_days begin{days{span->start / 86'400}};
  for (std::int64_t i = 0; i < into.length_days && into.days_found->size() < kMaxDays; ++i) {
    const sys_days day = begin + days{i};
    if (day >= into.first && day < into.last) into.days_found->insert(Date{day});
  }
}

icaltimetype at_midnight(sys_days day) {
  const Date date{day};
  icaltimetype time = icaltime_null_time();
  time.year = static_cast<int>(date.year());
  time.month = static_cast<int>(static_cast<unsigned>(date.month()));
  time.day = static_cast<int>(static_cast<unsigned>(date.day()));
  time.zone = icaltimezone_get_utc_timezone();
  return time;
}

/// An event's days; words for a message if it is no whole-day event.
std::string add_event(icalcomponent* event, Collector into) {
  if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return {};
  const icaltimetype start = icalcomponent_get_dtstart(event);
  const char* summary = icalcomponent_get_summary(event);
  const std::string title =
      summary != nullptr ? std::string(summary).substr(0, 60) : "without a title";
  const bool real = start.month >= 1 && start.month <= 12 && start.day >= 1 && start.day <= 31;
  if (icaltime_is_null_time(start) || !real) return "the event \"" + title + "\" without a day";
  if (!start.is_date) return "the event \"" + title + "\" with a time of day";
  const icaltimetype end = icalcomponent_get_dtend(event);
  const bool has_end = !icaltime_is_null_time(end) && end.month >= 1 && end.day >= 1;
  into.length_days = has_end ? std::max<std::int64_t>(1, (day_of(end) - day_of(start)).count()) : 1;
  if (into.length_days > kMaxEventDays) return "the event \"" + title + "\" longer than a year";
  icalcomponent_foreach_recurrence(event, at_midnight(into.first - days{kMaxEventDays}),
                                   at_midnight(into.last), collect, &into);
  return {};
}

}  // namespace

std::expected<std::set<Date>, std::string> holidays_of(const std::string& icalendar, int first_year,
                                                       int last_year) {
  if (icalendar.find('\0') != std::string::npos) return std::unexpected("a zero byte");
  const Component root(icalparser_parse_string(icalendar.c_str()));
  if (root == nullptr) return std::unexpected("no iCalendar");
  if (icalcomponent_count_errors(root.get()) > 0) icalcomponent_strip_errors(root.get());
  icalcomponent* calendar = root.get();
  if (icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT)
    return std::unexpected("something other than one VCALENDAR");
  std::set<Date> found;
  const Collector into{&found, 1, sys_days{year{first_year} / 1 / 1},
                       sys_days{year{last_year + 1} / 1 / 1}};
  int events = 0;
  for (auto* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
       event != nullptr;
       event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
    if (++events > kMaxEvents)
      return std::unexpected("more than " + std::to_string(kMaxEvents) + " events");
    if (const std::string wrong = add_event(event, into); !wrong.empty())
      return std::unexpected(wrong);
  }
  if (events == 0) return std::unexpected("no event");
  if (found.size() >= kMaxDays)
    return std::unexpected("more than " + std::to_string(kMaxDays) + " days");
  return found;
}

}  // namespace deskwire::config
