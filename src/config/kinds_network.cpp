// SPDX-License-Identifier: Apache-2.0
// Kinds of values that name places on the network, and secrets.
#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "config/kinds.hpp"

namespace deskwire::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}
bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

/// RFC 1123: labels of letters, digits and inner hyphens, each at most 63, together at most 253.
bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    const auto label = text.substr(begin, end - begin);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }))
      return false;
    begin = end + 1;
  }
  // A last label of digits alone is a mistyped address, not a name.
  const auto last = text.substr(text.rfind('.') + 1);
  return !std::ranges::all_of(last, is_digit);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<std::string> valid_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const unsigned widest = is_ipv4(address) ? 32 : is_ipv6(address) ? 128 : 0;
  if (widest == 0) return std::nullopt;
  if (slash == std::string::npos) return text;
  const auto bits = parse_port(std::string_view(text).substr(slash + 1));
  return bits && *bits <= widest ? std::optional(text) : std::nullopt;
}

std::optional<std::string> valid_origin(std::string text) {
  if (text.ends_with('/')) text.pop_back();
  const std::size_t scheme = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (scheme == 0) return std::nullopt;
  const std::string authority = text.substr(scheme);
  if (is_hostname(authority) || is_ipv4(authority)) return lower(text);
  const auto endpoint = parse_endpoint(authority);
  if (endpoint && endpoint->unix_path.empty() && endpoint->port != 0) return lower(text);
  if (authority.starts_with('[') && authority.ends_with(']') &&
      is_ipv6(authority.substr(1, authority.size() - 2)))
    return lower(text);
  return std::nullopt;
}

std::optional<std::string> valid_mail_address(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || at > 64 || text.size() > 254) return std::nullopt;
  const std::string local = text.substr(0, at), domain = lower(text.substr(at + 1));
  // Atoms of RFC 5321 §4.1.2; our own mailboxes need no quoted local parts. "+" is kept for our
  // tokens and for VERP.
  constexpr std::string_view kAtom = "!#$%&'*/=?^_`{|}~.-";
  const auto fits = [&](char c) {
    return is_letter(c) || is_digit(c) || kAtom.find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(local, fits) || local.starts_with('.') || local.ends_with('.'))
    return std::nullopt;
  if (local.find("..") != std::string::npos || !is_hostname(domain)) return std::nullopt;
  return local + '@' + domain;
}

template <class F>
Kind<std::string> checked(Shape shape, F check) {
  return {
      shape,
      [words = shape.words, check](Reader& reader, const Node& node) -> std::optional<std::string> {
        std::optional<std::string> value =
            node.kind == Node::Kind::scalar ? check(node.scalar) : std::nullopt;
        if (!value) reader.fail(node, words);
        return value;
      }};
}

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

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    const auto path = text.substr(kUnix.size());
    // sockaddr_un holds 108 bytes with the closing zero.
    if (path.empty() || path.size() > 107) return std::nullopt;
    return Endpoint{.host = {}, .port = 0, .unix_path = std::string(path)};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!is_ipv6(host)) return std::nullopt;
  } else if (!is_ipv4(host) && !is_hostname(host)) {
    return std::nullopt;
  }
  return Endpoint{.host = std::move(host), .port = *port, .unix_path = {}};
}

std::string to_string(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return "unix:" + endpoint.unix_path;
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

bool is_loopback(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty() || lower(endpoint.host) == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, endpoint.host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, endpoint.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Kind<Endpoint> endpoint(bool unix_socket) {
  Shape shape{.words = unix_socket ? "host:port or unix:PATH" : "host:port"};
  return {shape, [=](Reader& reader, const Node& node) -> std::optional<Endpoint> {
            auto value =
                node.kind == Node::Kind::scalar ? parse_endpoint(node.scalar) : std::nullopt;
            if (value && (unix_socket || value->unix_path.empty())) return value;
            reader.fail(node, shape.words);
            return std::nullopt;
          }};
}

Kind<std::string> hostname() {
  return checked({.words = "a host name such as mail.example.com"},
                 [](const std::string& s) -> std::optional<std::string> {
                   return is_hostname(s) ? std::optional(lower(s)) : std::nullopt;
                 });
}

Kind<std::string> host_or_address() {
  return checked({.words = "a host name or an address"},
                 [](const std::string& s) -> std::optional<std::string> {
                   return is_hostname(s) || is_ipv4(s) || is_ipv6(s) ? std::optional(s)
                                                                     : std::nullopt;
                 });
}

Kind<std::string> network() {
  return checked({.words = "an address or a network such as 10.0.0.0/8"}, valid_network);
}

Kind<std::string> origin() {
  return checked(
      {.words = "http(s)://host[:port] without a path", .pattern = "^https?://[^/?#]+/?$"},
      valid_origin);
}

Kind<std::string> mail_address() {
  return checked({.words = "a mail address without '+', such as support@example.com",
                  .pattern = "^[^@+ ]+@[^@ ]+$"},
                 valid_mail_address);
}

Kind<std::string> phone_number() {
  return checked({.words = "a phone number in E.164 form, such as +15005550006",
                  .pattern = "^\\+[1-9][0-9]{6,14}$"},
                 [](const std::string& s) -> std::optional<std::string> {
                   const bool length = s.size() >= 8 && s.size() <= 16;
                   if (!length || s[0] != '+' || s[1] == '0') return std::nullopt;
                   return std::ranges::all_of(s.substr(1), is_digit) ? std::optional(s)
                                                                     : std::nullopt;
                 });
}

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

}  // namespace deskwire::config
