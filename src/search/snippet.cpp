// SPDX-License-Identifier: Apache-2.0
#include "search/snippet.hpp"

#include <algorithm>
#include <set>

#include "deskwire/base/utf8.hpp"
#include "search/words.hpp"

namespace deskwire::search {
namespace {

/// What stands before the first hit.
constexpr std::size_t kLead = 40;
constexpr std::string_view kCut = "\xe2\x80\xa6";

bool matches(std::span<const Word> words, const SearchTerm& term) {
  if (words.size() < term.words.size()) return false;
  for (std::size_t i = 0; i < term.words.size(); ++i) {
    const bool last = i + 1 == term.words.size();
    const std::string& found = words[i].folded;
    if (last && term.prefix ? !found.starts_with(term.words[i]) : found != term.words[i])
      return false;
  }
  return true;
}

void add_words(std::vector<TextHit>& out, std::span<const Word> words, const SearchTerm& term,
               std::size_t number) {
  if (term.words.empty()) return;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!matches(words.subspan(i), term)) continue;
    const std::size_t last = i + term.words.size() - 1;
    out.push_back({.begin = words[i].begin, .end = words[last].end, .term = number});
  }
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// A place at or before `at` where a word begins, if one is near; never within a character.
std::size_t word_begin(std::string_view text, std::size_t at) {
  constexpr std::size_t kNear = 24;
  std::size_t place = at;
  for (; place > 0 && at - place < kNear; --place)
    if (text[place - 1] == ' ' || text[place - 1] == '\n') return place;
  if (place == 0) return 0;
  while (at > 0 && is_continuation(text[at])) --at;
  return at;
}

/// The begin of the stretch whose hits are of the most different terms; the first such.
std::size_t best_begin(std::span<const TextHit> hits) {
  std::size_t best = 0, most = 0;
  for (std::size_t first = 0; first < hits.size(); ++first) {
    std::set<std::size_t> terms;
    for (std::size_t i = first; i < hits.size(); ++i) {
      if (hits[i].end > hits[first].begin + kSnippetBytes - kLead) break;
      terms.insert(hits[i].term);
    }
    if (terms.size() <= most) continue;
    most = terms.size();
    best = hits[first].begin;
  }
  return best;
}

class Parts {
 public:
  void add(std::string_view text, bool hit) {
    // One line, and no two spaces in a row over the seams either.
    std::string out;
    for (const char c : text) {
      const bool space = static_cast<unsigned char>(c) <= ' ';
      if (!space)
        out += c;
      else if (!after_space_)
        out += ' ';
      after_space_ = space;
    }
    if (out.empty()) return;
    if (!parts_.empty() && parts_.back().hit == hit)
      parts_.back().text += out;
    else
      parts_.push_back({.text = std::move(out), .hit = hit});
  }

  std::vector<SnippetPart> take() { return std::move(parts_); }

 private:
  std::vector<SnippetPart> parts_;
  bool after_space_ = true;
};

}  // namespace

std::vector<TextHit> hits_in(std::string_view text, std::span<const SearchTerm> terms,
                             bool is_customer) {
  std::vector<TextHit> out;
  const std::vector<Word> words = words_of(text);
  std::vector<PhoneRun> phones;
  if (std::ranges::any_of(terms, [](const SearchTerm& term) { return !term.phone.empty(); }))
    phones = phone_runs(text);
  for (std::size_t number = 0; number < terms.size(); ++number) {
    const SearchTerm& term = terms[number];
    if (term.customer && !is_customer) continue;
    add_words(out, words, term, number);
    for (const PhoneRun& run : phones)
      if (!term.phone.empty() && backwards(run.digits).starts_with(term.phone))
        out.push_back({.begin = run.begin, .end = run.end, .term = number});
  }
  std::ranges::sort(out, {}, [](const TextHit& hit) { return std::pair(hit.begin, hit.end); });
  return out;
}

std::size_t terms_in(std::span<const TextHit> hits) {
  std::set<std::size_t> terms;
  for (const TextHit& hit : hits) terms.insert(hit.term);
  return terms.size();
}

std::vector<SnippetPart> snippet_of(std::string_view text, std::span<const TextHit> hits) {
  const std::size_t hit = hits.empty() ? 0 : best_begin(hits);
  const std::size_t begin = hit > kLead ? word_begin(text, hit - kLead) : 0;
  const std::size_t end = begin + utf8_prefix(text.substr(begin), kSnippetBytes).size();
  Parts out;
  if (begin > 0) out.add(kCut, false);
  std::size_t at = begin;
  for (const TextHit& one : hits) {
    if (one.end <= at || one.begin >= end) continue;
    const std::size_t from = std::max(at, one.begin), to = std::min(end, one.end);
    out.add(text.substr(at, from - at), false);
    out.add(text.substr(from, to - from), true);
    at = to;
  }
  out.add(text.substr(at, end - at), false);
  if (end < text.size()) out.add(kCut, false);
  return out.take();
}

}  // namespace deskwire::search
