// SPDX-License-Identifier: Apache-2.0
// What the reference and the JSON Schema say of a value. Kinds of values carry their shape,
// sections collect them.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace deskwire::config {

struct SectionShape;

struct Shape {
  enum class Json : std::uint8_t { string, integer, boolean, array, object };

  std::string words;  ///< "a duration from 1s to 1h": in messages and in the reference.
  Json json = Json::string;
  std::vector<std::string> values = {};               ///< The only ones.
  std::optional<std::int64_t> least = {}, most = {};  ///< Of an integer, or items of an array.
  std::string pattern = {};  ///< ECMA-262, of a string, or of an object's keys.
  std::shared_ptr<const Shape> item =
      {};  ///< Of an array, or the values of an object with free keys.
  const SectionShape* section = nullptr;  ///< Of an object with known keys.
  std::vector<Shape> either = {};         ///< One of these instead.
};

struct FieldShape {
  std::string key;
  Shape shape;
  std::string help;
  bool required = false;
  std::string standard = {};  ///< The default as YAML; empty: none.
};

struct SectionShape {
  std::string help;
  std::vector<FieldShape> fields = {};
};

}  // namespace deskwire::config
