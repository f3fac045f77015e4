// SPDX-License-Identifier: Apache-2.0
// A text as search words. Words are folded: no case, no marks, so that Vietnamese is found with and
// without them. Scripts without spaces between words are cut into overlapping pairs of characters
// and the last one alone, so that any two neighbours are found wherever words begin; trigrams, as
// SQLite's own tokenizer makes them, would lose the words of two characters that Chinese is full
// of.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "search/letters.hpp"

namespace deskwire::search {

/// What is longer is cut, in texts and in questions alike: nobody types it, and encoded files would
/// fill the index.
inline constexpr std::size_t kWordBytes = 48;

struct Word {
  std::string folded;
  std::string marked;              ///< Lower case with marks; empty when there are none.
  std::size_t begin = 0, end = 0;  ///< Bytes in the text.
  bool alone = false;              ///< The last character of a run of syllables.
};

/// The words of a text, one after the other.
class Words {
 public:
  explicit Words(std::string_view text) : characters_(text) { more_ = characters_.next(next_); }
  [[nodiscard]] bool next(Word& out);

 private:
  void read_syllable(Word& out);
  void read_word(Word& out);
  void step() { more_ = characters_.next(next_); }

  Characters characters_;
  Character next_;
  bool more_ = false;
};

[[nodiscard]] std::vector<Word> words_of(std::string_view text);

/// A run of digits with what people put between those of a telephone number.
struct PhoneRun {
  std::string digits;  ///< 7 to 15.
  std::size_t begin = 0, end = 0;
};

/// All runs in the text that may be telephone numbers.
[[nodiscard]] std::vector<PhoneRun> phone_runs(std::string_view text);
/// Backwards, so that a number is found by its end, whatever stands for its country or trunk.
[[nodiscard]] std::string backwards(std::string_view digits);

}  // namespace deskwire::search
