// SPDX-License-Identifier: Apache-2.0
// Asks the search index over a read-only connection of its own.
#pragma once
#include <filesystem>
#include <string>

#include "deskwire/port/search_store.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class SearchFileReader final : public SearchReader {
 public:
  SearchFileReader(const std::filesystem::path& file, const std::string& vfs);

  SearchHits find(const SearchQuestion& question, const std::function<bool()>& spent) override;

 private:
  Database database_;
};

}  // namespace deskwire::sqlite
