// SPDX-License-Identifier: Apache-2.0
// A file system for SQLite under which the database file reaches the disk in small portions with a
// rest after each. A checkpoint writes tens of megabytes and syncs them at its end; at once, they
// would stand before every commit's sync of the log for tens of milliseconds.
#pragma once
#include <sqlite3.h>

#include <string>

namespace deskwire::sqlite {

class PacedVfs {
 public:
  /// Over the file system of that name, or the default one. Connections opened with `name()` must
  /// be closed before this goes.
  explicit PacedVfs(const std::string& over);
  ~PacedVfs();
  PacedVfs(const PacedVfs&) = delete;
  PacedVfs& operator=(const PacedVfs&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  sqlite3_vfs vfs_;
};

}  // namespace deskwire::sqlite
