// SPDX-License-Identifier: Apache-2.0
// Characters as search sees them: which belong to words, which begin a pair of syllables, and what
// remains of each when case and marks are taken away.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace deskwire::search {

enum class Letter : std::uint8_t {
  none,      ///< Between words.
  word,      ///< Part of a word that runs to the next space.
  syllable,  ///< Of a script that puts no spaces between words (Han, kana, Hangul, Thai, …).
  mark,      ///< A mark on the letter before it; taken away.
  hidden,    ///< Soft hyphens, joiners and the like; as if it were not there.
};

[[nodiscard]] Letter letter_of(char32_t c);
/// Appends the letter without case and marks: "Ồ" is "o", "đ" is "d", "ß" is "ss", a full-width
/// "Ａ" is "a". Kana keep their voice marks, which make other letters of them.
void append_folded(std::string& out, char32_t c);
/// Lower case with its marks, of Latin letters; everything else stays.
[[nodiscard]] char32_t lower_latin(char32_t c);
/// A letter of the Latin alphabet beyond ASCII.
[[nodiscard]] bool is_marked_latin(char32_t c);

/// One character of a text; Hangul and kana that were written in pieces are put together.
struct Character {
  char32_t value = 0;
  std::size_t begin = 0, end = 0;  ///< Bytes in the text.
};

/// Walks over any bytes; what is not UTF-8 is a character that belongs to no word.
class Characters {
 public:
  explicit Characters(std::string_view text) : text_(text) {}
  [[nodiscard]] bool next(Character& out);

 private:
  [[nodiscard]] Character read(std::size_t at) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace deskwire::search
