// SPDX-License-Identifier: Apache-2.0
#include "config/kinds.hpp"

#include <algorithm>
#include <charconv>

#include "config/zone.hpp"
#include "deskwire/base/nearest_name.hpp"
#include "deskwire/base/quantity.hpp"

namespace deskwire::config {
namespace {

bool is_scalar(const Node& node) { return node.kind == Node::Kind::scalar; }
bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// A kind of scalars: `parse` answers nullopt for what does not fit the shape.
template <class T, class F>
Kind<T> scalar_kind(Shape shape, F parse) {
  return {shape,
          [words = shape.words, parse](Reader& reader, const Node& node) -> std::optional<T> {
            if (is_scalar(node))
              if (std::optional<T> value = parse(node.scalar)) return value;
            reader.fail(node, words);
            return std::nullopt;
          }};
}

}  // namespace

Kind<std::string> text(std::size_t most_bytes) {
  Shape shape{.words = "a line of text", .least = 1, .most = static_cast<std::int64_t>(most_bytes)};
  return {
      shape, [=](Reader& reader, const Node& node) -> std::optional<std::string> {
        const bool one_line = node.scalar.find_first_of("\n\r") == std::string::npos;
        if (is_scalar(node) && one_line && !node.scalar.empty() && node.scalar.size() <= most_bytes)
          return node.scalar;
        const bool longer = is_scalar(node) && node.scalar.size() > most_bytes;
        reader.fail(node.place,
                    longer ? std::to_string(node.scalar.size()) + " bytes" : describe(node),
                    longer ? "at most " + std::to_string(most_bytes) : "a line of text");
        return std::nullopt;
      }};
}

Kind<std::string> word() {
  return scalar_kind<std::string>(
      {.words = "a name of letters, digits, '_', '-' and '.', at most 64",
       .pattern = "^[A-Za-z0-9_.-]{1,64}$"},
      [](const std::string& s) -> std::optional<std::string> {
        if (s.empty() || s.size() > 64 || !std::ranges::all_of(s, is_word_char))
          return std::nullopt;
        return s;
      });
}

Kind<bool> boolean() {
  Shape shape{.words = "true or false", .json = Shape::Json::boolean};
  return {
      shape, [](Reader& reader, const Node& node) -> std::optional<bool> {
        if (is_scalar(node) && !node.quoted && (node.scalar == "true" || node.scalar == "false"))
          return node.scalar == "true";
        reader.fail(node, "true or false");
        return std::nullopt;
      }};
}

Kind<std::uint32_t> integer(std::uint32_t least, std::uint32_t most) {
  return scalar_kind<std::uint32_t>(
      {.words = "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
       .json = Shape::Json::integer,
       .least = least,
       .most = most},
      [=](const std::string& s) -> std::optional<std::uint32_t> {
        const auto value = whole_number(s);
        if (!value || *value < least || *value > most) return std::nullopt;
        return static_cast<std::uint32_t>(*value);
      });
}

Kind<std::uint64_t> size(std::uint64_t least, std::uint64_t most) {
  return scalar_kind<std::uint64_t>(
      {.words = "a size from " + format_size(least) + " to " + format_size(most),
       .pattern = "^[0-9]+([KMG]iB)?$"},
      [=](const std::string& s) -> std::optional<std::uint64_t> {
        const auto value = parse_size(s);
        if (!value || *value < least || *value > most) return std::nullopt;
        return value;
      });
}

Kind<Duration> duration(Duration least, Duration most) {
  return scalar_kind<Duration>({.words = "a duration (90s, 15m, 1h30m, 2d) from " +
                                         format_duration(least) + " to " + format_duration(most),
                                .pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$"},
                               [=](const std::string& s) -> std::optional<Duration> {
                                 const auto value = parse_duration(s);
                                 if (!value || *value < least || *value > most) return std::nullopt;
                                 return value;
                               });
}

Kind<std::uint16_t> percent(std::uint16_t least, std::uint16_t most) {
  return scalar_kind<std::uint16_t>(
      {.words = "a share from " + std::to_string(least) + "% to " + std::to_string(most) + "%",
       .pattern = "^[0-9]+%?$"},
      [=](std::string s) -> std::optional<std::uint16_t> {
        if (s.ends_with('%')) s.pop_back();
        const auto value = whole_number(s);
        if (!value || *value < least || *value > most) return std::nullopt;
        return static_cast<std::uint16_t>(*value);
      });
}

Kind<std::string> region() {
  return scalar_kind<std::string>(
      {.words = "a country as two capital letters, such as VN", .pattern = "^[A-Z]{2}$"},
      [](const std::string& s) -> std::optional<std::string> {
        const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
        if (s.size() != 2 || !std::ranges::all_of(s, capital)) return std::nullopt;
        return s;
      });
}

Kind<std::string> language() {
  return scalar_kind<std::string>(
      {.words = "a language tag such as en or pt-BR",
       .pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
      [](const std::string& s) -> std::optional<std::string> {
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        std::size_t begin = 0;
        for (bool first = true; begin <= s.size(); first = false) {
          const std::size_t end = std::min(s.find('-', begin), s.size());
          const auto part = std::string_view(s).substr(begin, end - begin);
          if (part.size() < 2 || part.size() > (first ? 3U : 8U)) return std::nullopt;
          if (!std::ranges::all_of(
                  part, [&](char c) { return letter(c) || (!first && c >= '0' && c <= '9'); }))
            return std::nullopt;
          begin = end + 1;
        }
        return s;
      });
}

Kind<std::string> zone() {
  Shape shape{.words = "an IANA time zone such as Asia/Ho_Chi_Minh"};
  return {
      shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<std::string> {
        if (!is_scalar(node)) return reader.fail(node, words), std::nullopt;
        if (Zone::find(node.scalar)) return node.scalar;
        const std::string near = Zone::nearest(node.scalar);
        reader.fail(node, near.empty() ? words : "an IANA time zone; did you mean " + near + "?");
        return std::nullopt;
      }};
}

Kind<std::filesystem::path> file_path() {
  Shape shape{.words = "a path, relative to this file's folder or absolute"};
  return {shape,
          [words = shape.words](Reader& reader,
                                const Node& node) -> std::optional<std::filesystem::path> {
            if (is_scalar(node) && !node.scalar.empty() && node.scalar.size() <= 4096)
              return reader.resolve(node.scalar);
            reader.fail(node, words);
            return std::nullopt;
          }};
}

Kind<std::string> one_of(std::vector<std::string> words) {
  Shape shape{.words = "one of ", .values = words};
  for (const auto& word : words) shape.words += (&word == words.data() ? "" : ", ") + word;
  if (words.size() == 1) shape.words = words.front();
  return scalar_kind<std::string>(shape,
                                  [words](const std::string& s) -> std::optional<std::string> {
                                    if (std::ranges::find(words, s) == words.end())
                                      return std::nullopt;
                                    return s;
                                  });
}

Kind<std::string> defines(std::string kind, Kind<std::string> name) {
  return {name.shape, [=](Reader& reader, const Node& node) {
            auto value = name.read(reader, node);
            if (value) reader.define(kind, *value, node.place);
            return value;
          }};
}

Kind<std::string> known_as(std::string kind, Kind<std::string> name) {
  return {name.shape, [=](Reader& reader, const Node& node) {
            auto value = name.read(reader, node);
            if (value) reader.know(kind, *value, node.place);
            return value;
          }};
}

Kind<std::string> refers_to(std::string kind) {
  Shape shape{.words = "the name of a " + kind};
  return {
      shape,
      [kind, words = shape.words](Reader& reader, const Node& node) -> std::optional<std::string> {
        if (!is_scalar(node) || node.scalar.empty()) return reader.fail(node, words), std::nullopt;
        reader.refer(kind, node.scalar, node.place);
        return node.scalar;
      }};
}

Kind<Skills> skills() {
  auto kind = map_of(refers_to("skill"), integer(1, 5));
  kind.shape.words = "a map from skills to levels from 1 to 5, such as {billing: 3}";
  return kind;
}

Kind<When> expression() {
  Shape shape{.words = "a condition of the workflow's language"};
  return {shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<When> {
            if (!is_scalar(node)) return reader.fail(node, words), std::nullopt;
            auto program = compile(node.scalar, reader.matchers());
            if (program) return When{node.scalar, std::move(*program)};
            for (auto& error : program.error())
              reader.fail_inside(node, error.offset, std::move(error.found),
                                 std::move(error.expected));
            return std::nullopt;
          }};
}

}  // namespace deskwire::config
