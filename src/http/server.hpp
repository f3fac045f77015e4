// SPDX-License-Identifier: Apache-2.0
// The HTTP listener: accepts, answers from the route table, upgrades to WebSockets. Loop thread
// only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "deskwire/base/instant.hpp"
#include "http/origin.hpp"
#include "http/router.hpp"
#include "runtime/clock.hpp"
#include "runtime/limits.hpp"

namespace deskwire {

struct HttpSettings {
  std::string host = "127.0.0.1";  ///< An IP address.
  std::uint16_t port = 8080;       ///< 0 picks one.
  std::string public_url{};        ///< As people reach us; decides our origin and secure cookies.
  std::vector<std::string> allowed_origins{};
  std::vector<std::string> trusted_proxies{};  ///< Addresses or CIDR blocks.
  std::string tls_certificate_file{};          ///< PEM chain; empty: no TLS here.
  std::string tls_key_file{};

  std::size_t max_connections = limits::kHttpConnections;
  std::size_t max_per_address = 256;  ///< Connections; trusted proxies are not counted.
  std::size_t header_bytes = 16u << 10;
  std::size_t body_bytes = 256u << 20;     ///< Request bodies in memory, all connections together.
  std::chrono::milliseconds idle{60'000};  ///< Until the next request's head has come whole.
  std::chrono::milliseconds transfer{
      30'000};  ///< A body or an answer, plus a second for each 32 KiB.
  std::chrono::milliseconds stop_grace{5'000};

  /// A WebSocket that says nothing for this long, not even to a ping, is cut.
  std::chrono::milliseconds socket_idle{60'000};
  std::size_t frame_bytes = 1u << 20;         ///< One WebSocket message, in.
  std::size_t socket_queue_bytes = 4u << 20;  ///< Queued out on one WebSocket; more is an overflow.
  std::size_t socket_queue_frames = 8'192;
  std::size_t socket_queues_bytes = 256u << 20;  ///< The same, all WebSockets together.
  int socket_send_buffer = 0;                    ///< SO_SNDBUF in bytes; 0 leaves it to the system.

  std::function<Instant()> now = system_now;
};

/// The cookie that carries a session token.
inline constexpr std::string_view kSessionCookie = "deskwire_session";

class HttpServer {
 public:
  /// Throws std::invalid_argument for a bad proxy block, std::runtime_error for TLS files that
  /// cannot be used.
  HttpServer(HttpSettings settings, boost::asio::any_io_executor executor);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Routes are added before `listen`.
  [[nodiscard]] Router& router();
  [[nodiscard]] const OriginPolicy& origins() const;
  /// True if cookies must be marked Secure.
  [[nodiscard]] bool secure_cookies() const;

  /// Binds and starts to accept. Throws boost::system::system_error when the address cannot be had.
  void listen();
  /// After `listen`.
  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string address() const;  ///< "127.0.0.1:8080", "[::1]:8080".
  [[nodiscard]] std::size_t connections() const;

  /// Reads certificate and key again for new connections. Throws as the constructor and keeps the
  /// old ones then.
  void reload_tls();
  /// No more connections; idle ones end, sockets are closed with "going away", requests in work are
  /// answered; what is left after the grace is cut.
  boost::asio::awaitable<void> stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace deskwire
