// SPDX-License-Identifier: Apache-2.0
#include "runtime/poison_guard.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace deskwire {
namespace {

constexpr std::array<char, 8> kMagic{'d', 'w', 'p', 'o', 'i', 's', 'n', '1'};
constexpr std::uint32_t kPoisonAfter = 2;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

struct PoisonGuard::Slot {
  std::array<char, kDigestBytes> digest;
  std::uint32_t
      in_flight;  ///< How many parse it now; written last, so a torn slot counts for nothing.
  std::uint32_t crashes;
  std::uint64_t order;  ///< When it was begun; the oldest gives way.
};

struct PoisonGuard::File {
  std::array<char, 8> magic;
  std::uint64_t next_order;
  std::array<Slot, kInFlight> slots;
};

PoisonGuard::PoisonGuard(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) fail("cannot open " + path);
  struct stat status{};
  const bool ours = ::fstat(fd, &status) == 0 && status.st_size == static_cast<off_t>(sizeof(File));
  void* mapped = MAP_FAILED;
  // Shrunk first, so that what it held before reads as zeros. Allocated, or a full disk would be a
  // SIGBUS later.
  if ((ours || ::ftruncate(fd, 0) == 0) && (errno = ::posix_fallocate(fd, 0, sizeof(File))) == 0)
    mapped = ::mmap(nullptr, sizeof(File), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const int error = errno;
  ::close(fd);
  errno = error;
  if (mapped == MAP_FAILED) fail("cannot map " + path);
  file_ = static_cast<File*>(mapped);
  if (file_->magic != kMagic) {
    std::memset(mapped, 0, sizeof(File));
    file_->magic = kMagic;
  }
  for (Slot& slot : file_->slots) {
    if (slot.in_flight > 0) ++slot.crashes;
    slot.in_flight = 0;
  }
}

PoisonGuard::~PoisonGuard() { ::munmap(file_, sizeof(File)); }

bool PoisonGuard::is_poison(std::string_view digest) const {
  const std::lock_guard lock(mutex_);
  const Slot* slot = find(digest);
  return slot && slot->crashes >= kPoisonAfter;
}

void PoisonGuard::begin(std::string_view digest) {
  const std::lock_guard lock(mutex_);
  Slot* slot = find(digest);
  if (!slot) {
    slot = vacant();
    if (!slot) return;
    slot->crashes = 0;
    slot->digest.fill('\0');
    std::ranges::copy(digest.substr(0, kDigestBytes), slot->digest.begin());
  }
  slot->order = ++file_->next_order;
  std::atomic_signal_fence(
      std::memory_order_release);  // A crash must not find the mark before the digest.
  ++slot->in_flight;
}

void PoisonGuard::end(std::string_view digest) {
  const std::lock_guard lock(mutex_);
  Slot* slot = find(digest);
  if (!slot || slot->in_flight == 0) return;
  slot->crashes = 0;
  if (--slot->in_flight == 0) slot->digest.fill('\0');
}

PoisonGuard::Slot* PoisonGuard::find(std::string_view digest) const {
  digest = digest.substr(0, kDigestBytes);
  if (digest.empty()) return nullptr;
  for (Slot& slot : file_->slots)
    if (std::string_view(slot.digest.data(), ::strnlen(slot.digest.data(), kDigestBytes)) == digest)
      return &slot;
  return nullptr;
}

/// An empty slot, else the one that was begun longest ago and is not being parsed.
PoisonGuard::Slot* PoisonGuard::vacant() const {
  Slot* oldest = nullptr;
  for (Slot& slot : file_->slots) {
    if (slot.in_flight > 0) continue;
    if (slot.digest.front() == '\0') return &slot;
    if (!oldest || slot.order < oldest->order) oldest = &slot;
  }
  return oldest;
}

}  // namespace deskwire
