// SPDX-License-Identifier: Apache-2.0
// Accepts connections on one TCP address or local socket.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <functional>
#include <string>

#include "channels/email/wire.hpp"

namespace deskwire::email {

class Listener {
 public:
  /// `remote` is the peer's address without port; empty on a local socket.
  using Accepted = std::function<void(Wire::Socket socket, std::string remote)>;

  /// Binds and listens at once. `address` is "127.0.0.1:25", "[::]:25", "localhost:0" or
  /// "unix:/path"; a local socket is made for owner and group, in the place of one that nobody
  /// listens on any more. Throws boost::system::system_error (address_in_use when taken) or
  /// std::invalid_argument, both naming the address.
  Listener(boost::asio::any_io_executor executor, const std::string& address, Accepted accepted);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// As given, with the port that was picked.
  [[nodiscard]] const std::string& address() const { return address_; }
  /// Until close() or cancelled.
  boost::asio::awaitable<void> run();
  void close();

 private:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
  void listen_on_tcp(const std::string& address);
  void listen_on_path(const std::string& path);

  Acceptor acceptor_;
  Accepted accepted_;
  std::string address_;
  std::string path_;  ///< Of a local socket, to remove it.
};

}  // namespace deskwire::email
