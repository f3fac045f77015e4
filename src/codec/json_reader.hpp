// SPDX-License-Identifier: Apache-2.0
// JSON values into described structs. Unknown fields are ignored and missing ones keep the
// struct's default, so every version that was ever written stays readable; a value of the wrong
// type is a CodecError that names the field.
#pragma once
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "codec/codec_error.hpp"
#include "codec/describe.hpp"

namespace deskwire::codec {

/// Parses `text` in the memory of `storage`; any bytes are allowed inside strings.
boost::json::value parse_json(std::string_view text, boost::json::storage_ptr storage = {});

[[noreturn]] void fail(std::string_view where, std::string_view expected);
Key key_from_hex(const boost::json::value& value, std::string_view where);

template <class T>
void read_json(const boost::json::value& value, T& out, std::string_view where);

template <Described T>
void read_json_fields(const boost::json::object& object, T& out) {
  for_each_field<T>([&](const auto& field) {
    if (const boost::json::value* found = object.if_contains(field.name))
      read_json(*found, out.*field.member, field.name);
  });
}

template <class Number>
Number read_number(const boost::json::value& value, std::string_view where) {
  boost::system::error_code ec;
  const auto number = value.to_number<Number>(ec);
  if (ec || value.is_double()) fail(where, "an integer in range");
  return number;
}

inline std::string_view read_text(const boost::json::value& value, std::string_view where) {
  const boost::json::string* text = value.if_string();
  if (!text) fail(where, "a string");
  return {text->data(), text->size()};
}

template <VectorType T>
void read_vector(const boost::json::value& value, T& out, std::string_view where) {
  const boost::json::array* array = value.if_array();
  if (!array) fail(where, "an array");
  out.clear();
  out.reserve(array->size());
  for (const boost::json::value& element : *array) read_json(element, out.emplace_back(), where);
}

template <class T>
void read_json(const boost::json::value& value, T& out, std::string_view where) {
  if constexpr (std::same_as<T, bool>) {
    const bool* found = value.if_bool();
    if (!found) fail(where, "true or false");
    out = *found;
  } else if constexpr (std::integral<T>) {
    out = read_number<T>(value, where);
  } else if constexpr (IdType<T>) {
    out.value = read_number<std::uint64_t>(value, where);
  } else if constexpr (Millis<T>) {
    out.ms = read_number<std::int64_t>(value, where);
  } else if constexpr (std::same_as<T, Key>) {
    out = key_from_hex(value, where);
  } else if constexpr (NamedEnum<T>) {
    const auto found = parse_name<T>(read_text(value, where));
    if (!found) fail(where, "a name this version knows");
    out = *found;
  } else if constexpr (std::same_as<T, std::string>) {
    out = read_text(value, where);
  } else if constexpr (VectorType<T>) {
    read_vector(value, out, where);
  } else {
    const boost::json::object* object = value.if_object();
    if (!object) fail(where, "an object");
    read_json_fields(*object, out);
  }
}

}  // namespace deskwire::codec
