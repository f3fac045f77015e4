// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/times.hpp"

#include <algorithm>
#include <array>

#include "codec/wire.hpp"

namespace deskwire::sms {
namespace {

constexpr std::size_t kMaxBytes = 64;
constexpr auto kMonths = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});

std::string_view next_word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::string two_digits(std::string_view number) {
  return (number.size() == 1 ? "0" : "") + std::string(number);
}

}  // namespace

std::optional<Instant> read_mail_time(std::string_view text) {
  if (text.size() > kMaxBytes) return std::nullopt;
  if (const auto comma = text.find(','); comma != std::string_view::npos)
    text.remove_prefix(comma + 1);
  const std::string_view day = next_word(text), month = next_word(text), year = next_word(text);
  const std::string_view time = next_word(text), zone = next_word(text);
  const auto found = std::ranges::find(kMonths, month);
  if (found == kMonths.end() || !next_word(text).empty()) return std::nullopt;
  std::string out(year);
  out.append("-").append(two_digits(std::to_string(found - kMonths.begin() + 1)));
  out.append("-").append(two_digits(day)).append("T").append(time).append(zone);
  return zone.empty() ? std::nullopt : read_loose_time(out);
}

std::optional<Instant> read_loose_time(std::string_view text) {
  constexpr std::size_t kDateChars = 10;
  if (text.size() <= kDateChars || text.size() > kMaxBytes) return std::nullopt;
  std::string out(text);
  if (out[kDateChars] == ' ') out[kDateChars] = 'T';
  const auto zone = out.find_first_of("Zz+-", kDateChars);
  if (zone == std::string::npos)
    out += 'Z';
  else if (out.size() - zone == std::string_view("+0000").size())
    out.insert(out.size() - 2, ":");
  return wire::parse_time(out);
}

std::string date_of(Instant at) { return wire::format_time(at).substr(0, 10); }

}  // namespace deskwire::sms
