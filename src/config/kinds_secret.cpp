// SPDX-License-Identifier: Apache-2.0
// Kinds of values that nobody else may see.
#include "config/kinds.hpp"

namespace deskwire::config {
namespace {

/// The value behind `{env: NAME}` or `{file: PATH}`; reports what is wrong with it.
std::optional<std::string> look_up(Reader& reader, const Node::Entry& from) {
  const Reader::Step step(reader, from.key, from.value->place);
  const bool variable = from.key == "env";
  if (from.value->kind != Node::Kind::scalar || from.value->scalar.empty()) {
    reader.fail(*from.value,
                variable ? "the name of an environment variable" : "the path of a file");
    return std::nullopt;
  }
  const auto& where = from.value->scalar;
  auto value =
      variable ? reader.secrets().variable(where) : reader.secrets().file(reader.resolve(where));
  if (value) return std::move(*value);
  reader.fail(from.value->place, value.error(), "a secret");
  return std::nullopt;
}

Shape secret_shape() {
  static const SectionShape env{
      "", {{"env", {.words = "the name of an environment variable"}, "", true}}};
  static const SectionShape file{"", {{"file", {.words = "the path of a file"}, "", true}}};
  Shape shape{.words = "a secret: {env: NAME} or {file: PATH}"};
  shape.either = {{.words = "", .json = Shape::Json::object, .section = &env},
                  {.words = "", .json = Shape::Json::object, .section = &file},
                  {.words = "", .json = Shape::Json::string}};
  return shape;
}

}  // namespace

Kind<Secret> secret(std::string prefix) {
  const Shape shape = secret_shape();
  return {shape,
          [prefix, words = shape.words](Reader& reader, const Node& node) -> std::optional<Secret> {
            Secret secret;
            if (node.kind == Node::Kind::scalar && !node.scalar.empty()) {
              secret = {node.scalar, true};
              reader.note_literal_secret();
            } else if (node.entries.size() == 1 &&
                       (node.find("env") != nullptr || node.find("file") != nullptr)) {
              auto value = look_up(reader, node.entries.front());
              if (!value) return std::nullopt;
              secret.value = std::move(*value);
            } else {
              reader.fail(node, words);
              return std::nullopt;
            }
            if (secret.value.starts_with(prefix)) return secret;
            // The value itself stays out of messages, which end in logs.
            reader.fail(node.place, "a secret of another form",
                        "a secret that begins with " + prefix);
            return std::nullopt;
          }};
}

Kind<Secret> password_hash() {
  Shape shape = secret_shape();
  shape.words = "an argon2id hash ($argon2id$…), or {env: NAME} or {file: PATH} of one";
  return {shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<Secret> {
            constexpr std::string_view kPrefix = "$argon2id$";
            if (node.kind == Node::Kind::scalar) {
              if (node.scalar.starts_with(kPrefix)) return Secret{node.scalar, false};
              // What stands here may well be a password: it is not repeated.
              reader.fail(node.place, "something else", words);
              return std::nullopt;
            }
            return secret(std::string(kPrefix)).read(reader, node);
          }};
}

Kind<std::vector<Secret>> secrets(const std::string& prefix) {
  const auto one = secret(prefix);
  const auto many = list_of(one, 4);
  Shape shape{.words = one.shape.words + ", or a list of them"};
  shape.either = one.shape.either;
  shape.either.push_back(many.shape);
  return {shape,
          [one, many](Reader& reader, const Node& node) -> std::optional<std::vector<Secret>> {
            if (node.kind == Node::Kind::list) return many.read(reader, node);
            auto only = one.read(reader, node);
            if (!only) return std::nullopt;
            return std::vector<Secret>{std::move(*only)};
          }};
}

}  // namespace deskwire::config
