// SPDX-License-Identifier: Apache-2.0
// A WebSocket's life: the handler reads, pings keep it alive, both sides say goodbye.
#include "http/websocket_session.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/buffer.hpp>
#include <tuple>
#include <utility>

#include "http/upgrade.hpp"

namespace deskwire {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// After a close was asked for, a peer that reads nothing is cut.
constexpr std::chrono::seconds kCloseWithin{15};
/// What still comes after both sides have said goodbye is read, so that the goodbye is not lost in
/// a reset; for so long, and so much of it.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = 512u << 10;
constexpr std::size_t kSecureReadBytes = 4u << 10;
/// A ping goes out at every second tick of silence.
constexpr std::uint8_t kPingEvery = 2;

const FramesPtr& ping() {
  static const FramesPtr frame = control_frame(Opcode::ping, "");
  return frame;
}

}  // namespace

bool WebSocket::send(std::string_view text) {
  auto frames = std::make_shared<Frames>();
  frames->add({text});
  return send(FramesPtr(std::move(frames)));
}

Socket::Socket(ServerCore& core, AnyStream stream, std::string protocol)
    : core_(core),
      stream_(std::move(stream)),
      protocol_(std::move(protocol)),
      reader_(core.settings.frame_bytes) {
  // From here on the socket keeps its own time, and never waits inside of a read or a write.
  stream_.next_layer().expires_never();
  boost::system::error_code ignored;
  if (!stream_.secure()) tcp().non_blocking(true, ignored);
  core_.live.insert(this);
}

Socket::~Socket() { leave(); }

void Socket::leave() {
  if (std::exchange(left_, true)) return;
  lost();
  core_.live.erase(this);
}

// ---- Reading

/// What came next, good until the next wait; nothing when nothing will come any more.
asio::awaitable<std::optional<std::string_view>> Socket::more() {
  char* to = core_.scratch.data();
  std::size_t size = 0;
  boost::system::error_code failed;
  if (stream_.secure()) {
    input_.resize(kSecureReadBytes);
    to = input_.data();
    std::tie(failed, size) = co_await stream_.async_read_some(asio::buffer(input_), kTuple);
  } else {
    do {
      std::tie(failed) = co_await tcp().async_wait(tcp::socket::wait_read, kTuple);
      if (!failed) size = tcp().read_some(asio::buffer(core_.scratch), failed);
    } while (failed == asio::error::would_block);
  }
  if (failed) {
    lost();
    co_return std::nullopt;
  }
  quiet_ticks_ = 0;
  co_return std::string_view(to, size);
}

asio::awaitable<std::optional<std::string>> Socket::receive() {
  while (!closing_) {
    if (auto text = next_text()) co_return text;
    if (closing_) break;
    const auto bytes = co_await more();
    if (bytes) reader_.feed(*bytes);
  }
  co_return std::nullopt;
}

/// Out of what was read; control frames on the way are heeded.
std::optional<std::string> Socket::next_text() {
  while (!garbled_ && !heard_close_) {
    auto message = reader_.next();
    if (!message) {
      garbled_ = true;
      close(message.error(), "");
    } else if (!*message) {
      break;
    } else if ((*message)->opcode == Opcode::text) {
      return std::move((*message)->payload);
    } else {
      hear(std::move(**message));
    }
  }
  return std::nullopt;
}

void Socket::hear(FrameReader::Message message) {
  if (message.opcode == Opcode::ping) send(control_frame(Opcode::pong, message.payload));
  if (message.opcode != Opcode::close) return;
  heard_close_ = true;
  begin_close(message.payload);  // An echo says that it was understood.
}

/// Once in a quarter of the time after which a silent peer is cut.
void Socket::tick() {
  if (closing_) return;
  if (++quiet_ticks_ > kSilentTicks) return lost();
  if (quiet_ticks_ % kPingEvery == 0) send(ping());
}

// ---- Closing

/// One at a time: a later one replaces it.
template <class Then>
void Socket::after(std::chrono::milliseconds wait, Then then) {
  timer_ = std::make_unique<asio::steady_timer>(core_.executor, wait);
  // Its handler may be queued already when it is replaced.
  timer_->async_wait([self = shared_from_this(), number = ++timers_,
                      then = std::move(then)](const boost::system::error_code& ec) {
    if (!ec && number == self->timers_) then(*self);
  });
}

void Socket::set_deadline(std::chrono::milliseconds wait, CloseCode code, std::string reason) {
  if (closing_) return;
  after(wait, [code, reason = std::move(reason)](Socket& self) { self.close(code, reason); });
}

void Socket::clear_deadline() {
  if (closing_) return;
  ++timers_;
  timer_.reset();
}

void Socket::close(CloseCode code, std::string reason) { begin_close(close_payload(code, reason)); }

void Socket::begin_close(std::string_view payload) {
  if (closing_) return;
  closing_ = true;
  after(kCloseWithin, [](Socket& self) { self.lost(); });
  enqueue(control_frame(Opcode::close, payload));
  flush();
}

/// Nothing can be sent or read any more.
void Socket::lost() {
  if (std::exchange(lost_, true)) return;
  closing_ = true;
  ++timers_;
  timer_.reset();
  drop_queue();
  abort();
  if (flushed_) flushed_->cancel();
}

asio::awaitable<void> Socket::finish() {
  close(CloseCode::normal, "");
  while (!lost_ && !queue_.empty()) {
    flushed_ =
        std::make_unique<asio::steady_timer>(core_.executor, asio::steady_timer::time_point::max());
    co_await flushed_->async_wait(kTuple);
  }
  if (!lost_) co_await hear_close();
  if (!lost_) co_await part();
}

asio::awaitable<void> Socket::hear_close() {
  for (;;) {
    while (next_text()) {
    }
    if (heard_close_ || garbled_) co_return;
    const auto bytes = co_await more();
    if (!bytes) co_return;
    reader_.feed(*bytes);
  }
}

asio::awaitable<void> Socket::part() {
  after(kLinger, [](Socket& self) { self.lost(); });
  if (stream_.secure()) {
    co_await stream_.async_shutdown(kTuple);
    co_return;
  }
  boost::system::error_code ignored;
  tcp().shutdown(tcp::socket::shutdown_send, ignored);
  for (std::size_t total = 0; total < kLingerBytes;) {
    const auto bytes = co_await more();
    if (!bytes) co_return;
    total += bytes->size();
  }
}

asio::awaitable<void> serve_websocket(ServerCore& core, std::unique_ptr<Upgraded> from) {
  const std::unique_ptr<Admission> counted = std::move(from->counted);
  const SocketRoute& route = *from->route;
  auto socket = std::make_shared<Socket>(core, std::move(from->stream), std::move(from->protocol));
  const auto leave = [](Socket* one) { one->leave(); };
  const std::unique_ptr<Socket, decltype(leave)> leaving(socket.get(), leave);
  if (core.stopping) socket->wind_down();
  try {
    auto handled = route.handle(socket, std::move(from->request));
    from.reset();  // The handler may take a day.
    co_await std::move(handled);
  } catch (const std::exception& error) {
    if (!socket->closing()) spdlog::error("http: socket {}: {}", route.pattern, error.what());
    socket->close(CloseCode::internal, "");
  }
  co_await socket->finish();
}

}  // namespace deskwire
