// SPDX-License-Identifier: Apache-2.0
// A disk that loses power: an SQLite VFS over the real one which fails from the n-th write, sync or
// truncation on, and then forgets what was not synced, all of it or a random part.
#pragma once
#include <cstdint>
#include <string>

namespace deskwire {

class CrashDisk {
 public:
  /// Registers the VFS; one at a time.
  CrashDisk();
  ~CrashDisk();
  CrashDisk(const CrashDisk&) = delete;
  CrashDisk& operator=(const CrashDisk&) = delete;

  /// For SqliteSettings::vfs.
  [[nodiscard]] static std::string name() { return "crash-disk"; }

  /// The n-th operation from now (1: the next) is half done, and the power is gone.
  void cut_power_at(std::uint64_t n);
  [[nodiscard]] bool power_is_off() const;
  /// Operations since the last cut was planned.
  [[nodiscard]] std::uint64_t operations() const;
  /// Call when every file is closed: undoes writes that were not synced. With a seed each of them
  /// may have reached the disk or not; seed 0 undoes them all. The power is on again.
  void forget_unsynced(std::uint64_t seed);
};

}  // namespace deskwire
