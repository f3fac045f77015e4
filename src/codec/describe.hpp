// SPDX-License-Identifier: Apache-2.0
// One description of a stored struct (its fields, in order, with their names) serves both codecs:
// JSON goes by the names, the compact row form by the order. This file is the machinery; the
// descriptions are in fields.hpp.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "deskwire/base/id.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/base/key.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire::codec {

template <class T, class Member>
struct Field {
  std::string_view name;
  Member T::* member;
};

/// Specialised for every stored struct: `value` is a tuple of Field.
template <class T>
struct Fields;

template <class T>
concept Described = requires { Fields<T>::value; };

template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;
template <class T>
concept IdType = kIsId<T>;

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
concept VectorType = kIsVector<T>;

template <class T>
concept Millis = std::same_as<T, Instant> || std::same_as<T, Duration>;

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires { EnumNames<T>::value; };

/// What a struct has where nothing was stored.
template <class T>
const T& default_of() {
  static const T value{};
  return value;
}

template <class T>
bool is_zero(const T& value) {
  if constexpr (IdType<T>)
    return value.value == 0;
  else if constexpr (Millis<T>)
    return value.ms == 0;
  else if constexpr (std::same_as<T, Key>)
    return !value;
  else if constexpr (std::same_as<T, std::string> || VectorType<T>)
    return value.empty();
  else if constexpr (std::integral<T> || NamedEnum<T>)
    return value == T{};
  else
    return false;  // Nested structs are always written.
}

/// A field is left out where it is zero and the struct's own default is zero too, so a default
/// that is not zero can only ever stand in for a field that did not exist yet.
template <class T, class Member>
bool is_left_out(const T& object, const Field<T, Member>& field) {
  return is_zero(object.*field.member) && is_zero(default_of<T>().*field.member);
}

/// Calls `visit` with each Field of T in order.
template <Described T, class Visit>
void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, Fields<T>::value);
}

}  // namespace deskwire::codec

// DESKWIRE_FIELDS(Ticket, id, state, …): the macro walks its arguments by rescanning (up to 64).
#define DESKWIRE_PARENS ()
#define DESKWIRE_SCAN(...) \
  DESKWIRE_SCAN3(DESKWIRE_SCAN3(DESKWIRE_SCAN3(DESKWIRE_SCAN3(__VA_ARGS__))))
#define DESKWIRE_SCAN3(...) \
  DESKWIRE_SCAN2(DESKWIRE_SCAN2(DESKWIRE_SCAN2(DESKWIRE_SCAN2(__VA_ARGS__))))
#define DESKWIRE_SCAN2(...) \
  DESKWIRE_SCAN1(DESKWIRE_SCAN1(DESKWIRE_SCAN1(DESKWIRE_SCAN1(__VA_ARGS__))))
#define DESKWIRE_SCAN1(...) __VA_ARGS__
#define DESKWIRE_FIELD_LIST(T, name, ...) \
  Field{#name, &T::name} __VA_OPT__(, DESKWIRE_FIELD_AGAIN DESKWIRE_PARENS(T, __VA_ARGS__))
#define DESKWIRE_FIELD_AGAIN() DESKWIRE_FIELD_LIST
#define DESKWIRE_FIELDS(T, ...)                                                                   \
  template <>                                                                                     \
  struct Fields<T> {                                                                              \
    static constexpr auto value = std::tuple{DESKWIRE_SCAN(DESKWIRE_FIELD_LIST(T, __VA_ARGS__))}; \
  }
