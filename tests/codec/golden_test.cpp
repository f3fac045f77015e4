// SPDX-License-Identifier: Apache-2.0
// Golden files of every stored form. A file is never edited once a version that wrote it was
// released: a new field gets a new file (…_v2), and all of them must stay readable.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <variant>

#include "codec/entity_codec.hpp"
#include "codec/event_codec.hpp"
#include "codec/fields.hpp"
#include "codec/filled.hpp"

using namespace deskwire;
namespace json = boost::json;
namespace {

json::value golden(const std::string& file) {
  // Tests run at the top of the tree; __FILE__ may be relative to wherever the compiler ran.
  const auto path = std::filesystem::path("tests/codec/golden") / file;
  std::ifstream in(path, std::ios::binary);
  REQUIRE(in);
  return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

/// The JSON reads into an entity that writes the same JSON; the row reads into the same entity.
template <class Entity>
void check_entity(const json::object& of_kind) {
  const auto entity = decode_json<Entity>(json::serialize(of_kind.at("json")));
  CHECK(json::parse(encode_json(entity)) == of_kind.at("json"));
  const json::string& hex = of_kind.at("row").as_string();
  CHECK(decode_row<Entity>(from_hex({hex.data(), hex.size()})) == entity);
}

template <class T>
std::size_t fields_of() {
  return std::tuple_size_v<decltype(codec::Fields<T>::value)>;
}

/// The second byte of a row counts its fields, and no golden row leaves one out.
std::size_t fields_in_row(const json::value& of_kind) {
  const json::string& hex = of_kind.at("row").as_string();
  return static_cast<unsigned char>(from_hex({hex.data(), 4}).at(1));
}

}  // namespace

TEST_CASE("events of every version stay readable, every type of them") {
  const auto [name, known] = GENERATE(table<std::string, std::size_t>({{"events_v1.json", 31},
                                                                       {"events_v2.json", 34},
                                                                       {"events_v3.json", 38},
                                                                       {"events_v4.json", 38},
                                                                       {"events_v5.json", 39}}));
  const json::value file = golden(name);
  const std::vector<Event> events = decode_events(json::serialize(file));
  std::set<std::size_t> types;
  for (const Event& event : events) types.insert(event.index());
  CHECK(types.size() == known);
  CHECK(json::parse(encode_events(events)) == file);
}

TEST_CASE("entities of every version stay readable, as JSON and as rows") {
  const json::object file =
      golden(GENERATE(as<std::string>(), "entities_v1.json", "entities_v2.json", "entities_v3.json",
                      "entities_v4.json", "entities_v5.json"))
          .as_object();
  CHECK(file.size() == 8);
  check_entity<Ticket>(file.at("Ticket").as_object());
  check_entity<Agent>(file.at("Agent").as_object());
  check_entity<Offer>(file.at("Offer").as_object());
  check_entity<Decision>(file.at("Decision").as_object());
  check_entity<Clock>(file.at("Clock").as_object());
  check_entity<Message>(file.at("Message").as_object());
  check_entity<Customer>(file.at("Customer").as_object());
  check_entity<OutboxItem>(file.at("OutboxItem").as_object());
}

TEST_CASE("a field added to an entity asks for a new golden file") {
  const json::object newest = golden("entities_v5.json").as_object();
  CHECK(fields_in_row(newest.at("Ticket")) == fields_of<Ticket>());
  CHECK(fields_in_row(newest.at("Agent")) == fields_of<Agent>());
  CHECK(fields_in_row(newest.at("Offer")) == fields_of<Offer>());
  CHECK(fields_in_row(newest.at("Decision")) == fields_of<Decision>());
  CHECK(fields_in_row(newest.at("Clock")) == fields_of<Clock>());
  CHECK(fields_in_row(newest.at("Message")) == fields_of<Message>());
  CHECK(fields_in_row(newest.at("Customer")) == fields_of<Customer>());
  CHECK(fields_in_row(newest.at("OutboxItem")) == fields_of<OutboxItem>());
}

TEST_CASE("an event or a field added to one asks for a new golden file") {
  const json::array newest = golden("events_v5.json").as_array();
  std::set<std::string> seen;
  for (const json::value& event : newest) {
    const Event decoded = decode_events(json::serialize(json::array{event})).at(0);
    seen.emplace(event_name(decoded));
    const std::size_t known = std::visit([]<class E>(const E&) { return fields_of<E>(); }, decoded);
    CHECK(event.as_object().size() == known + 1);  // And its type.
  }
  CHECK(seen.size() == std::variant_size_v<Event>);
}

namespace {

/// Gives every field that is zero something, so that none is left out.
template <class T>
void complete(T& out) {
  if constexpr (codec::Described<T>) {
    codec::for_each_field<T>([&](const auto& field) { complete(out.*field.member); });
  } else if constexpr (codec::VectorType<T>) {
    if (out.empty()) out.resize(1);
    for (auto& element : out) complete(element);
  } else if (codec::is_zero(out)) {
    if constexpr (std::same_as<T, bool>)
      out = true;
    else if constexpr (codec::NamedEnum<T>)
      out = static_cast<T>(count_of<T>() - 1);
    else if constexpr (std::integral<T>)
      out = 1;
    else if constexpr (codec::IdType<T>)
      out.value = 1;
    else if constexpr (codec::Millis<T>)
      out.ms = 1;
    else
      out = filled::one<T>(7);
  }
}

template <class T>
T whole() {
  T out = filled::one<T>(1);
  complete(out);
  return out;
}

template <class Entity>
json::object golden_entity() {
  constexpr char kHex[] = "0123456789abcdef";
  const auto entity = whole<Entity>();
  std::string row, hex;
  append_row(row, entity);
  for (const char c : row) {
    const auto byte = static_cast<unsigned char>(c);
    hex += {kHex[byte >> 4], kHex[byte & 15]};
  }
  return {{"json", json::parse(encode_json(entity))}, {"row", hex}};
}

template <std::size_t... I>
std::vector<Event> whole_events(std::index_sequence<I...>) {
  return {Event{whole<std::variant_alternative_t<I, Event>>()}...};
}

void write(const std::string& file, const json::value& value) {
  std::ofstream("tests/codec/golden/" + file, std::ios::binary) << json::serialize(value) << "\n";
}

}  // namespace

/// Run by hand, with the next version's number in the names, when a field was added.
TEST_CASE("the newest golden files are written", "[.write]") {
  const auto events = whole_events(std::make_index_sequence<std::variant_size_v<Event>>{});
  write("events_v5.json", json::parse(encode_events(events)));
  write("entities_v5.json", json::object{{"Ticket", golden_entity<Ticket>()},
                                         {"Agent", golden_entity<Agent>()},
                                         {"Offer", golden_entity<Offer>()},
                                         {"Decision", golden_entity<Decision>()},
                                         {"Clock", golden_entity<Clock>()},
                                         {"Message", golden_entity<Message>()},
                                         {"Customer", golden_entity<Customer>()},
                                         {"OutboxItem", golden_entity<OutboxItem>()}});
}
