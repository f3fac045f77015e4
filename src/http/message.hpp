// SPDX-License-Identifier: Apache-2.0
// A request and a response as plain values, so that handlers never see the library behind the
// listener.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace deskwire {

/// Names are lower case; order and repetition are kept.
using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;               ///< Upper case: "GET".
  std::string target;               ///< As sent: "/api/v1/tickets?limit=5".
  std::vector<std::string> path;    ///< Decoded segments.
  std::vector<std::string> params;  ///< What `{…}` of the route's pattern matched, in order.
  std::vector<std::pair<std::string, std::string>> query;  ///< Decoded, in order.
  Headers headers;
  std::string body;
  std::string client;   ///< Address of the client, seen through trusted proxies.
  bool secure = false;  ///< TLS here or, by a trusted proxy's word, before it.
  bool local = false;   ///< The connection itself comes from loopback and through no proxy.

  /// First header of that lower-case name; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::size_t header_count(std::string_view name) const;
  /// Last query parameter of that name.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  /// First cookie of that name.
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

struct HttpResponse {
  std::uint16_t status = 200;
  Headers headers;
  std::string body;

  HttpResponse& set(std::string_view name, std::string value);
};

[[nodiscard]] HttpResponse json_response(std::uint16_t status, std::string body);
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status);

/// Splits and decodes a request target. Nothing for an absolute or broken one: bad escapes,
/// controls, "." or ".." segments.
struct Target {
  std::vector<std::string> path;
  std::vector<std::pair<std::string, std::string>> query;
};
[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

}  // namespace deskwire
