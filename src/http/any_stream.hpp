// SPDX-License-Identifier: Apache-2.0
// A TCP stream with or without TLS as one type, so that Beast's operations are compiled once.
// Includes Beast: only for the two translation units that speak HTTP and WebSocket.
#pragma once
#include <boost/asio/append.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <optional>
#include <string>
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
  /// While corked, what is written is only gathered; the first write after that takes it along, so
  /// that many small frames cost one call of the system. Whoever corks writes once more uncorked.
  void cork(bool on) { state_->corked = on && state_->gathered.size() < kGatherBytes; }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [self = this](auto handler, const Buffers& bytes) {
          self->write_some(bytes, std::move(handler));
        },
        token, buffers);
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
  static constexpr std::size_t kGatherBytes = 64u << 10;

  template <class Buffers, class Handler>
  void write_some(const Buffers& buffers, Handler handler) {
    State& state = *state_;
    if (!state.corked && state.gathered.empty()) {
      if (state.tls) return state.tls->async_write_some(buffers, std::move(handler));
      return state.tcp.async_write_some(buffers, std::move(handler));
    }
    const std::size_t bytes = boost::asio::buffer_size(buffers);
    const std::size_t before = state.gathered.size();
    state.gathered.resize(before + bytes);
    boost::asio::buffer_copy(boost::asio::buffer(state.gathered) + before, buffers);
    if (state.corked) {
      boost::asio::post(
          state.tcp.get_executor(),
          boost::asio::append(std::move(handler), boost::system::error_code(), bytes));
      return;
    }
    // Beast writes one thing at a time, so nothing is gathered while this is on its way.
    state.writing.swap(state.gathered);
    const auto executor = boost::asio::get_associated_executor(handler, state.tcp.get_executor());
    auto done = [&state, bytes, handler = std::move(handler)](boost::system::error_code ec,
                                                              std::size_t) mutable {
      state.writing.clear();
      // A burst must not pin its memory for the life of the connection.
      if (state.writing.capacity() > kKeepBytes) std::string().swap(state.writing);
      std::move(handler)(ec, ec ? 0 : bytes);
    };
    auto bound = boost::asio::bind_executor(executor, std::move(done));
    const auto all = boost::asio::buffer(state.writing);
    if (state.tls) return boost::asio::async_write(*state.tls, all, std::move(bound));
    boost::asio::async_write(state.tcp, all, std::move(bound));
  }
  static constexpr std::size_t kKeepBytes = 2u << 10;

  struct State {
    State(boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> c)
        : context(std::move(c)), tcp(std::move(socket)) {
      if (context) tls.emplace(tcp, *context);
    }
    std::shared_ptr<boost::asio::ssl::context> context;  ///< A reload must not take it away.
    boost::beast::tcp_stream tcp;
    std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls;
    bool corked = false;
    std::string gathered, writing;
  };
  std::unique_ptr<State> state_;
};

/// Beast finds this when a WebSocket has been closed in order.
template <class Handler>
void async_teardown(boost::beast::role_type role, AnyStream& stream, Handler&& handler) {
  if (stream.secure())
    stream.async_shutdown(std::forward<Handler>(handler));
  else
    boost::beast::async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
}

}  // namespace deskwire
