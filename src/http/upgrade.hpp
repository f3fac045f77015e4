// SPDX-License-Identifier: Apache-2.0
// From an HTTP request to a WebSocket session. Includes Beast.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "http/any_stream.hpp"
#include "http/server_core.hpp"

namespace deskwire {

/// A connection whose upgrade was answered with 101.
struct Upgraded {
  AnyStream stream;
  HttpRequest request;
  const SocketRoute* route = nullptr;
  std::string protocol;
  std::unique_ptr<Admission> counted;
};

/// Runs the handler, then closes. Returns when nothing of the socket is left.
boost::asio::awaitable<void> serve_websocket(ServerCore& core, std::unique_ptr<Upgraded> from);

}  // namespace deskwire
