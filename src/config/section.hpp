// SPDX-License-Identifier: Apache-2.0
// The table. A Kind<T> reads one sort of value and knows its shape; a Section<S> lists the keys of
// a struct S with kind, member, default and help. Loader, check, JSON Schema and reference all come
// from these rows, so they cannot disagree.
#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/reader.hpp"
#include "config/shape.hpp"

namespace deskwire::config {

template <class T>
struct Kind {
  Shape shape;
  /// nullopt after at least one error was reported.
  std::function<std::optional<T>(Reader&, const Node&)> read;
};

/// Whether a key may be missing, and what then stands for it.
struct Need {
  bool required = false;
  std::string standard = {};
};
inline Need required() { return {.required = true}; }
inline Need optional() { return {}; }
inline Need standard(std::string yaml) { return {.standard = std::move(yaml)}; }

/// The default's text as a node: "[]" and "{}" are empty collections, all else is a scalar.
Node node_of_default(const std::string& yaml, Place place);
void report_unknown_keys(Reader& reader, const Node& node, const SectionShape& shape);

template <class S>
class Section : public SectionShape {
 public:
  explicit Section(std::string about) { help = std::move(about); }

  /// A row: `S::*member` (of S or a base) holds what `kind` reads from `key`.
  template <class T, class M, class Base>
    requires std::derived_from<S, Base> && std::assignable_from<M&, T>
  Section& add(std::string key, M Base::* member, Kind<T> kind, Need need, std::string about) {
    fields.push_back({key, kind.shape, std::move(about), need.required, need.standard});
    rows_.push_back([=](Reader& reader, const Node& node, S& into) {
      if (auto value = value_of(reader, node, key, kind, need)) into.*member = std::move(*value);
    });
    return *this;
  }

  /// Runs after all rows of one S were read, at its path.
  Section& check(std::function<void(Reader&, const Node&, S&)> rule) {
    rows_.push_back(std::move(rule));
    return *this;
  }

  std::optional<S> read(Reader& reader, const Node& node) const {
    if (node.kind != Node::Kind::map && node.kind != Node::Kind::null) {
      reader.fail(node, "a map");
      return std::nullopt;
    }
    report_unknown_keys(reader, node, *this);
    S into{};
    for (const auto& row : rows_) row(reader, node, into);
    return into;
  }

 private:
  template <class T>
  static std::optional<T> value_of(Reader& reader, const Node& node, const std::string& key,
                                   const Kind<T>& kind, const Need& need) {
    if (const auto* entry = node.find(key)) {
      // A key without a value is told at the key: the parser's mark of nothing is somewhere behind
      // it.
      const bool empty = entry->value->kind == Node::Kind::null;
      const Place place = empty ? entry->key_place : entry->value->place;
      const Reader::Step step(reader, key, place);
      if (!empty) return kind.read(reader, *entry->value);
      Node nothing;
      nothing.place = place;
      return kind.read(reader, nothing);
    }
    const Reader::Step step(reader, key, node.place);
    if (need.required && kind.shape.section == nullptr)
      reader.fail(node.place, "nothing", kind.shape.words);
    if (need.standard.empty() && !(need.required && kind.shape.section != nullptr))
      return std::nullopt;
    return kind.read(reader,
                     node_of_default(need.standard.empty() ? "{}" : need.standard, node.place));
  }

  std::vector<std::function<void(Reader&, const Node&, S&)>> rows_;
};

/// A struct as a value. Sections are tables with static lifetime, so the kind refers to one.
template <class S>
Kind<S> section(const Section<S>& table) {
  return {{.words = "a map", .json = Shape::Json::object, .section = &table},
          [&table](Reader& reader, const Node& node) { return table.read(reader, node); }};
}

/// A list of at most `most` items; what is left empty is an empty list.
template <class T>
Kind<std::vector<T>> list_of(Kind<T> item, std::size_t most = 1'000) {
  Shape shape{.words = "a list, each " + item.shape.words,
              .json = Shape::Json::array,
              .most = static_cast<std::int64_t>(most),
              .item = std::make_shared<Shape>(item.shape)};
  if (item.shape.section != nullptr) shape.words = "a list of maps";
  return {shape,
          [item, most, words = shape.words](Reader& reader,
                                            const Node& node) -> std::optional<std::vector<T>> {
            std::vector<T> all;
            if (node.kind == Node::Kind::null) return all;
            if (node.kind != Node::Kind::list) return reader.fail(node, words), std::nullopt;
            if (node.items.size() > most)
              reader.fail(node.place, std::to_string(node.items.size()) + " items",
                          "at most " + std::to_string(most));
            for (std::size_t i = 0; i < node.items.size() && i < most; ++i) {
              const Reader::Step step(reader, i, node.items[i]->place);
              if (auto value = item.read(reader, *node.items[i])) all.push_back(std::move(*value));
            }
            return all;
          }};
}

/// A map with free keys; `key` reads (and checks) a key as if it were a value.
template <class K, class T>
Kind<std::vector<std::pair<K, T>>> map_of(Kind<K> key, Kind<T> value) {
  Shape shape{.words = "a map from " + key.shape.words + " to " + value.shape.words,
              .json = Shape::Json::object,
              .pattern = key.shape.pattern,
              .item = std::make_shared<Shape>(value.shape)};
  return {shape,
          [key, value, words = shape.words](
              Reader& reader, const Node& node) -> std::optional<std::vector<std::pair<K, T>>> {
            std::vector<std::pair<K, T>> all;
            if (node.kind == Node::Kind::null) return all;
            if (node.kind != Node::Kind::map) return reader.fail(node, words), std::nullopt;
            for (const auto& entry : node.entries) {
              const Reader::Step step(reader, entry.key, entry.key_place);
              Node as_value;
              as_value.kind = Node::Kind::scalar;
              as_value.place = entry.key_place;
              as_value.scalar = entry.key;
              auto k = key.read(reader, as_value);
              auto v = value.read(reader, *entry.value);
              if (k && v) all.emplace_back(std::move(*k), std::move(*v));
            }
            return all;
          }};
}

}  // namespace deskwire::config
