// SPDX-License-Identifier: Apache-2.0
// From an HTTP request to a WebSocket session. Includes Beast.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <string>

#include "http/any_stream.hpp"
#include "http/server_core.hpp"

namespace deskwire {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

/// Accepts the upgrade, runs the handler, closes. Returns when nothing of the socket is left.
boost::asio::awaitable<void> serve_websocket(ServerCore& core, AnyStream stream,
                                             UpgradeRequest upgrade, HttpRequest request,
                                             const SocketRoute& route, std::string protocol);

}  // namespace deskwire
