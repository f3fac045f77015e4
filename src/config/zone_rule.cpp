// SPDX-License-Identifier: Apache-2.0
#include "config/zone_rule.hpp"

#include <chrono>

namespace deskwire::config {

/// A cursor over the rule's text; every step answers nullopt where the text does not fit.
class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : rest_(text) {}

  std::optional<ZoneRule> run() {
    ZoneRule rule;
    if (!skip_name()) return std::nullopt;
    const auto standard = time(24);
    if (!standard || !skip_name()) return std::nullopt;
    // POSIX counts west as positive; an offset that is not given is one hour ahead of standard
    // time.
    rule.standard_s_ = -*standard;
    rule.daylight_s_ = rule.standard_s_ + 3600;
    if (!rest_.empty() && rest_.front() != ',') {
      const auto daylight = time(24);
      if (!daylight) return std::nullopt;
      rule.daylight_s_ = -*daylight;
    }
    if (!take(',') || !change(rule.to_daylight_)) return std::nullopt;
    if (!take(',') || !change(rule.to_standard_) || !rest_.empty()) return std::nullopt;
    return rule;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// "EST" or "<+07>".
  bool skip_name() {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (take('<')) {
      const auto end = rest_.find('>');
      if (end == std::string_view::npos) return false;
      rest_.remove_prefix(end + 1);
      return true;
    }
    std::size_t length = 0;
    while (length < rest_.size() && letter(rest_[length])) ++length;
    rest_.remove_prefix(length);
    return length >= 3;
  }

  std::optional<int> number(int most) {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return std::nullopt;
    int value = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value = value * 10 + (rest_.front() - '0');
      if (value > most) return std::nullopt;
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// [+-]h[h[h]][:mm[:ss]] in seconds.
  std::optional<std::int64_t> time(int most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(most_hours);
    const auto minutes = hours && take(':') ? number(59) : std::optional(0);
    const auto seconds = minutes && take(':') ? number(59) : std::optional(0);
    if (!hours || !minutes || !seconds) return std::nullopt;
    const std::int64_t total = *hours * 3600LL + *minutes * 60LL + *seconds;
    return negative ? -total : total;
  }

  bool change(ZoneRule::Change& into) {
    using Form = ZoneRule::Change::Form;
    bool fits = false;
    if (take('M')) {
      const auto month = number(12), week = take('.') ? number(5) : std::nullopt,
                 day = take('.') ? number(6) : std::nullopt;
      fits = month && week && day && *month >= 1 && *week >= 1;
      if (fits) into = {Form::month_week_day, *month, *week, *day};
    } else {
      const Form form = take('J') ? Form::julian : Form::day_of_year;
      const auto day = number(365);
      fits = day && (form == Form::day_of_year || *day >= 1);
      if (fits) into = {form, 1, 1, *day};
    }
    if (!fits || !take('/')) return fits;
    const auto at = time(167);  // RFC 8536 §3.3.1: up to a week either way.
    if (at) into.time_s = *at;
    return at.has_value();
  }

  std::string_view rest_;
};

std::optional<ZoneRule> ZoneRule::parse(std::string_view text) { return RuleParser(text).run(); }

/// Local seconds, as if UTC, at which the change comes in that year.
std::int64_t ZoneRule::begins(const Change& change, int year_number) {
  using namespace std::chrono;
  const year y{year_number};
  sys_days day;
  switch (change.form) {
    case Change::Form::month_week_day: {
      const month m{static_cast<unsigned>(change.month)};
      const weekday w{static_cast<unsigned>(change.day)};
      day = change.week == 5 ? sys_days{y / m / w[last]}
                             : sys_days{y / m / w[static_cast<unsigned>(change.week)]};
      break;
    }
    case Change::Form::julian:  // Day 60 is always 1 March: 29 February is not counted.
      day = sys_days{y / January / 1} +
            days{change.day - 1 + (y.is_leap() && change.day >= 60 ? 1 : 0)};
      break;
    case Change::Form::day_of_year:
      day = sys_days{y / January / 1} + days{change.day};
      break;
  }
  return duration_cast<seconds>(day.time_since_epoch()).count() + change.time_s;
}

std::int64_t ZoneRule::offset_at(std::int64_t local_s) const {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_seconds{seconds{local_s}})};
  const int y = static_cast<int>(date.year());
  // A change may reach over New Year (RFC 8536 allows times of up to a week), so the neighbours'
  // changes count too: the last one that is over by local_s decides. "Over" is after the gap, or
  // after the second pass through the repeated hour.
  std::int64_t best_at = INT64_MIN, offset = standard_s_;
  for (int candidate = y - 1; candidate <= y + 1; ++candidate) {
    const auto consider = [&](const Change& change, std::int64_t before, std::int64_t after) {
      const std::int64_t at = begins(change, candidate);
      const std::int64_t over = after > before ? at + (after - before) : at;
      if (over <= local_s && at > best_at) best_at = at, offset = after;
    };
    consider(to_daylight_, standard_s_, daylight_s_);
    consider(to_standard_, daylight_s_, standard_s_);
  }
  return offset;
}

}  // namespace deskwire::config
