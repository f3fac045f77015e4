// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/twilio_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "channels/voice/call_event.hpp"

namespace deskwire::voice {
namespace {

constexpr std::size_t kSidBytes = 64;
constexpr std::size_t kUrlBytes = 2000;

}  // namespace

std::uint32_t read_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size() ? number : 0;
}

std::string spell_seconds(std::uint32_t count) { return spell(seconds(count)); }

bool is_sid(std::string_view text) {
  return !text.empty() && text.size() <= kSidBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

bool is_over(std::string_view status) {
  constexpr auto kLast =
      std::to_array<std::string_view>({"completed", "busy", "failed", "no-answer", "canceled"});
  return std::ranges::find(kLast, status) != kLast.end();
}

bool is_sound_url(std::string_view url) {
  return url.size() <= kUrlBytes && (url.starts_with("https://") || url.starts_with("http://")) &&
         std::ranges::none_of(
             url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

}  // namespace deskwire::voice
