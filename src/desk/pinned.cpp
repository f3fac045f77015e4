// SPDX-License-Identifier: Apache-2.0
#include "desk/pinned.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace deskwire {

namespace json = boost::json;

namespace {

const std::string kKind = "pinned";

}  // namespace

std::optional<Pinned> pinned_of(Reader& reader, CustomerId customer) {
  const auto record = reader.record(kKind, std::to_string(customer.value));
  if (!record) return std::nullopt;
  const json::value value = json::parse(record->value);
  return Pinned{.text = std::string(value.at("text").as_string()),
                .by = std::string(value.at("by").as_string()),
                .at = record->at};
}

void put_pinned(Store& store, CustomerId customer, const Pinned& pinned) {
  const std::string key = std::to_string(customer.value);
  if (pinned.text.empty()) return store.delete_record(kKind, key);
  Record record{.kind = kKind, .key = key, .at = pinned.at, .value = {}};
  record.value = json::serialize(json::object{{"text", pinned.text}, {"by", pinned.by}});
  store.put_record(record, 0);
}

}  // namespace deskwire
