// SPDX-License-Identifier: Apache-2.0
#include "http/json.hpp"

#include <boost/json/parse.hpp>

namespace deskwire {

namespace json = boost::json;

std::expected<json::value, std::string> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = kJsonDepth;
  boost::system::error_code ec;
  json::value value = json::parse({text.data(), text.size()}, ec, {}, options);
  if (ec) return std::unexpected("not valid JSON: " + ec.message());
  return value;
}

const json::value* JsonReader::find(std::string_view key) const {
  const json::value* value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool JsonReader::has(std::string_view key) const { return find(key) != nullptr; }

void JsonReader::fail(std::string_view key, std::string_view expected) {
  if (!error_.empty()) return;
  error_.append(key).append(": expected ").append(expected);
}

std::optional<std::string> JsonReader::optional_text(std::string_view key, std::size_t max) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  const json::string* text = value->if_string();
  if (text == nullptr || text->size() > max || text->find('\0') != json::string::npos) {
    fail(key, "a text of at most " + std::to_string(max) + " bytes");
    return std::nullopt;
  }
  return std::string(text->data(), text->size());
}

std::string JsonReader::text(std::string_view key, std::size_t max) {
  if (!has(key)) fail(key, "a text");
  return optional_text(key, max).value_or("");
}

std::optional<std::uint64_t> JsonReader::optional_number(std::string_view key, std::uint64_t min,
                                                         std::uint64_t max) {
  const json::value* value = find(key);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code ec;
  const auto number = value->is_number() ? value->to_number<std::uint64_t>(ec) : 0;
  if (!value->is_number() || ec || number < min || number > max) {
    fail(key, "an integer from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number;
}

std::uint64_t JsonReader::number(std::string_view key, std::uint64_t min, std::uint64_t max) {
  if (!has(key)) fail(key, "an integer from " + std::to_string(min));
  return optional_number(key, min, max).value_or(min);
}

bool JsonReader::flag(std::string_view key, bool absent) {
  const json::value* value = find(key);
  if (value == nullptr) return absent;
  if (!value->is_bool()) fail(key, "true or false");
  return value->is_bool() && value->get_bool();
}

std::vector<std::uint64_t> JsonReader::numbers(std::string_view key, std::size_t max_count) {
  std::vector<std::uint64_t> out;
  const json::value* value = find(key);
  if (value == nullptr) return out;
  const json::array* array = value->if_array();
  const std::string expected = "at most " + std::to_string(max_count) + " integers";
  if (array == nullptr || array->size() > max_count) {
    fail(key, expected);
    return out;
  }
  for (const json::value& item : *array) {
    boost::system::error_code ec;
    const auto number = item.is_number() ? item.to_number<std::uint64_t>(ec) : 0;
    if (!item.is_number() || ec || number == 0 || number > kMaxId) {
      fail(key, expected);
      return {};
    }
    out.push_back(number);
  }
  return out;
}

std::vector<std::string> JsonReader::texts(std::string_view key, std::size_t max_count) {
  std::vector<std::string> out;
  const json::value* value = find(key);
  if (value == nullptr) return out;
  const json::array* array = value->if_array();
  const std::string expected = "at most " + std::to_string(max_count) + " texts";
  if (array == nullptr || array->size() > max_count) {
    fail(key, expected);
    return out;
  }
  for (const json::value& item : *array) {
    const json::string* text = item.if_string();
    if (text == nullptr || text->size() > kShortText || text->find('\0') != text->npos) {
      fail(key, expected);
      return {};
    }
    out.emplace_back(*text);
  }
  return out;
}

}  // namespace deskwire
