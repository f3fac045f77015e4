// SPDX-License-Identifier: Apache-2.0
// The search index on SQLite's FTS5, a database of its own beside the desk's. Texts arrive as
// folded words between blanks, so that SQLite's plainest tokenizer reads them and nothing a person
// types is ever read as FTS5's own syntax. After a power loss it is as it was after one of its last
// transactions; what is missing is read again.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "deskwire/port/search_store.hpp"

namespace deskwire {

struct SearchFileSettings {
  std::filesystem::path file;
  std::string vfs;  ///< A registered SQLite VFS; empty: the default one.
};

[[nodiscard]] std::unique_ptr<SearchStore> search_files(SearchFileSettings settings);

}  // namespace deskwire
