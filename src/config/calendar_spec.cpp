// SPDX-License-Identifier: Apache-2.0
#include "config/calendar_spec.hpp"

#include <algorithm>
#include <charconv>

namespace deskwire::config {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::year;

constexpr std::int32_t kDay = 86'400;

/// Exactly `width` digits at the front.
std::optional<int> digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + width, value);
  if (ec != std::errc{} || end != text.data() + width || text.front() == '-') return std::nullopt;
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// HH:MM or HH:MM:SS up to 24:00.
std::optional<std::int32_t> time_of_day(std::string_view& text) {
  const auto hours = digits(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = digits(text, 2);
  const auto seconds = take(text, ':') ? digits(text, 2) : std::optional(0);
  if (!minutes || !seconds || *minutes > 59 || *seconds > 59) return std::nullopt;
  const std::int32_t total = *hours * 3600 + *minutes * 60 + *seconds;
  return total <= kDay ? std::optional(total) : std::nullopt;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

using Intervals = std::vector<std::pair<Instant, Instant>>;

/// Sorted, and joined where they overlap or touch. Times that daylight saving moved can overlap
/// though the clock's did not.
Intervals normalised(Intervals all) {
  std::erase_if(all, [](const auto& i) { return i.second <= i.first; });
  std::ranges::sort(all);
  Intervals out;
  for (const auto& i : all) {
    if (!out.empty() && i.first <= out.back().second)
      out.back().second = std::max(out.back().second, i.second);
    else
      out.push_back(i);
  }
  return out;
}

/// `open` without `closed`, both normalised.
Intervals without(const Intervals& open, const Intervals& closed) {
  Intervals out;
  auto first = closed.begin();
  for (auto [begin, end] : open) {
    while (first != closed.end() && first->second <= begin) ++first;
    for (auto c = first; c != closed.end() && c->first < end; ++c) {
      if (begin < c->first) out.emplace_back(begin, c->first);
      begin = std::max(begin, c->second);
    }
    if (begin < end) out.emplace_back(begin, end);
  }
  return out;
}

/// One calendar's local spans on their way to UTC.
class Expansion {
 public:
  Expansion(const CalendarSpec& spec, const Zone& zone) : spec_(spec), zone_(zone) {}

  Intervals run(int first_year, int last_year) {
    const local_days from{year{first_year} / 1 / 1}, to{year{last_year + 1} / 1 / 1};
    Intervals open;
    // The day before has a tail in the first year if it works overnight.
    for (local_days day = from - days{1}; day < to; day += days{1})
      for (const Span& span : spans_of(day)) open.push_back(in_utc(day, span));
    Intervals closed{in_utc(from - days{2}, {0, 2 * kDay, {}}), in_utc(to, {0, 2 * kDay, {}})};
    for (const Date& date : spec_.holidays)
      closed.push_back(in_utc(local_days{date}, {0, kDay, {}}));
    for (const auto& [date, spans] : spec_.breaks)
      for (const Span& span : spans) closed.push_back(in_utc(local_days{date}, span));
    return without(normalised(std::move(open)), normalised(std::move(closed)));
  }

 private:
  [[nodiscard]] const std::vector<Span>& spans_of(local_days day) const {
    // Nobody comes on a holiday's evening either, so the night that would begin then is off as a
    // whole.
    static const std::vector<Span> kNone;
    if (spec_.holidays.contains(Date{day})) return kNone;
    const auto shift = spec_.shifts.find(Date{day});
    if (shift != spec_.shifts.end()) return shift->second;
    return spec_.hours[std::chrono::weekday{day}.iso_encoding() - 1];
  }

  [[nodiscard]] Instant in_utc(local_days day, std::int32_t local_s) const {
    const auto midnight =
        std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
    return {zone_.to_utc(midnight + local_s) * 1000};
  }
  [[nodiscard]] std::pair<Instant, Instant> in_utc(local_days day, const Span& span) const {
    return {in_utc(day, span.begin_s), in_utc(day, span.end_s)};
  }

  const CalendarSpec& spec_;
  const Zone& zone_;
};

std::optional<std::pair<Span, Span>> first_overlap(std::vector<Span> spans) {
  std::ranges::sort(spans, {}, &Span::begin_s);
  for (std::size_t i = 1; i < spans.size(); ++i)
    if (spans[i].begin_s < spans[i - 1].end_s) return std::pair(spans[i - 1], spans[i]);
  return std::nullopt;
}

}  // namespace

std::optional<Span> parse_span(std::string_view text) {
  text = trim(text);
  const auto begin = time_of_day(text);
  text = trim(text);
  if (!begin || !take(text, '-')) return std::nullopt;
  text = trim(text);
  const auto end = time_of_day(text);
  if (!end || !text.empty() || *begin == kDay || *begin == *end) return std::nullopt;
  return Span{*begin, *end > *begin ? *end : *end + kDay, {}};
}

std::optional<Date> parse_date(std::string_view text) {
  const auto y = digits(text, 4);
  const auto m = take(text, '-') ? digits(text, 2) : std::nullopt;
  const auto d = take(text, '-') ? digits(text, 2) : std::nullopt;
  if (!y || !m || !d || !text.empty()) return std::nullopt;
  const Date date{year{*y}, std::chrono::month{static_cast<unsigned>(*m)},
                  std::chrono::day{static_cast<unsigned>(*d)}};
  return date.ok() ? std::optional(date) : std::nullopt;
}

std::optional<std::pair<Span, Span>> overlap_in_day(const std::vector<Span>& spans) {
  return first_overlap(spans);
}

std::optional<std::pair<Span, Span>> overlap_in_week(
    const std::array<std::vector<Span>, 7>& hours) {
  std::vector<Span> week;
  for (int day = 0; day < 7; ++day)
    for (Span span : hours[static_cast<std::size_t>(day)]) {
      span.begin_s += day * kDay;
      span.end_s += day * kDay;
      week.push_back(span);
      // Sunday night runs into the Monday that comes first here.
      if (span.end_s > 7 * kDay)
        week.push_back({span.begin_s - 7 * kDay, span.end_s - 7 * kDay, span.place});
    }
  return first_overlap(std::move(week));
}

std::vector<std::pair<Instant, Instant>> expand(const CalendarSpec& spec, const Zone& zone,
                                                int first_year, int last_year) {
  return Expansion(spec, zone).run(first_year, last_year);
}

}  // namespace deskwire::config
