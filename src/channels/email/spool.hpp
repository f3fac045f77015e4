// SPDX-License-Identifier: Apache-2.0
// Mails on their way in: small ones in memory, those over 256 KiB in a file without a name, so that
// no crash leaves one behind. One budget bounds both for all sessions together.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace deskwire::email {

/// A body longer than this goes to a file.
inline constexpr std::size_t kSpoolOver = 256U << 10;

/// Thread safe: a body may end its life on a worker.
class SpoolBudget {
 public:
  SpoolBudget(std::uint64_t memory_bytes, std::uint64_t disk_bytes)
      : memory_(memory_bytes), disk_(disk_bytes) {}

  [[nodiscard]] bool take_memory(std::uint64_t bytes) { return take(memory_, bytes); }
  [[nodiscard]] bool take_disk(std::uint64_t bytes) { return take(disk_, bytes); }
  void give_memory(std::uint64_t bytes) { memory_ += bytes; }
  void give_disk(std::uint64_t bytes) { disk_ += bytes; }
  [[nodiscard]] std::uint64_t free_memory() const { return memory_; }
  [[nodiscard]] std::uint64_t free_disk() const { return disk_; }

 private:
  static bool take(std::atomic<std::uint64_t>& left, std::uint64_t bytes);

  std::atomic<std::uint64_t> memory_;
  std::atomic<std::uint64_t> disk_;
};

class MailBody {
 public:
  /// `budget` must outlive this.
  MailBody(SpoolBudget& budget, std::string directory)
      : budget_(budget), directory_(std::move(directory)) {}
  ~MailBody();
  MailBody(const MailBody&) = delete;
  MailBody& operator=(const MailBody&) = delete;

  /// Takes the next bytes; false when no room is left, and then nothing was taken.
  [[nodiscard]] bool add(std::string_view bytes);
  /// Time to call flush(), before more is added.
  [[nodiscard]] bool wants_flush() const;
  /// Writes to the file what waits in memory. Blocks: for a worker, and nobody may touch the body
  /// meanwhile. Throws std::system_error when the file system does not take it.
  void flush();
  /// Calls `use` with the whole mail. Blocks and throws as flush() does.
  void with_bytes(const std::function<void(std::string_view)>& use);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] bool spooled() const { return spooled_; }

 private:
  SpoolBudget& budget_;
  std::string directory_;
  std::string waiting_;  ///< The whole body, or what is not in the file yet.
  std::uint64_t size_ = 0;
  std::uint64_t memory_taken_ = 0;
  std::uint64_t disk_taken_ = 0;
  bool spooled_ = false;
  int file_ = -1;
};

}  // namespace deskwire::email
