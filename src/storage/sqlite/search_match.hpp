// SPDX-License-Identifier: Apache-2.0
// Questions in SQL and in FTS5's query syntax. Words are quoted, and hold neither quotes nor spaces
// to begin with.
#pragma once
#include <string>

#include "deskwire/port/search_store.hpp"

namespace deskwire::sqlite {

/// For MATCH; empty when the question has no words.
[[nodiscard]] std::string match_all(const SearchQuestion& question);
/// Finds the document of the question's words, newest first: ticket, window, at, bm25; or without
/// words the tickets that pass its filters.
[[nodiscard]] std::string select_of(const SearchQuestion& question);

}  // namespace deskwire::sqlite
