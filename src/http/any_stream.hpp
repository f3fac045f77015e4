// SPDX-License-Identifier: Apache-2.0
// A TCP stream with or without TLS as one type, so that Beast's operations are compiled once.
// Includes Beast: only for the translation units that speak HTTP and WebSocket.
#pragma once
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace deskwire {

class AnyStream {
 public:
  using next_layer_type = boost::beast::tcp_stream;
  using executor_type = boost::beast::tcp_stream::executor_type;

  AnyStream(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context)
      : state_(std::make_unique<State>(std::move(socket), std::move(context))) {}

  executor_type get_executor() { return state_->tcp.get_executor(); }
  next_layer_type& next_layer() { return state_->tcp; }
  const next_layer_type& next_layer() const { return state_->tcp; }
  [[nodiscard]] bool secure() const { return state_->tls.has_value(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (state_->tls) return state_->tls->async_read_some(buffers, std::forward<Token>(token));
    return state_->tcp.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (state_->tls) return state_->tls->async_write_some(buffers, std::forward<Token>(token));
    return state_->tcp.async_write_some(buffers, std::forward<Token>(token));
  }
  /// Only with TLS.
  template <class Token>
  auto async_handshake(Token&& token) {
    return state_->tls->async_handshake(boost::asio::ssl::stream_base::server,
                                        std::forward<Token>(token));
  }
  template <class Token>
  auto async_shutdown(Token&& token) {
    return state_->tls->async_shutdown(std::forward<Token>(token));
  }

 private:
  struct State {
    State(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> c)
        : context(std::move(c)), tcp(std::move(socket)) {
      if (context) tls.emplace(tcp, *context);
    }
    std::shared_ptr<boost::asio::ssl::context> context;  ///< A reload must not take it away.
    boost::beast::tcp_stream tcp;
    std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls;
  };
  std::unique_ptr<State> state_;
};

}  // namespace deskwire
