// SPDX-License-Identifier: Apache-2.0
#include "channels/email/wire.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace deskwire::email {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// How much of a talker that does not listen is read before its connection is dropped nevertheless.
constexpr std::size_t kLingerBytes = 256U << 10;

}  // namespace

struct Wire::Tls {
  Tls(Socket& socket, std::shared_ptr<asio::ssl::context> c)
      : context(std::move(c)), stream(socket, *context) {}
  std::shared_ptr<asio::ssl::context>
      context;  ///< A reloaded certificate does not end running sessions.
  asio::ssl::stream<Socket&> stream;
};

Wire::Wire(Socket socket) : socket_(std::move(socket)) {}
Wire::~Wire() = default;

asio::awaitable<Wire::Read> Wire::read(asio::mutable_buffer buffer) {
  if (tls_) {
    auto [ec, n] = co_await tls_->stream.async_read_some(buffer, kTuple);
    co_return Read{ec, n};
  }
  auto [ec, n] = co_await socket_.async_read_some(buffer, kTuple);
  co_return Read{ec, n};
}

asio::awaitable<error_code> Wire::write(std::string_view bytes) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  if (tls_) {
    auto [ec, n] = co_await asio::async_write(tls_->stream, buffer, kTuple);
    co_return ec;
  }
  auto [ec, n] = co_await asio::async_write(socket_, buffer, kTuple);
  co_return ec;
}

asio::awaitable<error_code> Wire::start_tls(std::shared_ptr<asio::ssl::context> context) {
  tls_ = std::make_unique<Tls>(socket_, std::move(context));
  auto [ec] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, kTuple);
  co_return ec;
}

asio::awaitable<void> Wire::linger() {
  if (tls_) {
    // Says close_notify and waits for the peer's, reading what it still sends.
    co_await tls_->stream.async_shutdown(kTuple);
    co_return;
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  std::array<char, 4096> waste;
  for (std::size_t read = 0; read < kLingerBytes;) {
    auto [ec, n] = co_await socket_.async_read_some(asio::buffer(waste), kTuple);
    if (ec) co_return;
    read += n;
  }
}

void Wire::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Wire::close() {
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace deskwire::email
