// SPDX-License-Identifier: Apache-2.0
// The sorts of values a configuration has. Each says in its shape what it expects, and refuses
// everything else with that.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "config/section.hpp"
#include "deskwire/base/instant.hpp"
#include "deskwire/domain/names.hpp"

namespace deskwire::config {

/// One line of printable text.
Kind<std::string> text(std::size_t most_bytes = 200);
/// A name that people type and that stands on the wire: letters, digits, "_", "-", ".", up to 64.
Kind<std::string> word();
Kind<bool> boolean();
Kind<std::uint32_t> integer(std::uint32_t least, std::uint32_t most);
Kind<std::uint64_t> size(std::uint64_t least, std::uint64_t most);
Kind<Duration> duration(Duration least, Duration most);
/// "80%" or 80.
Kind<std::uint16_t> percent(std::uint16_t least, std::uint16_t most);

Kind<Endpoint> endpoint(bool unix_socket);
Kind<std::string> hostname();
Kind<std::string> host_or_address();
/// Address or network: 10.0.0.1, 10.0.0.0/8, fd00::/8.
Kind<std::string> network();
/// http(s)://host[:port] and nothing behind it.
Kind<std::string> origin();
Kind<std::string> mail_address();
Kind<std::string> phone_number();
/// A phone number, or a telephone by its sip: URI.
Kind<std::string> phone_or_sip();
/// https://host[:port]/path, for what a provider fetches.
Kind<std::string> https_url();
Kind<std::string> region();
Kind<std::string> language();
Kind<std::string> zone();
/// Relative ones from the file's folder.
Kind<std::filesystem::path> file_path();
/// `{env: NAME}`, `{file: PATH}`, or in clear for a demo. `prefix` is what the value must begin
/// with.
Kind<Secret> secret(std::string prefix = {});
/// A secret, or a list of them while it is being exchanged.
Kind<std::vector<Secret>> secrets(const std::string& prefix = {});
/// An argon2id hash: no secret in clear, so it may stand in the file.
Kind<Secret> password_hash();
/// The only words, in order.
Kind<std::string> one_of(std::vector<std::string> words);

/// A name that is defined here, or that must be defined somewhere ("queue", "skill", …).
Kind<std::string> defines(std::string kind, Kind<std::string> name = word());
Kind<std::string> refers_to(std::string kind);
/// The same name under a narrower kind too, to be referred to by it.
Kind<std::string> known_as(std::string kind, Kind<std::string> name);

/// A required or held skill with a level from 1 to 5.
using Skills = std::vector<std::pair<std::string, std::uint32_t>>;
Kind<Skills> skills();

/// An expression of the workflow's language, compiled.
struct When {
  std::string source;
  Program program;
};
Kind<When> expression();

/// An enum by its wire names.
template <class E>
Kind<E> enumerated() {
  Shape shape{.words = "one of ", .json = Shape::Json::string};
  for (const auto value : EnumNames<E>::value) {
    shape.words += (shape.values.empty() ? "" : ", ") + std::string(value);
    shape.values.emplace_back(value);
  }
  return {shape, [words = shape.words](Reader& reader, const Node& node) -> std::optional<E> {
            const auto value = parse_name<E>(node.scalar);
            if (!value || node.kind != Node::Kind::scalar)
              return reader.fail(node, words), std::nullopt;
            return value;
          }};
}

/// The kind's value seen as something else; `convert` cannot fail.
template <class T, class F>
auto as(Kind<T> kind, F convert) -> Kind<std::invoke_result_t<F, T>> {
  using U = std::invoke_result_t<F, T>;
  return {kind.shape, [kind, convert](Reader& reader, const Node& node) -> std::optional<U> {
            auto value = kind.read(reader, node);
            if (!value) return std::nullopt;
            return convert(std::move(*value));
          }};
}

}  // namespace deskwire::config
