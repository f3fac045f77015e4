// SPDX-License-Identifier: Apache-2.0
#include "codec/entity_codec.hpp"

#include "codec/fields.hpp"
#include "codec/json_reader.hpp"
#include "codec/json_writer.hpp"
#include "codec/row_reader.hpp"
#include "codec/row_writer.hpp"

namespace deskwire {
namespace {

/// The first byte of every row: the rules of row_writer.hpp, not the fields, have this version.
constexpr char kRowVersion = 1;

}  // namespace

template <class Entity>
std::string encode_json(const Entity& entity) {
  std::string out;
  codec::append_json(out, entity);
  return out;
}

template <class Entity>
Entity decode_json(std::string_view json) {
  Entity entity;
  codec::read_json(codec::parse_json(json), entity, "entity");
  return entity;
}

template <class Entity>
void append_row(std::string& out, const Entity& entity) {
  out += kRowVersion;
  codec::append_compact(out, entity);
}

template <class Entity>
Entity decode_row(std::string_view row) {
  codec::RowReader reader(row);
  if (reader.byte() != kRowVersion) throw CodecError("a row has an unknown form");
  Entity entity;
  reader.read(entity);
  if (!reader.done()) throw CodecError("a row has bytes behind its end");
  return entity;
}

std::string encode_details(const MessageContent& content) { return encode_json(content); }

void decode_details(std::string_view json, MessageContent& content) {
  codec::read_json(codec::parse_json(json), content, "content");
}

#define DESKWIRE_ENTITY(E)                             \
  template std::string encode_json<E>(const E&);       \
  template E decode_json<E>(std::string_view);         \
  template void append_row<E>(std::string&, const E&); \
  template E decode_row<E>(std::string_view)
DESKWIRE_ENTITY(Ticket);
DESKWIRE_ENTITY(Agent);
DESKWIRE_ENTITY(Offer);
DESKWIRE_ENTITY(Decision);
DESKWIRE_ENTITY(Clock);
DESKWIRE_ENTITY(Message);
DESKWIRE_ENTITY(Customer);
DESKWIRE_ENTITY(OutboxItem);
#undef DESKWIRE_ENTITY

}  // namespace deskwire
