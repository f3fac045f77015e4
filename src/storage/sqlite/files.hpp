// SPDX-License-Identifier: Apache-2.0
// Files that survive a power loss: written under another name, synced, renamed, and the directory
// synced. Failures are StoreError::Kind::disk with the path and the system's reason.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace deskwire::sqlite {

/// An open file or directory.
class File {
 public:
  /// `flags` and `mode` as in open(2); O_CLOEXEC is added.
  File(const std::filesystem::path& path, int flags, unsigned mode = 0600);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&&) = delete;

  /// Nothing if there is no such file.
  [[nodiscard]] static std::optional<File> to_read(const std::filesystem::path& path);
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// Fills `chunk` as far as the system gives; empty at the end of the file.
  [[nodiscard]] std::string_view read_some(std::string& chunk) const;
  [[nodiscard]] std::string read_all() const;
  void write_all(std::string_view bytes);
  void sync();

 private:
  struct Opened {
    int descriptor;
  };
  File(std::filesystem::path path, Opened opened);
  std::filesystem::path path_;
  int descriptor_ = -1;
};

[[noreturn]] void fail_file(const std::filesystem::path& path, std::string_view doing, int error);

/// Throws StoreError::Kind::corrupt for a file that is there and no SQLite database: SQLite would
/// copy a write-ahead log into it.
void require_database(const std::filesystem::path& path);

/// Makes the directory (for the owner alone) and its parents if they are not there.
void make_directory(const std::filesystem::path& path);
void sync_directory(const std::filesystem::path& path);
/// The file appears whole under its name or not at all, and stays after a power loss.
void write_durable(const std::filesystem::path& path, std::string_view bytes);
/// A synced copy under a new name.
void copy_durable(const std::filesystem::path& from, const std::filesystem::path& to);
/// A hard link where the file system can, else a synced copy.
void link_or_copy(const std::filesystem::path& from, const std::filesystem::path& to);
/// Bytes that an ordinary user may still write on the path's file system.
[[nodiscard]] std::uint64_t free_bytes_at(const std::filesystem::path& path);

/// The exclusive right to a data directory, given up when it goes or the process dies.
class DataLock {
 public:
  /// Throws StoreError::Kind::locked if another process has it.
  explicit DataLock(const std::filesystem::path& directory);

 private:
  File file_;
};

}  // namespace deskwire::sqlite
