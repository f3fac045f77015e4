// SPDX-License-Identifier: Apache-2.0
#include "domain/expr_values.hpp"

#include <array>

#include "deskwire/base/nearest_name.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire::expr {
namespace {

Type type_of(FactType type) {
  switch (type) {
    case FactType::text:
      return Type::text;
    case FactType::number:
      return Type::number;
    case FactType::boolean:
      return Type::boolean;
    case FactType::list:
      return Type::list;
  }
  return Type::broken;
}

}  // namespace

std::string_view describe(Type type) {
  switch (type) {
    case Type::broken:
      return "something unreadable";
    case Type::text:
      return "a text";
    case Type::number:
      return "a number";
    case Type::duration:
      return "a duration";
    case Type::boolean:
      return "true or false";
    case Type::list:
      return "a list of texts";
    case Type::numbers:
      return "a list of numbers";
    case Type::durations:
      return "a list of durations";
    case Type::condition:
      return "a condition";
  }
  return "";
}

std::optional<KnownFact> find_fact(std::string_view name) {
  const auto table = fact_table();
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table[i].name == name) return KnownFact{static_cast<Fact>(i), type_of(table[i].type)};
  return std::nullopt;
}

std::string_view nearest_fact(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& info : fact_table()) names.push_back(info.name);
  return nearest_name(name, names);
}

std::span<const std::string_view> possible_texts(Ref ref) {
  if (ref.literal) return {};
  switch (static_cast<Fact>(ref.index)) {
    case Fact::channel:
      return EnumNames<Channel>::value;
    case Fact::ticket_priority:
      return EnumNames<Priority>::value;
    default:
      return {};
  }
}

}  // namespace deskwire::expr
