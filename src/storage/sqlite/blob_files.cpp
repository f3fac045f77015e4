// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/blob_files.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <array>
#include <cerrno>

#include "deskwire/port/store.hpp"
#include "storage/sqlite/files.hpp"

namespace deskwire::sqlite {
namespace {

/// Mail compresses about three to one at this level, at some 200 MB/s.
constexpr int kLevel = 3;
/// No entrance takes more; a larger figure in a row is damage.
constexpr std::uint64_t kMaxBlobBytes = std::uint64_t{1} << 30;

constexpr std::string_view kHex = "0123456789abcdef";

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* compressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  return context.get();
}

ZSTD_DCtx* decompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  return context.get();
}

int digit_value(char c) {
  const auto found = kHex.find(c);
  return found == std::string_view::npos ? -1 : static_cast<int>(found);
}

std::string part_name(unsigned part) { return {kHex[part >> 4], kHex[part & 15]}; }

}  // namespace

std::string sha256(std::string_view bytes) {
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();  // The only way it can fail.
  return {digest.data(), size};
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    hex += kHex[static_cast<unsigned char>(c) >> 4];
    hex += kHex[static_cast<unsigned char>(c) & 15];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit_value(hex[i]);
    const int low = digit_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string compress(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(compressor(), out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  if (ZSTD_isError(size) != 0) throw std::bad_alloc();  // The output has room for the worst case.
  out.resize(size);
  out.shrink_to_fit();
  return out;
}

std::string decompress(std::string_view compressed, std::uint64_t size_bytes) {
  const auto damaged = [](const char* how) {
    return StoreError(StoreError::Kind::corrupt, std::string("a blob is damaged: ") + how);
  };
  if (size_bytes > kMaxBlobBytes) throw damaged("its size is not credible");
  if (ZSTD_getFrameContentSize(compressed.data(), compressed.size()) != size_bytes)
    throw damaged("its size is not what was noted");
  std::string out(size_bytes, '\0');
  const std::size_t size = ZSTD_decompressDCtx(decompressor(), out.data(), out.size(),
                                               compressed.data(), compressed.size());
  if (ZSTD_isError(size) != 0 || size != size_bytes) throw damaged("it does not decompress");
  return out;
}

BlobFiles::BlobFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
  make_directory(directory_);
}

/// The part's directory is there and will be after a power loss.
void BlobFiles::make_part(const std::filesystem::path& part) {
  const auto number = static_cast<std::size_t>(std::stoi(part.filename(), nullptr, 16));
  if (ready_.at(number)) return;
  make_directory(part);
  sync_directory(directory_);
  ready_.at(number) = true;
}

std::filesystem::path BlobFiles::path_of(std::string_view hash) const {
  return directory_ / hash.substr(0, 2) / hash;
}

/// Whether the file is there already; if so it counts as new for the sweeper.
bool BlobFiles::refresh(const std::filesystem::path& path) {
  const std::lock_guard lock(mutex_);
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, 0) == 0) return true;
  if (errno == ENOENT) return false;
  fail_file(path, "touch", errno);
}

std::shared_ptr<const Blob> BlobFiles::keep(std::string_view bytes) {
  auto blob = std::make_shared<Blob>();
  blob->sha256 = to_hex(sha256(bytes));
  blob->size_bytes = bytes.size();
  const std::filesystem::path path = path_of(blob->sha256);
  if (bytes.size() > kInlineBytes && refresh(path)) {
    // Another thread may have renamed it a moment ago and be about to sync the directories.
    make_part(path.parent_path());
    sync_directory(path.parent_path());
    return blob;
  }
  std::string compressed = compress(bytes);
  if (compressed.size() <= kInlineBytes)
    blob->compressed = std::move(compressed);
  else
    write_file(path, compressed);
  return blob;
}

void BlobFiles::write_file(const std::filesystem::path& path, std::string_view compressed) {
  make_part(path.parent_path());
  write_durable(path, compressed);
}

std::optional<std::string> BlobFiles::read_compressed(std::string_view hash) const {
  const std::optional<File> file = File::to_read(path_of(hash));
  if (!file) return std::nullopt;
  return file->read_all();
}

void BlobFiles::sweep(unsigned part, Instant cutoff,
                      const std::function<bool(std::string_view)>& is_known) {
  std::error_code ec;
  std::filesystem::directory_iterator files(directory_ / part_name(part), ec);
  if (ec == std::errc::no_such_file_or_directory) return;
  for (const std::filesystem::directory_iterator end; !ec && files != end; files.increment(ec))
    sweep_file(files->path(), cutoff, is_known);
  if (ec) fail_file(directory_ / part_name(part), "list", ec.value());
}

void BlobFiles::sweep_file(const std::filesystem::path& path, Instant cutoff,
                           const std::function<bool(std::string_view)>& is_known) {
  const std::lock_guard lock(mutex_);
  struct stat status{};
  if (holds_ > 0 || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (std::int64_t{status.st_mtim.tv_sec} * 1000 >= cutoff.ms) return;
  if (is_known(path.filename().native())) return;
  if (::unlink(path.c_str()) != 0) fail_file(path, "remove", errno);
}

}  // namespace deskwire::sqlite
