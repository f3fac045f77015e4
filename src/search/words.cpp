// SPDX-License-Identifier: Apache-2.0
#include "search/words.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"

namespace deskwire::search {
namespace {

constexpr std::size_t kLeastPhoneDigits = 7;
constexpr std::size_t kMostPhoneDigits = 15;
constexpr std::size_t kPhoneGap = 2;  ///< "(028) 3823".

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_phone(const PhoneRun& run) {
  return run.digits.size() >= kLeastPhoneDigits && run.digits.size() <= kMostPhoneDigits;
}

/// Stands between the digits of one number, or before them.
bool is_phone_space(char c) {
  return c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/';
}

std::size_t first_digit(std::string_view text, std::size_t from) {
  while (from < text.size() && !is_digit(text[from])) ++from;
  return from;
}

/// From the digit at `at` on, with at most `gap` signs between two digits.
PhoneRun run_at(std::string_view text, std::size_t at, std::size_t gap) {
  PhoneRun run{.digits = {}, .begin = at, .end = at};
  for (std::size_t signs = 0; at < text.size() && signs <= gap; ++at) {
    if (is_digit(text[at])) {
      run.digits += text[at];
      run.end = at + 1;
      signs = 0;
    } else if (is_phone_space(text[at])) {
      ++signs;
    } else {
      break;
    }
  }
  return run;
}

/// Several numbers with spaces between them.
void add_unbroken(std::vector<PhoneRun>& out, std::string_view text, const PhoneRun& runs) {
  for (std::size_t at = runs.begin; at < runs.end; at = first_digit(text, at)) {
    PhoneRun run = run_at(text, at, 0);
    at = run.end;
    if (is_phone(run)) out.push_back(std::move(run));
  }
}

}  // namespace

bool Words::next(Word& out) {
  for (; more_; step()) {
    const Letter letter = letter_of(next_.value);
    if (letter != Letter::word && letter != Letter::syllable) continue;
    out = Word{};
    out.begin = next_.begin;
    if (letter == Letter::syllable)
      read_syllable(out);
    else
      read_word(out);
    return true;
  }
  return false;
}

void Words::read_syllable(Word& out) {
  append_folded(out.folded, next_.value);
  out.end = next_.end;
  step();
  out.alone = !more_ || letter_of(next_.value) != Letter::syllable;
  if (out.alone) return;
  append_folded(out.folded, next_.value);
  out.end = next_.end;
}

void Words::read_word(Word& out) {
  bool marked = false;
  for (; more_; step()) {
    const Letter letter = letter_of(next_.value);
    if (letter == Letter::none || letter == Letter::syllable) break;
    out.end = next_.end;
    if (letter == Letter::hidden) continue;
    if (letter == Letter::word && out.folded.size() < kWordBytes)
      append_folded(out.folded, next_.value);
    marked = marked || letter == Letter::mark || is_marked_latin(next_.value);
    if (out.marked.size() < 2 * kWordBytes) append_utf8(out.marked, lower_latin(next_.value));
  }
  if (!marked || out.marked == out.folded) out.marked.clear();
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> out;
  Words words(text);
  for (Word word; words.next(word);) out.push_back(std::move(word));
  return out;
}

std::vector<PhoneRun> phone_runs(std::string_view text) {
  std::vector<PhoneRun> out;
  for (std::size_t at = first_digit(text, 0); at < text.size(); at = first_digit(text, at)) {
    PhoneRun run = run_at(text, at, kPhoneGap);
    at = run.end;
    if (run.digits.size() > kMostPhoneDigits)
      add_unbroken(out, text, run);
    else if (is_phone(run))
      out.push_back(std::move(run));
  }
  return out;
}

std::string backwards(std::string_view digits) { return {digits.rbegin(), digits.rend()}; }

}  // namespace deskwire::search
