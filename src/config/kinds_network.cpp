// SPDX-License-Identifier: Apache-2.0
// Kinds of values that name places on the network, mailboxes and telephones.
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

std::optional<std::string> valid_phone_number(const std::string& text) {
  const bool length = text.size() >= 8 && text.size() <= 16;
  if (!length || text[0] != '+' || text[1] == '0') return std::nullopt;
  return std::ranges::all_of(text.substr(1), is_digit) ? std::optional(text) : std::nullopt;
}

bool is_printable(char c) { return c > ' ' && c < 0x7f; }

/// sip:user@host[:port][;parameters], RFC 3261 §19.1; the user as it is written.
std::optional<std::string> valid_sip(const std::string& text) {
  const std::size_t scheme = text.starts_with("sips:") ? 5 : text.starts_with("sip:") ? 4 : 0;
  const std::size_t at = text.find('@');
  if (scheme == 0 || at == std::string::npos || at == scheme || text.size() > 255)
    return std::nullopt;
  const std::string host = text.substr(at + 1, text.find(';', at) - at - 1);
  if (!is_hostname(host) && !is_ipv4(host) && !parse_endpoint(host)) return std::nullopt;
  return std::ranges::all_of(text, is_printable) ? std::optional(text) : std::nullopt;
}

std::optional<std::string> valid_https_url(const std::string& text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme) || text.size() > 1'024) return std::nullopt;
  const auto authority = text.substr(0, text.find_first_of("/?#", kScheme.size()));
  if (!valid_origin(authority) || !std::ranges::all_of(text, is_printable)) return std::nullopt;
  return text;
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
                 valid_phone_number);
}

Kind<std::string> phone_or_sip() {
  return checked({.words = "a phone number such as +15005550006, or sip:NAME@HOST",
                  .pattern = "^(\\+[1-9][0-9]{6,14}|sips?:[^@ ]+@[^@ ]+)$"},
                 [](const std::string& s) -> std::optional<std::string> {
                   const auto uri = valid_sip(s);
                   return uri ? uri : valid_phone_number(s);
                 });
}

Kind<std::string> https_url() {
  return checked({.words = "an address such as https://example.com/music.mp3",
                  .pattern = "^https://[^/?# ]+[^ ]*$"},
                 valid_https_url);
}

}  // namespace deskwire::config
