// SPDX-License-Identifier: Apache-2.0
// Entities out of stored rows; what cannot be read is a corrupt store, named by table and id.
#pragma once
#include <string>
#include <string_view>

#include "codec/codec_error.hpp"
#include "codec/entity_codec.hpp"
#include "deskwire/port/store.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

/// Runs `read`, turning a CodecError into StoreError::Kind::corrupt.
template <class Read>
auto reading(std::string_view what, Read&& read) {
  try {
    return read();
  } catch (const CodecError& error) {
    throw StoreError(StoreError::Kind::corrupt,
                     "the database is damaged at " + std::string(what) + ": " + error.what());
  }
}

/// The entity in `column` of the current row.
template <class Entity>
Entity entity_in(const Rows& rows, int column, std::string_view table) {
  return reading(table, [&] { return decode_row<Entity>(rows.bytes(column)); });
}

/// An enum stored as its number.
template <class E>
E enum_in(const Rows& rows, int column, std::string_view table) {
  const std::int64_t number = rows.integer(column);
  if (number < 0 || number >= static_cast<std::int64_t>(count_of<E>()))
    throw StoreError(StoreError::Kind::corrupt,
                     "the database is damaged at " + std::string(table) + ": unknown value");
  return static_cast<E>(number);
}

}  // namespace deskwire::sqlite
