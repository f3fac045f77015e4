// SPDX-License-Identifier: Apache-2.0
#include "channels/email/spool.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace deskwire::email {
namespace {

/// Once in a file, this much is gathered before the next write.
constexpr std::size_t kWriteBytes = 64U << 10;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// A file that is gone with its last descriptor.
int open_nameless(const std::string& directory) {
  std::string path = directory + "/mail-XXXXXX";
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file < 0) fail("cannot make a spool file");
  ::unlink(path.c_str());
  return file;
}

void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("cannot write to a spool file");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

class Mapping {
 public:
  Mapping(int file, std::size_t size)
      : size_(size), at_(::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0)) {
    if (at_ == MAP_FAILED) fail("cannot map a spool file");
  }
  ~Mapping() { ::munmap(at_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(at_), size_}; }

 private:
  std::size_t size_;
  void* at_;
};

}  // namespace

bool SpoolBudget::take(std::atomic<std::uint64_t>& left, std::uint64_t bytes) {
  std::uint64_t now = left;
  do {
    if (now < bytes) return false;
  } while (!left.compare_exchange_weak(now, now - bytes));
  return true;
}

MailBody::~MailBody() {
  budget_.give_memory(memory_taken_);
  budget_.give_disk(disk_taken_);
  if (file_ >= 0) ::close(file_);
}

bool MailBody::add(std::string_view bytes) {
  if (!spooled_ && size_ + bytes.size() <= kSpoolOver && budget_.take_memory(bytes.size())) {
    memory_taken_ += bytes.size();
  } else {
    const std::uint64_t more = spooled_ ? bytes.size() : size_ + bytes.size();
    if (!budget_.take_disk(more)) return false;
    disk_taken_ += more;
    spooled_ = true;
  }
  waiting_.append(bytes);
  size_ += bytes.size();
  return true;
}

bool MailBody::wants_flush() const {
  return spooled_ && (file_ < 0 || waiting_.size() >= kWriteBytes);
}

void MailBody::flush() {
  if (file_ < 0) file_ = open_nameless(directory_);
  write_all(file_, waiting_);
  waiting_ = {};
  budget_.give_memory(memory_taken_);
  memory_taken_ = 0;
}

void MailBody::with_bytes(const std::function<void(std::string_view)>& use) {
  if (!spooled_) return use(waiting_);
  flush();
  use(Mapping(file_, size_).bytes());
}

}  // namespace deskwire::email
