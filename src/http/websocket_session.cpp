// SPDX-License-Identifier: Apache-2.0
// WebSocket over Beast: one reader (the handler), one writer coroutine that drains the queue and
// closes.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>
#include <vector>

#include "http/answer.hpp"
#include "http/rpc.hpp"
#include "http/upgrade.hpp"
#include "http/websocket.hpp"

#include <spdlog/spdlog.h>

namespace deskwire {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

namespace {

/// After a close was asked for, a peer that reads nothing is cut.
constexpr std::chrono::seconds kCloseWithin{15};
constexpr std::chrono::seconds kHandshakeWithin{10};
constexpr std::chrono::seconds kIdle{60};  ///< A ping goes out at half of it.

class Socket final : public WebSocket, public Live, public std::enable_shared_from_this<Socket> {
 public:
  Socket(ServerCore& core, AnyStream stream, std::string protocol)
      : core_(core),
        stream_(std::move(stream)),
        protocol_(std::move(protocol)),
        wake_(core.executor, asio::steady_timer::time_point::max()),
        written_(core.executor, asio::steady_timer::time_point::max()),
        deadline_(core.executor),
        cut_(core.executor) {
    core_.live.insert(this);
  }
  ~Socket() override {
    core_.live.erase(this);
    unqueued(queued_bytes_);
  }

  asio::awaitable<bool> accept(UpgradeRequest upgrade);
  asio::awaitable<void> write_all();
  asio::awaitable<void> finished();

  asio::awaitable<std::optional<std::string>> receive() override;
  bool send(std::string frame) override { return send(std::move(frame), nullptr); }
  bool send(std::string head, std::shared_ptr<const std::string> tail) override;
  void close(CloseCode code, std::string reason) override;
  void set_deadline(std::chrono::milliseconds wait, CloseCode code, std::string reason) override;
  void clear_deadline() override { deadline_.cancel(); }
  const std::string& protocol() const override { return protocol_; }
  bool closing() const override { return closing_; }

  void wind_down() override { close(CloseCode::going_away, "the desk stops"); }
  void abort() override { beast::get_lowest_layer(stream_).close(); }
  void writer_ended();

 private:
  struct Frame {
    std::string head;
    std::shared_ptr<const std::string> tail;
    [[nodiscard]] std::size_t size() const { return head.size() + (tail ? tail->size() : 0); }
  };
  [[nodiscard]] bool fits(std::size_t bytes) const;
  void enqueue(Frame frame);
  void unqueued(std::size_t bytes);

  ServerCore& core_;
  websocket::stream<AnyStream> stream_;
  std::string protocol_;
  beast::flat_buffer input_;
  std::vector<Frame> queue_;  ///< Empty sockets hold nothing, which a deque would.
  std::vector<Frame> writing_;
  std::size_t queued_bytes_ = 0;
  bool closing_ = false;
  bool writer_done_ = false;
  websocket::close_reason reason_;
  asio::steady_timer wake_;     ///< Never expires; cancelled when the writer has work.
  asio::steady_timer written_;  ///< Never expires; cancelled when the writer has ended.
  asio::steady_timer deadline_;
  asio::steady_timer cut_;
};

asio::awaitable<bool> Socket::accept(UpgradeRequest upgrade) {
  // From here on the WebSocket keeps its own time.
  beast::get_lowest_layer(stream_).expires_never();
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = kHandshakeWithin;
  timeout.idle_timeout = kIdle;
  timeout.keep_alive_pings = true;
  stream_.set_option(timeout);
  stream_.set_option(websocket::stream_base::decorator([this](websocket::response_type& answer) {
    answer.set(beast::http::field::server, "Deskwire");
    if (!protocol_.empty()) answer.set(beast::http::field::sec_websocket_protocol, protocol_);
  }));
  stream_.read_message_max(core_.settings.frame_bytes);
  stream_.auto_fragment(false);
  stream_.text(true);
  auto [ec] = co_await stream_.async_accept(upgrade, kTuple);
  co_return !ec;
}

asio::awaitable<std::optional<std::string>> Socket::receive() {
  if (closing_) co_return std::nullopt;
  input_.clear();
  auto [ec, n] = co_await stream_.async_read(input_, kTuple);
  if (ec) {
    // Whoever broke the connection, the writer must know that nothing can be sent any more.
    if (!closing_) close(CloseCode::normal, "");
    co_return std::nullopt;
  }
  if (closing_) co_return std::nullopt;
  if (!stream_.got_text()) {
    close(CloseCode::unsupported, "text frames only");
    co_return std::nullopt;
  }
  const auto bytes = input_.cdata();
  std::string frame(static_cast<const char*>(bytes.data()), bytes.size());
  // A large message must not pin its buffer for the life of the connection.
  if (input_.capacity() > 64u << 10) {
    input_.clear();
    input_.shrink_to_fit();
  }
  co_return frame;
}

bool Socket::send(std::string head, std::shared_ptr<const std::string> tail) {
  if (closing_) return false;
  Frame frame{std::move(head), std::move(tail)};
  if (!fits(frame.size())) {
    enqueue({notification_frame("resync", {{"reason", "overflow"}}), nullptr});
    close(CloseCode::overflow, "resync");
    return false;
  }
  enqueue(std::move(frame));
  wake_.cancel();
  return true;
}

bool Socket::fits(std::size_t bytes) const {
  const HttpSettings& bounds = core_.settings;
  return queued_bytes_ + bytes <= bounds.socket_queue_bytes &&
         core_.queued_bytes + bytes <= bounds.socket_queues_bytes &&
         queue_.size() + writing_.size() < bounds.socket_queue_frames;
}

void Socket::enqueue(Frame frame) {
  queued_bytes_ += frame.size();
  core_.queued_bytes += frame.size();
  queue_.push_back(std::move(frame));
}

void Socket::unqueued(std::size_t bytes) {
  queued_bytes_ -= bytes;
  core_.queued_bytes -= bytes;
}

void Socket::close(CloseCode code, std::string reason) {
  if (closing_) return;
  closing_ = true;
  reason_.code = static_cast<std::uint16_t>(code);
  reason_.reason = reason;
  deadline_.cancel();
  cut_.expires_after(kCloseWithin);
  cut_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec) self->abort();
  });
  wake_.cancel();
}

void Socket::set_deadline(std::chrono::milliseconds wait, CloseCode code, std::string reason) {
  deadline_.expires_after(wait);
  deadline_.async_wait([self = shared_from_this(), code,
                        reason = std::move(reason)](const boost::system::error_code& ec) {
    if (!ec) self->close(code, reason);
  });
}

asio::awaitable<void> Socket::write_all() {
  for (;;) {
    while (!queue_.empty()) {
      writing_.swap(queue_);
      for (std::size_t i = 0; i < writing_.size(); ++i) {
        const Frame frame = std::move(writing_[i]);
        const std::array<asio::const_buffer, 2> parts{
            asio::buffer(frame.head),
            frame.tail ? asio::buffer(*frame.tail) : asio::const_buffer()};
        stream_.next_layer().cork(i + 1 < writing_.size());
        auto [ec, n] = co_await stream_.async_write(parts, kTuple);
        unqueued(frame.size());
        if (ec) {
          close(CloseCode::normal, "");
          co_return;
        }
      }
      std::vector<Frame>().swap(writing_);
    }
    if (closing_) break;
    co_await wake_.async_wait(kTuple);
  }
  if (stream_.is_open()) co_await stream_.async_close(reason_, kTuple);
}

void Socket::writer_ended() {
  writer_done_ = true;
  cut_.cancel();
  abort();
  written_.cancel();
}

asio::awaitable<void> Socket::finished() {
  while (!writer_done_) co_await written_.async_wait(kTuple);
}

/// The writer's task; its end, however it came, is told to whoever waits for it.
asio::awaitable<void> run_writer(std::shared_ptr<Socket> socket) {
  const auto tell = [](Socket* s) { s->writer_ended(); };
  const std::unique_ptr<Socket, decltype(tell)> ended(socket.get(), tell);
  co_await socket->write_all();
}

asio::awaitable<void> run_reader(const SocketRoute& route, std::shared_ptr<Socket> socket,
                                 HttpRequest request) {
  const std::string path(path_of(request));
  try {
    co_await route.handle(socket, std::move(request));
    socket->close(CloseCode::normal, "");
  } catch (const std::exception& error) {
    if (!socket->closing()) spdlog::error("http: socket {}: {}", path, error.what());
    socket->close(CloseCode::internal, "");
  }
}

}  // namespace

asio::awaitable<void> serve_websocket(ServerCore& core, AnyStream stream, UpgradeRequest upgrade,
                                      HttpRequest request, const SocketRoute& route,
                                      std::string protocol) {
  auto socket = std::make_shared<Socket>(core, std::move(stream), std::move(protocol));
  if (!co_await socket->accept(std::move(upgrade))) co_return;
  core.tasks.spawn(run_writer(socket));
  co_await run_reader(route, socket, std::move(request));
  co_await socket->finished();
}

}  // namespace deskwire
