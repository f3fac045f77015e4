// SPDX-License-Identifier: Apache-2.0
#include "text/mentions.hpp"

#include <algorithm>

namespace deskwire::text {
namespace {

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::vector<std::string_view> mentions(std::string_view text, std::size_t most) {
  std::vector<std::string_view> out;
  for (std::size_t at = text.find('@'); at != text.npos && out.size() < most;
       at = text.find('@', at + 1)) {
    // An address of mail has a name before it.
    if (at > 0 && in_name(text[at - 1])) continue;
    const std::string_view rest = text.substr(at + 1);
    std::string_view name(rest.begin(), std::ranges::find_if_not(rest, in_name));
    while (name.ends_with('.') || name.ends_with('-')) name.remove_suffix(1);
    if (!name.empty() && std::ranges::find(out, name) == out.end()) out.push_back(name);
  }
  return out;
}

}  // namespace deskwire::text
