// SPDX-License-Identifier: Apache-2.0
// Described structs as JSON text, appended to a string. The journal is written on the storage
// thread, thousands of rows a second, so no tree of values is built in between.
#pragma once
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "codec/describe.hpp"

namespace deskwire::codec {

/// A JSON string with its quotes. Bytes that are not valid UTF-8 are passed on as they are.
void append_json_string(std::string& out, std::string_view text);
/// 32 lower-case hex digits.
void append_hex(std::string& out, const Key& key);

template <std::integral T>
void append_number(std::string& out, T number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

template <class T>
void append_json(std::string& out, const T& value);

/// The fields of `object` as `"name":value` pairs; `comma` says whether one stands before already.
template <Described T>
void append_json_fields(std::string& out, const T& object, bool comma) {
  for_each_field<T>([&](const auto& field) {
    if (is_left_out(object, field)) return;
    if (comma) out += ',';
    comma = true;
    out += '"';
    out += field.name;
    out += "\":";
    append_json(out, object.*field.member);
  });
}

template <class T>
void append_json(std::string& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    append_number(out, value);
  } else if constexpr (IdType<T>) {
    append_number(out, value.value);
  } else if constexpr (Millis<T>) {
    append_number(out, value.ms);
  } else if constexpr (std::same_as<T, Key>) {
    append_hex(out, value);
  } else if constexpr (NamedEnum<T>) {
    out += '"';
    out += name(value);
    out += '"';
  } else if constexpr (std::same_as<T, std::string>) {
    append_json_string(out, value);
  } else if constexpr (VectorType<T>) {
    out += '[';
    bool comma = false;
    for (const auto& element : value) {
      if (comma) out += ',';
      comma = true;
      append_json(out, element);
    }
    out += ']';
  } else {
    out += '{';
    append_json_fields(out, value, false);
    out += '}';
  }
}

}  // namespace deskwire::codec
