// SPDX-License-Identifier: Apache-2.0
// The one entrance for JSON from outside: strict (RFC 8259, valid UTF-8), of bounded depth; and
// typed access to its members.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/base/id.hpp"

namespace deskwire {

inline constexpr std::size_t kJsonDepth = 32;

/// The error is a sentence for people.
[[nodiscard]] std::expected<boost::json::value, std::string> parse_json(std::string_view text);

/// Reads members and remembers the first complaint, so that a handler asks once at the end: null
/// counts as absent, unknown members are ignored. Texts are at most `max` bytes and hold no NUL.
class JsonReader {
 public:
  explicit JsonReader(const boost::json::object& object) : object_(object) {}

  [[nodiscard]] bool has(std::string_view key) const;
  std::string text(std::string_view key, std::size_t max);
  std::optional<std::string> optional_text(std::string_view key, std::size_t max);
  std::uint64_t number(std::string_view key, std::uint64_t min, std::uint64_t max);
  std::optional<std::uint64_t> optional_number(std::string_view key, std::uint64_t min,
                                               std::uint64_t max);
  bool flag(std::string_view key, bool absent);
  std::vector<std::uint64_t> numbers(std::string_view key, std::size_t max_count);
  /// Empty if absent; each at most 255 bytes.
  std::vector<std::string> texts(std::string_view key, std::size_t max_count);
  template <class I>
  I id(std::string_view key) {
    return I{number(key, 1, kMaxId)};
  }
  template <class I>
  I optional_id(std::string_view key) {
    return I{optional_number(key, 1, kMaxId).value_or(0)};
  }
  void fail(std::string_view key, std::string_view expected);

  [[nodiscard]] bool ok() const { return error_.empty(); }
  /// "ticket: expected an integer from 1".
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  static constexpr std::size_t kShortText = 255;
  static constexpr std::uint64_t kMaxId = (1ull << 53) - 1;  ///< Every JSON client can hold it.
  [[nodiscard]] const boost::json::value* find(std::string_view key) const;

  const boost::json::object& object_;
  std::string error_;
};

}  // namespace deskwire
