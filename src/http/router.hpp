// SPDX-License-Identifier: Apache-2.0
// The table of everything the listener answers: method and path pattern to a handler. HEAD comes
// with GET, OPTIONS is answered from the table, another method gets 405 with what is allowed.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace deskwire {

class WebSocket;

/// Throwing ends in a 500 and a line in the log; `Busy` in a 503.
using HttpHandler = std::function<boost::asio::awaitable<HttpResponse>(HttpRequest&)>;
/// The socket closes when the handler returns.
using SocketHandler =
    std::function<boost::asio::awaitable<void>(std::shared_ptr<WebSocket>, HttpRequest)>;

/// Whether pages of `origin` may make this request, whose `params` are set.
using OriginCheck = std::function<bool(std::string_view origin, const HttpRequest& request)>;

struct Route {
  std::string method;  ///< "GET", "POST", "DELETE", "PUT" or "PATCH".
  std::string
      pattern;  ///< "/api/v1/tickets/{id}"; a last segment "{*}" takes one or more segments.
  HttpHandler handle;
  std::size_t body_limit = 0;  ///< Bytes; more is 413.
  /// Requests that change something must come from our own pages when they come from a browser. Off
  /// for signed hooks, which prove their origin by their signature.
  bool same_origin = true;
  /// Pages of other sites that may use it from a browser (CORS, without credentials); null: none.
  OriginCheck cross_origin{};
};

struct SocketRoute {
  std::string pattern;
  std::vector<std::string>
      protocols;  ///< Sub-protocols in order of preference; a client may also ask for none.
  SocketHandler handle;
  OriginCheck cross_origin{};  ///< Beside our own pages.
};

class Router {
 public:
  Router() = default;
  void add(Route route);
  void add(SocketRoute route);

  struct Match {
    const Route* route = nullptr;         ///< Null: see `allowed`.
    const SocketRoute* socket = nullptr;  ///< The path is a socket's.
    std::vector<std::string> params;
    const Route* cross_origin = nullptr;  ///< The path's first route that other sites may use.
    std::string allowed;  ///< "GET, HEAD, OPTIONS" if the path is known under other methods.
  };
  [[nodiscard]] Match find(std::string_view method, const std::vector<std::string>& path) const;

 private:
  using Pattern = std::vector<std::string>;
  std::vector<std::pair<Pattern, Route>> routes_;
  std::vector<std::pair<Pattern, SocketRoute>> sockets_;
};

}  // namespace deskwire
