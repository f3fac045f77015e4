// SPDX-License-Identifier: Apache-2.0
// What a tag looks like: a word of the desk's own, short and in small letters, so that it names a
// kind of matter and no person; events may carry it.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace deskwire {

inline constexpr std::size_t kTagBytes = 40;
inline constexpr std::size_t kTagsOfTicket = 20;

/// `[a-z0-9][a-z0-9_-]{0,39}`.
constexpr bool is_tag(std::string_view text) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= kTagBytes && plain(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return plain(c) || c == '_' || c == '-'; });
}

}  // namespace deskwire
