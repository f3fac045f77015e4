// SPDX-License-Identifier: Apache-2.0
#include "mime/date.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "mime/limits.hpp"
#include "mime/text_run.hpp"

namespace deskwire::mime {
namespace {

constexpr auto kMonths = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
constexpr auto kDays =
    std::to_array<std::string_view>({"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The names of RFC 5322 §4.3; every other name means nothing certain and counts as UTC, as that
/// section says.
int zone_of_name(std::string_view name) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  static constexpr auto kZones = std::to_array<Zone>({{"est", -5},
                                                      {"edt", -4},
                                                      {"cst", -6},
                                                      {"cdt", -5},
                                                      {"mst", -7},
                                                      {"mdt", -6},
                                                      {"pst", -8},
                                                      {"pdt", -7}});
  for (const Zone& zone : kZones)
    if (name.starts_with(zone.name)) return zone.hours * 60;
  return 0;
}

struct Token {
  bool number = false;
  int value = 0;  ///< Of a number.
  std::size_t digits = 0;
  char before = 0;   ///< The separator directly before it; a sign or a colon means something.
  std::string word;  ///< Of a name, lower case.
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}

  std::optional<Token> next() {
    Token token;
    while (i_ < text_.size() && !is_digit(text_[i_]) && !is_letter(text_[i_])) {
      token.before = text_[i_];
      if (text_[i_] == '(')
        skip_comment();
      else
        ++i_;
    }
    if (i_ >= text_.size()) return std::nullopt;
    if (is_digit(text_[i_])) {
      token.number = true;
      for (; i_ < text_.size() && is_digit(text_[i_]); ++i_)
        if (++token.digits <= 8) token.value = token.value * 10 + (text_[i_] - '0');
    } else {
      for (; i_ < text_.size() && (is_letter(text_[i_]) || is_digit(text_[i_])); ++i_)
        token.word += is_digit(text_[i_]) ? text_[i_] : static_cast<char>(text_[i_] | 0x20);
    }
    return token;
  }

 private:
  void skip_comment() {
    std::size_t depth = 0;
    for (; i_ < text_.size(); ++i_) {
      if (text_[i_] == '\\')
        ++i_;
      else if (text_[i_] == '(')
        ++depth;
      else if (text_[i_] == ')' && --depth == 0)
        break;
    }
    if (i_ < text_.size()) ++i_;
  }

  std::string_view text_;
  std::size_t i_ = 0;
};

bool is_weekday(std::string_view word) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"sun", "mon", "tue", "wed", "thu", "fri", "sat"});
  for (const std::string_view name : kNames)
    if (word.starts_with(name)) return true;
  return false;
}

std::optional<int> month_of(const Token& token) {
  if (token.number)
    return token.value >= 1 && token.value <= 12 ? std::optional(token.value) : std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (token.word.starts_with(kMonths[i])) return static_cast<int>(i) + 1;
  return std::nullopt;
}

int full_year(const Token& token) {
  if (token.digits > 3) return token.value;
  if (token.digits == 3) return token.value + 1900;
  return token.value < 50 ? token.value + 2000 : token.value + 1900;
}

bool in_range(const Date& d) {
  return d.year >= 1900 && d.year < 10'000 && d.day >= 1 && d.day <= 31 && d.hour < 24 &&
         d.minute < 60 && d.second <= 60 && d.zone_minutes > -24 * 60 && d.zone_minutes < 24 * 60;
}

/// Reads the pieces in the order of RFC 5322, or of asctime ("Fri Feb 07 10:18:12 2003 -0800").
class DateReader {
 public:
  explicit DateReader(std::string_view text) : tokens_(text) { advance(); }

  std::optional<Date> run() {
    if (token_ && !token_->number && is_weekday(token_->word)) advance();
    const bool month_first = token_ && !token_->number;
    const bool read = month_first ? month() && day() && time() && zone_name() && year()
                                  : day() && month() && year() && time();
    if (!read) return std::nullopt;
    if (token_) zone();
    return in_range(date_) ? std::optional(date_) : std::nullopt;
  }

 private:
  void advance() { token_ = tokens_.next(); }

  bool number(int& value) {
    if (!token_ || !token_->number) return false;
    value = token_->value;
    advance();
    return true;
  }

  bool day() { return number(date_.day); }

  bool month() {
    const auto month = token_ ? month_of(*token_) : std::nullopt;
    if (!month) return false;
    date_.month = *month;
    advance();
    return true;
  }

  bool year() {
    if (!token_ || !token_->number) return false;
    date_.year = full_year(*token_);
    advance();
    return true;
  }

  bool time() {
    if (!number(date_.hour) || !number(date_.minute)) return false;
    if (!token_) return true;
    if (token_->before == ':' && !token_->number) return false;
    const bool signed_zone = token_->before == '+' || token_->before == '-';
    if (token_->number && !signed_zone && token_->digits <= 2) number(date_.second);
    if (token_ && token_->number && token_->before == '.') advance();  // Milliseconds.
    return true;
  }

  /// asctime may have "EST" before the year.
  bool zone_name() {
    if (token_ && !token_->number) {
      zone();
      advance();
    }
    return true;
  }

  void zone() {
    if (!token_->number) {
      date_.zone_minutes = zone_of_name(token_->word);
    } else {
      const int minutes = token_->value / 100 * 60 + token_->value % 100;
      date_.zone_minutes = token_->before == '-' ? -minutes : minutes;
    }
  }

  Tokens tokens_;
  std::optional<Token> token_;
  Date date_;
};

}  // namespace

std::optional<Date> parse_date(std::string_view raw) {
  std::string_view text = one_field(raw.substr(0, kLimits.field_bytes));
  if (const std::size_t semicolon = text.rfind(';'); semicolon != std::string_view::npos)
    text.remove_prefix(semicolon + 1);
  return DateReader(text).run();
}

Instant to_instant(const Date& d) {
  using namespace std::chrono;
  const sys_days day = year{d.year} / month{static_cast<unsigned>(d.month)} /
                       std::chrono::day{static_cast<unsigned>(d.day)};
  const std::int64_t seconds = day.time_since_epoch().count() * 86'400LL + d.hour * 3600 +
                               (d.minute - d.zone_minutes) * 60 + d.second;
  return {seconds * 1000};
}

std::string format_date(Instant at) {
  using namespace std::chrono;
  const sys_seconds time{floor<std::chrono::seconds>(std::chrono::milliseconds{at.ms})};
  const sys_days day = floor<std::chrono::days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  const std::string_view month = kMonths[static_cast<unsigned>(date.month()) - 1];
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s, %02u %c%s %04d %02d:%02d:%02d +0000",
                kDays[weekday{day}.c_encoding()].data(), static_cast<unsigned>(date.day()),
                month[0] - 'a' + 'A', std::string(month.substr(1)).c_str(),
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return out.data();
}

}  // namespace deskwire::mime
