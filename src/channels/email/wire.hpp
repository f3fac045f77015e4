// SPDX-License-Identifier: Apache-2.0
// One connection, in the clear or inside TLS, over TCP or a local socket. Errors come back as
// codes. One reader, one writer.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string_view>

namespace deskwire::email {

class Wire {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  struct Read {
    boost::system::error_code ec;
    std::size_t bytes = 0;
  };

  explicit Wire(Socket socket);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  boost::asio::awaitable<Read> read(boost::asio::mutable_buffer buffer);
  boost::asio::awaitable<boost::system::error_code> write(std::string_view bytes);
  boost::asio::awaitable<boost::system::error_code> start_tls(
      std::shared_ptr<boost::asio::ssl::context> context);
  /// Our last word is said: tells the peer, then reads and drops what it still sends until it
  /// closes, so that unread bytes do not turn into a reset that destroys our last reply on its way.
  /// The caller bounds the time by cancel().
  boost::asio::awaitable<void> linger();

  /// What is under way ends with operation_aborted; the connection stays usable.
  void cancel();
  void close();

 private:
  struct Tls;
  Socket socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace deskwire::email
