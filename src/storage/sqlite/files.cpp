// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "deskwire/port/store.hpp"

namespace deskwire::sqlite {
namespace {

/// read(2) and write(2) at most this much at a time.
constexpr std::size_t kChunkBytes = std::size_t{1} << 18;

}  // namespace

void fail_file(const std::filesystem::path& path, std::string_view doing, int error) {
  throw StoreError(StoreError::Kind::disk, "cannot " + std::string(doing) + " " + path.string() +
                                               ": " + std::system_category().message(error));
}

File::File(const std::filesystem::path& path, int flags, unsigned mode) : path_(path) {
  descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (descriptor_ < 0) fail_file(path, "open", errno);
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File::File(std::filesystem::path path, Opened opened)
    : path_(std::move(path)), descriptor_(opened.descriptor) {}

std::optional<File> File::to_read(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) return File(path, Opened{descriptor});
  if (errno == ENOENT) return std::nullopt;
  fail_file(path, "open", errno);
}

std::string_view File::read_some(std::string& chunk) const {
  for (;;) {
    const ssize_t n = ::read(descriptor_, chunk.data(), chunk.size());
    if (n >= 0) return std::string_view(chunk).substr(0, static_cast<std::size_t>(n));
    if (errno != EINTR) fail_file(path_, "read", errno);
  }
}

std::string File::read_all() const {
  std::string bytes;
  std::string chunk(kChunkBytes, '\0');
  for (std::string_view part = read_some(chunk); !part.empty(); part = read_some(chunk))
    bytes += part;
  return bytes;
}

void File::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kChunkBytes));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_file(path_, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void File::sync() {
  if (::fsync(descriptor_) != 0) fail_file(path_, "sync", errno);
}

void require_database(const std::filesystem::path& path) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  const auto file = File::to_read(path);
  if (!file) return;
  std::string chunk(kMagic.size(), '\0');
  const std::string_view head = file->read_some(chunk);
  if (!head.empty() && head != kMagic)
    throw StoreError(StoreError::Kind::corrupt, path.string() + " is no SQLite database");
}

void make_directory(const std::filesystem::path& path) {
  std::error_code ec;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  if (::mkdir(path.c_str(), 0700) == 0) return;
  const int error = errno;
  if (error == EEXIST && std::filesystem::is_directory(path)) return;
  fail_file(path, "make the directory", error == EEXIST ? ENOTDIR : error);
}

void sync_directory(const std::filesystem::path& path) {
  File(path, O_RDONLY | O_DIRECTORY).sync();
}

void write_durable(const std::filesystem::path& path, std::string_view bytes) {
  static std::atomic<std::uint64_t> counter = 0;
  std::filesystem::path other = path;
  other += ".tmp" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
  try {
    File file(other, O_WRONLY | O_CREAT | O_EXCL);
    file.write_all(bytes);
    file.sync();
    if (::rename(other.c_str(), path.c_str()) != 0) fail_file(path, "rename to", errno);
  } catch (...) {
    ::unlink(other.c_str());
    throw;
  }
  sync_directory(path.parent_path());
}

void copy_durable(const std::filesystem::path& from, const std::filesystem::path& to) {
  const File source(from, O_RDONLY);
  File target(to, O_WRONLY | O_CREAT | O_EXCL);
  std::string chunk(kChunkBytes, '\0');
  for (std::string_view part = source.read_some(chunk); !part.empty();
       part = source.read_some(chunk))
    target.write_all(part);
  target.sync();
}

void link_or_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return;
  copy_durable(from, to);
}

std::uint64_t free_bytes_at(const std::filesystem::path& path) {
  struct statvfs system{};
  if (::statvfs(path.c_str(), &system) != 0) fail_file(path, "look at the space of", errno);
  return std::uint64_t{system.f_bavail} * system.f_frsize;
}

DataLock::DataLock(const std::filesystem::path& directory)
    : file_(directory / "lock", O_RDWR | O_CREAT) {
  if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK)
    throw StoreError(StoreError::Kind::locked,
                     "the data directory " + directory.string() + " is in use by another process");
  fail_file(directory / "lock", "lock", errno);
}

}  // namespace deskwire::sqlite
