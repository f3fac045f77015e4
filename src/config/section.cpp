// SPDX-License-Identifier: Apache-2.0
#include "config/section.hpp"

#include <algorithm>

#include "deskwire/base/nearest_name.hpp"

namespace deskwire::config {

Node node_of_default(const std::string& yaml, Place place) {
  Node node;
  node.place = place;
  node.kind = yaml == "[]" ? Node::Kind::list : yaml == "{}" ? Node::Kind::map : Node::Kind::scalar;
  node.scalar = node.kind == Node::Kind::scalar ? yaml : "";
  return node;
}

void report_unknown_keys(Reader& reader, const Node& node, const SectionShape& shape) {
  std::vector<std::string_view> known;
  for (const auto& field : shape.fields) known.push_back(field.key);
  for (const auto& entry : node.entries) {
    if (std::ranges::find(known, entry.key) != known.end()) continue;
    const Reader::Step step(reader, entry.key, entry.key_place);
    const auto near = nearest_name(entry.key, known);
    std::string expected = "one of ";
    for (const auto key : known) expected += (key == known.front() ? "" : ", ") + std::string(key);
    if (!near.empty()) expected = "a known key; did you mean " + std::string(near) + "?";
    reader.fail(entry.key_place, "the unknown key \"" + entry.key + "\"", std::move(expected));
  }
}

}  // namespace deskwire::config
