// SPDX-License-Identifier: Apache-2.0
// Remembers across crashes which mails were being parsed: one that was at two crashes is not parsed
// a third time but stored as it is, so that a single mail cannot keep the daemon from running. The
// notes are a page of shared memory behind a file: they cost no system call, survive the process
// (kill -9 too), and need not survive the machine.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace deskwire::email {

class PoisonGuard {
 public:
  /// Maps `file`, made if it is not there, and counts a crash for each mail that was left in it.
  /// Throws std::system_error. A file that is none of ours counts as empty.
  explicit PoisonGuard(const std::string& file);
  ~PoisonGuard();
  PoisonGuard(const PoisonGuard&) = delete;
  PoisonGuard& operator=(const PoisonGuard&) = delete;

  /// While it lives, the mail counts as being parsed. Ends on the thread that began it.
  class Parsing {
   public:
    Parsing(PoisonGuard& guard, std::string_view mail);
    ~Parsing();
    Parsing(const Parsing&) = delete;
    Parsing& operator=(const Parsing&) = delete;
    /// Two crashes happened over this mail: do not look into it.
    [[nodiscard]] bool poisonous() const { return poisonous_; }

   private:
    PoisonGuard& guard_;
    std::array<std::uint8_t, 32> digest_;
    std::size_t slot_;
    bool poisonous_;
  };

 private:
  struct Notes;
  Notes* notes_;
  std::mutex mutex_;
};

}  // namespace deskwire::email
