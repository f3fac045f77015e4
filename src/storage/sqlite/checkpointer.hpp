// SPDX-License-Identifier: Apache-2.0
// Copies the write-ahead log into the database at moments of our choosing: when the store is idle,
// or when the log has grown to its limit.
#pragma once
#include <cstdint>

#include "deskwire/base/instant.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class Checkpointer {
 public:
  /// `database` is the writing connection.
  Checkpointer(Database& database, std::uint64_t limit_bytes);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// Whether it copied something.
  bool run(Instant now, bool idle);

 private:
  struct Log {
    std::uint64_t pages = 0;   ///< In the file.
    std::uint64_t copied = 0;  ///< Of those, in the database already.
  };
  static int note_commit(void* log, sqlite3* handle, const char* name, int pages);
  void copy(int mode);

  Database& database_;
  std::uint64_t limit_bytes_;
  std::uint64_t page_bytes_;
  Log log_;
  Instant copied_at_, restarted_at_;
};

}  // namespace deskwire::sqlite
