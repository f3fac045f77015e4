// SPDX-License-Identifier: Apache-2.0
// Remembers over crashes what was being parsed: input that was in flight at two crashes is stored
// opaque instead. The notes are in a small mapped file that is never synced: it survives the death
// of the process, which is what counts, and not of the machine.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace deskwire {

/// Any thread; parse workers call it around each parse.
class PoisonGuard {
 public:
  /// Opens or makes the file; whatever it says was in flight has now seen one more crash. A file
  /// that is not ours or has the wrong size is made anew. Throws std::system_error when it cannot
  /// be opened or mapped.
  explicit PoisonGuard(const std::string& path);
  ~PoisonGuard();
  PoisonGuard(const PoisonGuard&) = delete;
  PoisonGuard& operator=(const PoisonGuard&) = delete;

  /// In flight at two crashes or more: do not parse it again.
  [[nodiscard]] bool is_poison(std::string_view digest) const;
  /// Parsing of the input with this digest begins. At most kInFlight at a time; more go unnoted.
  void begin(std::string_view digest);
  /// It ended without harm: nothing is held against the digest any more.
  void end(std::string_view digest);

  static constexpr std::size_t kInFlight = 64;  ///< Slots; far more than there are parse threads.
  static constexpr std::size_t kDigestBytes = 64;  ///< Hex SHA-256; longer digests are cut.

 private:
  struct Slot;
  struct File;
  [[nodiscard]] Slot* find(std::string_view digest) const;
  [[nodiscard]] Slot* vacant() const;

  mutable std::mutex mutex_;
  File* file_ = nullptr;
};

/// Notes a digest for as long as it lives; an exception ends a parse as well as a result does.
class PoisonNote {
 public:
  PoisonNote(PoisonGuard& guard, std::string_view digest) : guard_(guard), digest_(digest) {
    guard_.begin(digest_);
  }
  ~PoisonNote() { guard_.end(digest_); }
  PoisonNote(const PoisonNote&) = delete;
  PoisonNote& operator=(const PoisonNote&) = delete;

 private:
  PoisonGuard& guard_;
  std::string digest_;
};

}  // namespace deskwire
