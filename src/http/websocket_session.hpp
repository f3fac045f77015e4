// SPDX-License-Identifier: Apache-2.0
// One WebSocket over an upgraded connection. An idle one holds no buffers and waits for nothing but
// readiness. Includes Asio and Beast: private to the two files that implement it.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/any_stream.hpp"
#include "http/server_core.hpp"
#include "http/websocket.hpp"
#include "http/websocket_frames.hpp"

namespace deskwire {

class Socket final : public WebSocket, public Live, public std::enable_shared_from_this<Socket> {
 public:
  Socket(ServerCore& core, AnyStream stream, std::string protocol);
  ~Socket() override;

  boost::asio::awaitable<std::optional<std::string>> receive() override;
  bool send(FramesPtr frames) override;
  void close(CloseCode code, std::string reason) override;
  void set_deadline(std::chrono::milliseconds wait, CloseCode code, std::string reason) override;
  void clear_deadline() override;
  const std::string& protocol() const override { return protocol_; }
  bool closing() const override { return closing_; }

  void wind_down() override { close(CloseCode::going_away, "the desk stops"); }
  void abort() override { boost::beast::get_lowest_layer(stream_).close(); }
  void tick() override;

  /// Closes unless that was done, and ends in order: all that is queued is written, the peer's own
  /// close frame is heard. The handler must have returned.
  boost::asio::awaitable<void> finish();
  /// The server forgets this socket; whoever still holds it can do nothing with it.
  void leave();

 private:
  [[nodiscard]] boost::asio::ip::tcp::socket& tcp() { return stream_.next_layer().socket(); }

  // Reading
  boost::asio::awaitable<std::optional<std::string_view>> more();
  std::optional<std::string> next_text();
  void hear(FrameReader::Message message);

  // Closing
  void begin_close(std::string_view payload);
  boost::asio::awaitable<void> hear_close();
  boost::asio::awaitable<void> part();
  void lost();
  template <class Then>
  void after(std::chrono::milliseconds wait, Then then);

  // Writing
  [[nodiscard]] std::size_t write_now(const std::string& bytes);
  [[nodiscard]] bool fits(std::size_t bytes, std::size_t frames) const;
  void enqueue(FramesPtr frames);
  void unqueue(std::size_t bytes);
  void wrote(std::size_t bytes);
  void drop_queue();
  void flush();
  void flush_plain();
  void flush_secure();

  ServerCore& core_;
  AnyStream stream_;
  std::string protocol_;

  FrameReader reader_;
  std::string input_;             ///< With TLS, where bytes are read to.
  bool garbled_ = false;          ///< Where the peer's next frame begins is not known.
  bool heard_close_ = false;      ///< The peer's close frame has come.
  std::uint8_t quiet_ticks_ = 0;  ///< Since the peer was last heard.

  std::vector<FramesPtr> queue_;  ///< Empty sockets hold nothing, which a deque would.
  std::size_t written_ = 0;       ///< Bytes of the first in it.
  std::size_t queued_bytes_ = 0;
  std::size_t queued_frames_ = 0;
  bool writing_ = false;  ///< Waits until more can be written.
  std::string wire_;      ///< With TLS, what is being written.

  bool closing_ = false;  ///< The close frame is queued, or the connection is lost.
  bool lost_ = false;
  bool left_ = false;
  std::unique_ptr<boost::asio::steady_timer> flushed_;  ///< Cancelled when nothing is queued.
  std::unique_ptr<boost::asio::steady_timer> timer_;    ///< The deadline, or the end of patience.
  std::uint32_t timers_ = 0;
};

}  // namespace deskwire
