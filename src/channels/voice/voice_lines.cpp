// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/voice_lines.hpp"

#include <algorithm>

namespace deskwire::voice {
namespace {

template <class Line>
const Line* find(const std::vector<Line>& lines, std::string_view name) {
  const auto found = std::ranges::find(lines, name, &Line::name);
  return found == lines.end() ? nullptr : &*found;
}

}  // namespace

const CtiLine* VoiceLines::find_cti(std::string_view name) const { return find(cti, name); }

const NumberLine* VoiceLines::find_number(std::string_view name) const {
  return find(numbers, name);
}

}  // namespace deskwire::voice
