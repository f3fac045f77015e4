// SPDX-License-Identifier: Apache-2.0
#include "text/placeholders.hpp"

#include <algorithm>
#include <array>

namespace deskwire::text {

namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::size_t kShownBytes = 60;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Lines by newlines, columns by characters, as an editor counts them.
std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const auto begin = before.rfind('\n');
  const std::string_view row =
      begin == std::string_view::npos ? before : before.substr(begin + 1);
  const auto column = 1 + std::ranges::count_if(row, [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                      });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

/// The beginning of a name, never cutting a UTF-8 character in two.
std::string_view shown(std::string_view name) {
  if (name.size() <= kShownBytes) return name;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  return name.substr(0, end);
}

/// The commonest family names of Vietnam, where they come first.
constexpr auto kFamilyFirst = std::to_array<std::string_view>(
    {"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
     "Hồ", "Ngô", "Dương", "Lý"});

}  // namespace

std::expected<void, std::string> check_placeholders(std::string_view text,
                                                    std::span<const std::string_view> known) {
  for (std::size_t at = text.find(kOpen); at != std::string_view::npos;) {
    const std::size_t end = text.find(kClose, at + kOpen.size());
    if (end == std::string_view::npos)
      return std::unexpected("the {{ at " + place_of(text, at) + " is never closed");
    const std::string_view name = trimmed(text.substr(at + kOpen.size(), end - at - kOpen.size()));
    if (std::ranges::find(known, name) == known.end())
      return std::unexpected("there is no placeholder {{" + std::string(shown(name)) + "}}, at " +
                             place_of(text, at));
    at = text.find(kOpen, end + kClose.size());
  }
  return {};
}

Filled fill_placeholders(std::string_view text,
                         const std::function<std::string(std::string_view)>& value_of) {
  Filled out;
  std::size_t done = 0;
  for (;;) {
    const std::size_t at = text.find(kOpen, done);
    const std::size_t end =
        at == std::string_view::npos ? at : text.find(kClose, at + kOpen.size());
    if (end == std::string_view::npos) break;
    out.text += text.substr(done, at - done);
    const std::string_view name = trimmed(text.substr(at + kOpen.size(), end - at - kOpen.size()));
    done = end + kClose.size();
    const std::string value = value_of(name);
    out.text += value.empty() ? text.substr(at, done - at) : std::string_view(value);
    if (value.empty() && std::ranges::find(out.missing, name) == out.missing.end())
      out.missing.emplace_back(name);
  }
  out.text += text.substr(done);
  return out;
}

std::string given_name(std::string_view name) {
  const auto comma = name.find(',');
  if (comma != std::string_view::npos && !trimmed(name.substr(comma + 1)).empty())
    name = name.substr(comma + 1);
  name = trimmed(name);
  const auto first_end = name.find(' ');
  if (first_end == std::string_view::npos) return std::string(name);
  const std::string_view first = name.substr(0, first_end);
  if (std::ranges::find(kFamilyFirst, first) != kFamilyFirst.end())
    return std::string(name.substr(name.rfind(' ') + 1));
  return std::string(first);
}

}  // namespace deskwire::text
