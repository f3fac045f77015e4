// SPDX-License-Identifier: Apache-2.0
// Copies the write-ahead log into the database at moments of our choosing: when the store is idle,
// or when the log has grown to its limit. A long log is copied by a thread of its own while commits
// go on; only what they add meanwhile is copied between two of them, for a log begins anew when all
// of it has been copied.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "deskwire/base/instant.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/paced_vfs.hpp"

namespace deskwire::sqlite {

class Checkpointer {
 public:
  /// `database` is the writing connection.
  Checkpointer(Database& database, const std::string& vfs, std::uint64_t limit_bytes);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// Whether it copied something. Rethrows what stopped the thread.
  bool run(Instant now, bool idle);

 private:
  struct Log {
    std::uint64_t pages = 0;   ///< In the file.
    std::uint64_t copied = 0;  ///< Of those, in the database already.
  };
  enum class Pass : std::uint8_t { none, asked, done };

  static int note_commit(void* log, sqlite3* handle, const char* name, int pages);
  /// Nothing when another connection is at it.
  static std::optional<Log> copy(Database& database, int mode);
  [[nodiscard]] bool wanted(Instant now, bool idle) const;
  void copy_here(int mode);
  void copy_in_passes();
  bool take_pass();

  Database& database_;
  std::uint64_t limit_bytes_;
  std::uint64_t page_bytes_;
  Log log_;
  Instant copied_at_, restarted_at_;
  bool draining_ = false;  ///< A long log is being copied, pass by pass.

  PacedVfs disk_;    ///< Commits go on beside the thread.
  Database passes_;  ///< The thread's connection.
  std::mutex mutex_;
  std::condition_variable asked_;
  Pass pass_ = Pass::none;
  bool stop_ = false;
  std::optional<Log> passed_;
  std::exception_ptr error_;
  std::thread thread_;
};

}  // namespace deskwire::sqlite
