// SPDX-License-Identifier: Apache-2.0
#include "text/sms_segments.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"

namespace deskwire::text {
namespace {

constexpr std::u32string_view kAccented =
    U"\u00A1\u00A3\u00A4\u00A5\u00A7\u00BF\u00C4\u00C5\u00C6\u00C7\u00C9\u00D1\u00D6\u00D8\u00DC"
    U"\u00DF\u00E0\u00E4\u00E5\u00E6\u00E8\u00E9\u00EC\u00F1\u00F2\u00F6\u00F8\u00F9\u00FC"
    U"\u0393\u0394\u0398\u039B\u039E\u03A0\u03A3\u03A6\u03A8\u03A9";
/// Behind an escape, the form feed too.
constexpr std::u32string_view kExtended = U"^{}\\[~]|\f\u20AC";

struct Alphabet {
  unsigned alone, of_several;
  unsigned (*units)(char32_t);
};
constexpr Alphabet kGsm7{160, 153, gsm7_septets};
constexpr Alphabet kUcs2{70, 67, [](char32_t c) { return c > 0xFFFF ? 2U : 1U; }};

char32_t next(std::string_view& rest) {
  const CodePoint point = first_code_point(rest);
  rest.remove_prefix(point.bytes);
  return point.valid() ? point.value : U'\uFFFD';
}

/// Fills parts one after the other; a pair that does not fit any more begins the next.
void fill(SmsParts& into, std::string_view text, const Alphabet& alphabet) {
  unsigned in_last = 0;
  for (auto rest = text; !rest.empty();) {
    const unsigned units = alphabet.units(next(rest));
    into.units_used += units;
    if (into.parts == 0 || in_last + units > alphabet.of_several) {
      ++into.parts;
      in_last = 0;
    }
    in_last += units;
  }
  const bool alone = into.units_used <= alphabet.alone;
  if (alone && into.parts > 1) into.parts = 1;
  into.units_per_part = alone ? alphabet.alone : alphabet.of_several;
  into.units_left = into.units_per_part - (alone ? into.units_used : in_last);
}

}  // namespace

unsigned gsm7_septets(char32_t character) {
  if (kExtended.find(character) != std::u32string_view::npos) return 2;
  if (character >= U' ' && character < U'\x7F') return character == U'`' ? 0 : 1;
  if (character == U'\n' || character == U'\r') return 1;
  return std::ranges::binary_search(kAccented, character) ? 1 : 0;
}

SmsParts count_sms_parts(std::string_view utf8) {
  SmsParts parts;
  for (auto rest = utf8; !rest.empty() && !parts.ucs2;) {
    const char32_t character = next(rest);
    if (gsm7_septets(character) != 0) continue;
    parts.ucs2 = true;
    append_utf8(parts.forced_by, character);
  }
  fill(parts, utf8, parts.ucs2 ? kUcs2 : kGsm7);
  return parts;
}

}  // namespace deskwire::text
