// SPDX-License-Identifier: Apache-2.0
// Where a question's words are in a text, and the part of the text that shows most of them.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/port/search_store.hpp"

namespace deskwire::search {

/// A snippet has about so many bytes.
inline constexpr std::size_t kSnippetBytes = 180;

struct TextHit {
  std::size_t begin = 0, end = 0;  ///< Bytes.
  std::size_t term = 0;            ///< Which of the question's.
  friend bool operator==(const TextHit&, const TextHit&) = default;
};

/// In the order of the text. Terms that are for the customer alone count only when `is_customer`.
[[nodiscard]] std::vector<TextHit> hits_in(std::string_view text, std::span<const SearchTerm> terms,
                                           bool is_customer);
/// How many different terms.
[[nodiscard]] std::size_t terms_in(std::span<const TextHit> hits);

struct SnippetPart {
  std::string text;
  bool hit = false;
  friend bool operator==(const SnippetPart&, const SnippetPart&) = default;
};

/// The stretch with the most different terms, on one line, "…" where it was cut; without hits the
/// beginning.
[[nodiscard]] std::vector<SnippetPart> snippet_of(std::string_view text,
                                                  std::span<const TextHit> hits);

}  // namespace deskwire::search
