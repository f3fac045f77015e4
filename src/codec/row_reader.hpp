// SPDX-License-Identifier: Apache-2.0
// The way back from row_writer.hpp. Rows may be damaged, so every length is checked before it is
// believed; a row with more fields than this version knows was written by a newer one.
#pragma once
#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "codec/codec_error.hpp"
#include "codec/describe.hpp"

namespace deskwire::codec {

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (rest_.empty()) throw CodecError("a row ends too early");
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  std::uint64_t varint() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      const std::uint64_t bits = next & 0x7FU;
      if (shift == 63 && bits > 1) break;
      number |= bits << shift;
      if (next < 0x80) return number;
    }
    throw CodecError("a number in a row is too large");
  }

  std::int64_t signed_varint() {
    const std::uint64_t bits = varint();
    return static_cast<std::int64_t>(bits >> 1 ^ (~(bits & 1) + 1));
  }

  std::uint64_t fixed() {
    std::uint64_t bits = 0;
    for (int i = 0; i < 8; ++i) bits = bits << 8 | byte();
    return bits;
  }

  /// A length or count; each counted thing takes at least one byte.
  std::size_t length() {
    const std::uint64_t n = varint();
    if (n > rest_.size()) throw CodecError("a length in a row is larger than the row");
    return static_cast<std::size_t>(n);
  }

  std::string_view bytes(std::size_t n) {
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }

  template <class T>
  void read(T& out) {
    if constexpr (std::same_as<T, bool>) {
      out = varint() != 0;
    } else if constexpr (std::signed_integral<T>) {
      out = narrow<T>(signed_varint());
    } else if constexpr (std::integral<T>) {
      out = narrow<T>(varint());
    } else if constexpr (NamedEnum<T>) {
      read_enum(out);
    } else if constexpr (IdType<T>) {
      out.value = varint();
    } else if constexpr (Millis<T>) {
      out.ms = signed_varint();
    } else if constexpr (std::same_as<T, Key>) {
      out.hi = fixed();
      out.lo = fixed();
    } else if constexpr (std::same_as<T, std::string>) {
      out = bytes(length());
    } else if constexpr (VectorType<T>) {
      read_vector(out);
    } else {
      read_fields(out);
    }
  }

 private:
  template <class T, class Wide>
  static T narrow(Wide number) {
    if (number > static_cast<Wide>(std::numeric_limits<T>::max()) ||
        number < static_cast<Wide>(std::numeric_limits<T>::min()))
      throw CodecError("a number in a row is out of range");
    return static_cast<T>(number);
  }

  template <class T>
  void read_enum(T& out) {
    const std::uint64_t number = varint();
    if (number >= count_of<T>()) throw CodecError("a row holds a value this version does not know");
    out = static_cast<T>(number);
  }

  template <class T>
  void read_vector(T& out) {
    const std::size_t count = length();
    out.clear();
    out.reserve(std::min<std::size_t>(count, 64));
    for (std::size_t i = 0; i < count; ++i) read(out.emplace_back());
  }

  template <class T>
  void read_fields(T& out) {
    constexpr std::size_t kKnown = std::tuple_size_v<decltype(Fields<T>::value)>;
    const std::uint64_t count = varint();
    if (count > kKnown) throw CodecError("a row was written by a newer version");
    std::size_t n = 0;
    for_each_field<T>([&](const auto& field) {
      if (n++ < count) read(out.*field.member);
    });
  }

  std::string_view rest_;
};

}  // namespace deskwire::codec
