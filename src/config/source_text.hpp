// SPDX-License-Identifier: Apache-2.0
// The file as text: read with limits, checked to be UTF-8, and able to say where in it a byte of a
// YAML scalar stands.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace deskwire::config {

/// A place as yaml-cpp counts: line and byte column from 0.
struct Place {
  std::uint32_t line = 0, column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct TextFault {
  Place place;
  std::string found, expected;
};

/// The bytes of a regular file (or a pipe); at most `max_bytes`.
std::expected<std::string, TextFault> read_whole_file(const std::filesystem::path& path,
                                                      std::size_t max_bytes);

class SourceText {
 public:
  /// Refuses what is empty, not UTF-8, or holds control characters (yaml-cpp takes 0x04 for the end
  /// of the file).
  static std::expected<SourceText, TextFault> check(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Column in characters, from 0.
  [[nodiscard]] std::uint32_t character_column(Place place) const;
  /// Where byte `offset` of the scalar's value stands, given where the scalar begins in the file.
  [[nodiscard]] Place inside_scalar(Place begin, std::string_view value, std::size_t offset) const;

 private:
  [[nodiscard]] std::size_t position(Place place) const;
  [[nodiscard]] Place place_of(std::size_t position) const;

  std::string text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace deskwire::config
