// SPDX-License-Identifier: Apache-2.0
// One way to open each kind of store, so that every test of the contract runs over all of them.
#pragma once
#include <memory>

#include "storage/memory/memory_store.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace deskwire {

struct OnMemory {
  std::shared_ptr<MemoryImage> image = std::make_shared<MemoryImage>();
  [[nodiscard]] std::unique_ptr<Store> open() const { return std::make_unique<MemoryStore>(image); }
};

struct OnSqlite {
  TempDir directory{TempDir::fast_parent()};
  SqliteSettings settings;
  OnSqlite() { settings.directory = directory.path() / "data"; }
  [[nodiscard]] std::unique_ptr<Store> open() const { return open_sqlite(settings); }
};

}  // namespace deskwire
