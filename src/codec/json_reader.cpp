// SPDX-License-Identifier: Apache-2.0
#include "codec/json_reader.hpp"

#include <charconv>
#include <cstdint>
#include <utility>

namespace deskwire::codec {
namespace {

std::uint64_t bits_from_hex(std::string_view hex, std::string_view where) {
  std::uint64_t bits = 0;
  const auto [end, ec] = std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
  if (ec != std::errc{} || end != hex.data() + hex.size()) fail(where, "32 hex digits");
  return bits;
}

}  // namespace

boost::json::value parse_json(std::string_view text, boost::json::storage_ptr storage) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::system::error_code ec;
  boost::json::value value = boost::json::parse(text, ec, std::move(storage), options);
  if (ec) throw CodecError("malformed JSON: " + ec.message());
  return value;
}

void fail(std::string_view where, std::string_view expected) {
  throw CodecError("field \"" + std::string(where) + "\": expected " + std::string(expected));
}

Key key_from_hex(const boost::json::value& value, std::string_view where) {
  const std::string_view hex = read_text(value, where);
  if (hex.size() != 32) fail(where, "32 hex digits");
  return {.hi = bits_from_hex(hex.substr(0, 16), where),
          .lo = bits_from_hex(hex.substr(16), where)};
}

}  // namespace deskwire::codec
