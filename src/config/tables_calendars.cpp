// SPDX-License-Identifier: Apache-2.0
// Keys of calendars.
#include <chrono>

#include "config/holidays_ical.hpp"
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

constexpr std::size_t kMaxCalendarFileBytes = 1 << 20;
// Wider than any expansion, so that the file's recurrences reach every year asked for.
constexpr int kFirstHolidayYear = 2000, kLastHolidayYear = 2060;

std::string clock_text(std::int32_t s) {
  const auto two = [](std::int32_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::int32_t of_day = s % 86'400 == 0 && s > 0 ? 86'400 : s % 86'400;
  return two(of_day / 3600) + ":" + two(of_day / 60 % 60) +
         (of_day % 60 != 0 ? ":" + two(of_day % 60) : "");
}

std::string span_text(const Span& span) {
  return clock_text(span.begin_s) + "-" + clock_text(span.end_s);
}

Kind<Span> span() {
  Shape shape{.words = "hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00",
              .pattern = "^\\d\\d:\\d\\d(:\\d\\d)? ?- ?\\d\\d:\\d\\d(:\\d\\d)?$"};
  return {shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<Span> {
            auto value = node.kind == Node::Kind::scalar ? parse_span(node.scalar) : std::nullopt;
            if (value)
              value->place = node.place;
            else
              reader.fail(node, words);
            return value;
          }};
}

void report_overlap(Reader& reader, const std::optional<std::pair<Span, Span>>& overlap) {
  if (!overlap) return;
  const Span &first = overlap->first, &second = overlap->second;
  reader.fail(std::max(first.place, second.place),
              "overlapping hours " + span_text(first) + " and " + span_text(second),
              "hours that do not overlap");
}

/// One span or a list of them.
Kind<std::vector<Span>> spans() {
  const auto one = span();
  const auto many = list_of(one, 24);
  Shape shape{.words = one.shape.words + ", or a list of them"};
  shape.either = {one.shape, many.shape};
  return {shape, [one, many](Reader& reader, const Node& node) -> std::optional<std::vector<Span>> {
            if (node.kind != Node::Kind::scalar) return many.read(reader, node);
            const auto only = one.read(reader, node);
            return only ? std::optional(std::vector<Span>{*only}) : std::nullopt;
          }};
}

/// Of one date, where the hours of other days do not matter.
Kind<std::vector<Span>> spans_of_a_date() {
  auto kind = spans();
  return {kind.shape, [kind](Reader& reader, const Node& node) {
            auto value = kind.read(reader, node);
            if (value) report_overlap(reader, overlap_in_day(*value));
            return value;
          }};
}

Kind<Date> date() {
  Shape shape{.words = "a date such as 2026-12-24", .pattern = "^\\d{4}-\\d{2}-\\d{2}$"};
  return {shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<Date> {
            const auto value =
                node.kind == Node::Kind::scalar ? parse_date(node.scalar) : std::nullopt;
            if (!value) reader.fail(node, words);
            return value;
          }};
}

struct WeekSpec {
  std::vector<Span> mon, tue, wed, thu, fri, sat, sun;
};

const Section<WeekSpec>& week_table() {
  static const auto table =
      Section<WeekSpec>("Hours by weekday; an end at or before the beginning is on the next day.")
          .add("mon", &WeekSpec::mon, spans(), optional(), "Monday.")
          .add("tue", &WeekSpec::tue, spans(), optional(), "Tuesday.")
          .add("wed", &WeekSpec::wed, spans(), optional(), "Wednesday.")
          .add("thu", &WeekSpec::thu, spans(), optional(), "Thursday.")
          .add("fri", &WeekSpec::fri, spans(), optional(), "Friday.")
          .add("sat", &WeekSpec::sat, spans(), optional(), "Saturday.")
          .add("sun", &WeekSpec::sun, spans(), optional(), "Sunday.");
  return table;
}

Kind<std::array<std::vector<Span>, 7>> week() {
  const auto kind = section(week_table());
  return {
      kind.shape,
      [kind](Reader& reader, const Node& node) -> std::optional<std::array<std::vector<Span>, 7>> {
        auto w = kind.read(reader, node);
        if (!w) return std::nullopt;
        std::array<std::vector<Span>, 7> hours{w->mon, w->tue, w->wed, w->thu,
                                               w->fri, w->sat, w->sun};
        report_overlap(reader, overlap_in_week(hours));
        return hours;
      }};
}

Kind<std::map<Date, std::vector<Span>>> dated_spans() {
  return as(map_of(date(), spans_of_a_date()),
            [](std::vector<std::pair<Date, std::vector<Span>>> pairs) {
              return std::map<Date, std::vector<Span>>(pairs.begin(), pairs.end());
            });
}

Kind<std::set<Date>> dates() {
  return as(list_of(date(), 5'000),
            [](const std::vector<Date>& all) { return std::set<Date>(all.begin(), all.end()); });
}

/// The days of an iCalendar file.
Kind<std::set<Date>> dates_of_file() {
  auto path = file_path();
  path.shape.words = "the path of an iCalendar file (.ics)";
  return {path.shape, [path](Reader& reader, const Node& node) -> std::optional<std::set<Date>> {
            const auto where = path.read(reader, node);
            if (!where) return std::nullopt;
            if (const auto may = reader.secrets().may_read(*where); !may)
              return reader.fail(node.place, may.error(), path.shape.words), std::nullopt;
            const auto text = read_whole_file(*where, kMaxCalendarFileBytes);
            if (!text)
              return reader.fail(node.place, text.error().found + " at " + where->string(),
                                 text.error().expected),
                     std::nullopt;
            auto days = holidays_of(*text, kFirstHolidayYear, kLastHolidayYear);
            if (!days)
              return reader.fail(node.place, days.error() + " in " + where->string(),
                                 "an iCalendar file of whole-day events"),
                     std::nullopt;
            return std::move(*days);
          }};
}

/// Holidays listed in the file and those of an iCalendar file, until they are put together.
struct CalendarDraft : CalendarSpec {
  std::set<Date> more_holidays;
};

const Section<CalendarDraft>& draft_table() {
  static const auto table =
      Section<CalendarDraft>(
          "Business hours in a time zone, exact over daylight saving. What breaks and holidays "
          "take away, "
          "nothing gives back.")
          .add("name", &CalendarDraft::name, defines("calendar"), required(),
               "The calendar's name.")
          .add("zone", &CalendarDraft::zone, zone(), optional(), "Time zone; the desk's if unset.")
          .add("hours", &CalendarDraft::hours, week(), required(),
               "Open hours by weekday; a day that is missing is closed.")
          .add("holidays", &CalendarDraft::holidays, dates(), standard("[]"),
               "Dates that are closed from midnight to midnight, and on which no night begins.")
          .add("holidays_file", &CalendarDraft::more_holidays, dates_of_file(), optional(),
               "Further ones: the all-day events of an iCalendar file, recurring ones too.")
          .add("shifts", &CalendarDraft::shifts, dated_spans(), standard("{}"),
               "Dates with other hours than their weekday's.")
          .add("breaks", &CalendarDraft::breaks, dated_spans(), standard("{}"),
               "Dates that are closed for some hours.")
          .check([](Reader&, const Node&, CalendarDraft& draft) {
            draft.holidays.merge(draft.more_holidays);
          });
  return table;
}

}  // namespace

Kind<CalendarSpec> calendar() {
  return as(section(draft_table()),
            [](CalendarDraft draft) -> CalendarSpec { return std::move(draft); });
}

}  // namespace deskwire::config
