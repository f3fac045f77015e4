// SPDX-License-Identifier: Apache-2.0
#include "deskwire/base/quantity.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace deskwire {
namespace {

constexpr std::int64_t kLongestMs = 36'525LL * 86'400'000;
constexpr std::uint64_t kLargestBytes = 1ULL
                                        << 53;  // What JSON and JavaScript can still count exactly.

// From the largest down; "ms" is told from "m" by taking the longest unit that fits.
constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kTimeUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<std::pair<std::string_view, std::uint64_t>, 3> kSizeUnits{
    {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}}};

/// Takes leading digits off `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Takes a unit's letters off `text` and answers its place in kTimeUnits.
std::optional<std::size_t> take_time_unit(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') ++length;
  const std::string_view unit = text.substr(0, length);
  for (std::size_t i = 0; i < kTimeUnits.size(); ++i) {
    if (kTimeUnits[i].first != unit) continue;
    text.remove_prefix(length);
    return i;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total_ms = 0;
  std::size_t smallest_yet =
      0;  // Units must come in order, so "5m1h" and "1h1h" are refused as slips.
  while (!text.empty()) {
    const auto count = take_number(text);
    const auto unit = count ? take_time_unit(text) : std::nullopt;
    if (!unit || *unit < smallest_yet) return std::nullopt;
    smallest_yet = *unit + 1;
    const std::int64_t unit_ms = kTimeUnits[*unit].second;
    if (*count > (kLongestMs - total_ms) / unit_ms) return std::nullopt;
    total_ms += *count * unit_ms;
  }
  return Duration{total_ms};
}

std::string format_duration(Duration d) {
  if (d.ms == 0) return "0s";
  std::string out = d.ms < 0 ? "-" : "";
  auto rest = d.ms < 0 ? 0 - static_cast<std::uint64_t>(d.ms) : static_cast<std::uint64_t>(d.ms);
  for (const auto& [unit, unit_ms] : kTimeUnits) {
    const auto per = static_cast<std::uint64_t>(unit_ms);
    if (rest < per) continue;
    out += std::to_string(rest / per);
    out += unit;
    rest %= per;
  }
  return out;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto count = take_number(text);
  if (!count) return std::nullopt;
  const auto number = static_cast<std::uint64_t>(*count);
  if (text.empty()) return number < kLargestBytes ? std::optional(number) : std::nullopt;
  for (const auto& [unit, bytes] : kSizeUnits)
    if (unit == text)
      return number < kLargestBytes / bytes ? std::optional(number * bytes) : std::nullopt;
  return std::nullopt;
}

std::string format_size(std::uint64_t bytes) {
  for (const auto& [unit, per] : kSizeUnits)
    if (bytes != 0 && bytes % per == 0) return std::to_string(bytes / per) + std::string(unit);
  return std::to_string(bytes);
}

}  // namespace deskwire
