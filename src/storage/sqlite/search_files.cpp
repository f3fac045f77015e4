// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/search_files.hpp"

#include <system_error>
#include <utility>

#include "storage/sqlite/files.hpp"
#include "storage/sqlite/search_reader.hpp"
#include "storage/sqlite/search_writer.hpp"

namespace deskwire {
namespace sqlite {
namespace {

class SearchFiles final : public SearchStore {
 public:
  explicit SearchFiles(SearchFileSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<SearchWriter> open_writer() override {
    require_database(settings_.file);
    // A log without its file would be taken for the new one's.
    if (!std::filesystem::exists(settings_.file)) remove();
    return std::make_unique<SearchFileWriter>(settings_.file, settings_.vfs);
  }

  std::unique_ptr<SearchReader> open_reader() override {
    return std::make_unique<SearchFileReader>(settings_.file, settings_.vfs);
  }

  void remove() override {
    for (const char* part : {"", "-wal", "-shm", "-journal"}) {
      std::error_code failed;
      std::filesystem::remove(settings_.file.string() + part, failed);
      if (failed)
        throw StoreError(StoreError::Kind::disk, "cannot remove " + settings_.file.string() + part +
                                                     ": " + failed.message());
    }
  }

 private:
  SearchFileSettings settings_;
};

}  // namespace
}  // namespace sqlite

std::unique_ptr<SearchStore> search_files(SearchFileSettings settings) {
  return std::make_unique<sqlite::SearchFiles>(std::move(settings));
}

}  // namespace deskwire
