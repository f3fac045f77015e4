// SPDX-License-Identifier: Apache-2.0
// Blobs: hashed, compressed, and the larger ones kept as files named by their hash,
// blobs/ab/abcd…, before anything refers to them. A file never changes once it is there.
#pragma once
#include <array>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"
#include "deskwire/port/blob_keeper.hpp"

namespace deskwire::sqlite {

/// A blob up to this size, compressed, is kept in the database itself.
inline constexpr std::size_t kInlineBytes = std::size_t{32} << 10;

/// 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Nothing unless it is an even number of hex digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);
[[nodiscard]] std::string compress(std::string_view bytes);
/// Throws StoreError::Kind::corrupt unless the result has exactly `size_bytes`.
[[nodiscard]] std::string decompress(std::string_view compressed, std::uint64_t size_bytes);

class BlobFiles final : public BlobKeeper {
 public:
  /// Makes `directory`; its 256 parts are made as they are needed.
  explicit BlobFiles(std::filesystem::path directory);

  /// Thread safe; one compression context a thread.
  std::shared_ptr<const Blob> keep(std::string_view bytes) override;
  /// `hash` is 64 hex digits.
  [[nodiscard]] std::filesystem::path path_of(std::string_view hash) const;
  [[nodiscard]] std::optional<std::string> read_compressed(std::string_view hash) const;

  /// Removes what was left in one of the 256 parts before `cutoff` and is not known. Does nothing
  /// while a backup holds the files.
  void sweep(unsigned part, Instant cutoff, const std::function<bool(std::string_view)>& is_known);
  static constexpr unsigned kParts = 256;

  /// While it lives, no file goes away.
  class Hold {
   public:
    explicit Hold(BlobFiles& files) : files_(files) { ++files_.holds_; }
    ~Hold() { --files_.holds_; }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    BlobFiles& files_;
  };

  /// For a copy of another one's files.
  void make_part(const std::filesystem::path& part);

 private:
  bool refresh(const std::filesystem::path& path);
  void write_file(const std::filesystem::path& path, std::string_view compressed);
  void sweep_file(const std::filesystem::path& path, Instant cutoff,
                  const std::function<bool(std::string_view)>& is_known);

  std::filesystem::path directory_;
  std::array<std::atomic<bool>, kParts> ready_{};  ///< Parts known to be there for good.
  std::atomic<int> holds_ = 0;
  /// Between finding a file (keep) or judging it unused (sweep) and acting on it.
  std::mutex mutex_;
};

}  // namespace deskwire::sqlite
