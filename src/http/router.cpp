// SPDX-License-Identifier: Apache-2.0
#include "http/router.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace deskwire {
namespace {

std::vector<std::string> segments_of(const std::string& pattern) {
  auto target = parse_target(pattern);
  if (!target) throw std::invalid_argument("not a route pattern: " + pattern);
  return std::move(target->path);
}

std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
  const bool open_end = !pattern.empty() && pattern.back() == "{*}";
  if (open_end ? path.size() < pattern.size() : path.size() != pattern.size()) return std::nullopt;
  std::vector<std::string> params;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& expected = pattern[std::min(i, pattern.size() - 1)];
    if (expected.starts_with('{'))
      params.push_back(path[i]);
    else if (expected != path[i])
      return std::nullopt;
  }
  return params;
}

void add_method(std::string& list, std::string_view method) {
  if (list.find(method) != std::string::npos) return;
  if (!list.empty()) list += ", ";
  list += method;
}

}  // namespace

void Router::add(Route route) {
  auto pattern = segments_of(route.pattern);
  routes_.emplace_back(std::move(pattern), std::move(route));
}

void Router::add(SocketRoute route) {
  auto pattern = segments_of(route.pattern);
  sockets_.emplace_back(std::move(pattern), std::move(route));
}

Router::Match Router::find(std::string_view method, const std::vector<std::string>& path) const {
  Match out;
  for (const auto& [pattern, route] : routes_) {
    auto params = match(pattern, path);
    if (!params) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      out.route = &route;
      out.params = std::move(*params);
      return out;
    }
    if (route.cross_origin && out.cross_origin == nullptr) {
      out.cross_origin = &route;
      out.params = std::move(*params);
    }
    add_method(out.allowed, route.method);
    if (route.method == "GET") add_method(out.allowed, "HEAD");
  }
  for (const auto& [pattern, socket] : sockets_) {
    auto params = match(pattern, path);
    if (!params) continue;
    out.socket = &socket;
    out.params = std::move(*params);
    add_method(out.allowed, "GET");
  }
  if (!out.allowed.empty()) add_method(out.allowed, "OPTIONS");
  return out;
}

}  // namespace deskwire
