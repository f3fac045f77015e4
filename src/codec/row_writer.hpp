// SPDX-License-Identifier: Apache-2.0
// Described structs as compact bytes. A struct is the number of its fields that follow, then those
// fields in order; trailing fields that may be left out are. Integers are varints (LEB128, signed
// ones zigzag), times milliseconds, enums their number, keys 16 bytes big endian, strings and
// vectors a length first.
#pragma once
#include <cstdint>
#include <string>

#include "codec/describe.hpp"

namespace deskwire::codec {

inline void append_varint(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  out += static_cast<char>(number);
}

inline void append_signed(std::string& out, std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  append_varint(out, bits << 1 ^ (number < 0 ? ~std::uint64_t{0} : 0));
}

inline void append_fixed(std::string& out, std::uint64_t bits) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(bits >> shift);
}

/// How many leading fields of `object` have to be written.
template <Described T>
std::size_t fields_to_write(const T& object) {
  std::size_t n = 0;
  std::size_t needed = 0;
  for_each_field<T>([&](const auto& field) {
    ++n;
    if (!is_left_out(object, field)) needed = n;
  });
  return needed;
}

template <class T>
void append_compact(std::string& out, const T& value) {
  if constexpr (std::signed_integral<T>) {
    append_signed(out, value);
  } else if constexpr (std::integral<T>) {
    append_varint(out, value);
  } else if constexpr (NamedEnum<T>) {
    append_varint(out, static_cast<std::uint64_t>(value));
  } else if constexpr (IdType<T>) {
    append_varint(out, value.value);
  } else if constexpr (Millis<T>) {
    append_signed(out, value.ms);
  } else if constexpr (std::same_as<T, Key>) {
    append_fixed(out, value.hi);
    append_fixed(out, value.lo);
  } else if constexpr (std::same_as<T, std::string>) {
    append_varint(out, value.size());
    out += value;
  } else if constexpr (VectorType<T>) {
    append_varint(out, value.size());
    for (const auto& element : value) append_compact(out, element);
  } else {
    const std::size_t count = fields_to_write(value);
    append_varint(out, count);
    std::size_t n = 0;
    for_each_field<T>([&](const auto& field) {
      if (n++ < count) append_compact(out, value.*field.member);
    });
  }
}

}  // namespace deskwire::codec
