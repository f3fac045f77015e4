// SPDX-License-Identifier: Apache-2.0
// From a request's head to its answer, as far as it needs no socket: which requests are sane, which
// route they take, what every answer carries. Pure but for the handler it runs.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "http/message.hpp"
#include "http/server_core.hpp"

namespace deskwire {

/// What no route may be asked: HTTP/1.1 without exactly one Host, unclear framing (request
/// smuggling), broken targets. Fills `request.path` and `request.query`. Null when it is sane.
[[nodiscard]] std::optional<HttpResponse> refuse_head(HttpRequest& request, unsigned version,
                                                      std::size_t framing_headers);

/// The answer where the table has no handler for the request, or a browser's cross-site request to
/// one; null otherwise.
[[nodiscard]] std::optional<HttpResponse> refuse_route(const ServerCore& core,
                                                       const HttpRequest& request,
                                                       const Router::Match& match);

/// What a page of another site must see before it may read the answer.
void allow_cross_origin(const Route& route, const HttpRequest& request, HttpResponse& response);

/// Why the upgrade is refused, or the chosen sub-protocol (empty: none was asked for).
struct UpgradeChoice {
  std::optional<HttpResponse> refusal;
  std::string protocol;
};
[[nodiscard]] UpgradeChoice choose_upgrade(const ServerCore& core, const HttpRequest& request,
                                           const SocketRoute& route);

/// The answer that makes a WebSocket of the connection (RFC 6455 §4.2.2), ready to send.
[[nodiscard]] std::string render_upgrade(const HttpRequest& request, std::string_view protocol);

/// Runs the handler; whatever it throws becomes a problem document.
boost::asio::awaitable<HttpResponse> run_handler(const Route& route, HttpRequest& request);

/// Status line and headers with everything that all answers carry, ready to send before the body.
[[nodiscard]] std::string render_head(const ServerCore& core, const HttpRequest& request,
                                      const HttpResponse& response, bool keep_alive);

/// The path alone, for the log: queries may hold what people typed.
[[nodiscard]] std::string_view path_of(const HttpRequest& request);

}  // namespace deskwire
