// SPDX-License-Identifier: Apache-2.0
// A YAML document as a tree with places, built from yaml-cpp's events because its own nodes hide
// duplicate keys and let aliases blow up. Bounded in depth and in expanded size.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/source_text.hpp"

namespace deskwire::config {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Entry {
    std::string key;
    Place key_place;
    NodePtr value;
  };

  Kind kind = Kind::null;
  Place place;
  bool quoted = false;  ///< A quoted or block scalar: text, whatever it looks like.
  std::string scalar;
  std::vector<NodePtr> items;
  std::vector<Entry> entries;  ///< In the order of the file, keys unique.
  std::size_t size = 1;        ///< Nodes below and including this one, aliases expanded.

  [[nodiscard]] const Entry* find(std::string_view key) const;
};

/// What a message calls the node: `"text"` shortened, "a list", "a map" or "nothing".
std::string describe(const Node& node);

struct Tree {
  NodePtr root;                   ///< Null after a syntax error.
  std::vector<TextFault> faults;  ///< Duplicate keys and the like; reading went on after them.
};

Tree parse_yaml(const SourceText& source);

}  // namespace deskwire::config
