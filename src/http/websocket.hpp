// SPDX-License-Identifier: Apache-2.0
// One WebSocket as its handler sees it: text frames in, text frames out. What the system takes at
// once is written at once, the rest waits in a bounded queue. A full queue never blocks and never
// drops in silence: the peer is told to resync and the socket closes. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace deskwire {

/// Close codes of ours beside those of RFC 6455.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,  ///< The daemon stops.
  protocol_error = 1002,
  unsupported = 1003,  ///< A binary frame.
  bad_text = 1007,     ///< Not UTF-8.
  policy = 1008,
  too_big = 1009,
  internal = 1011,
  come_back = 1012,      ///< The session goes on, on a new socket.
  not_signed_in = 4401,  ///< No log-in in time, or the session was ended.
  overflow = 4009,       ///< The peer reads too slowly; it was told to resync.
};

/// Text frames as they go over the wire, written once for however many sockets they are for.
struct Frames {
  std::string bytes;
  std::size_t count = 0;

  /// One more, of these parts.
  void add(std::initializer_list<std::string_view> parts);
};
using FramesPtr = std::shared_ptr<const Frames>;

class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// The next text frame; nothing once the socket is closing. One reader at a time.
  virtual boost::asio::awaitable<std::optional<std::string>> receive() = 0;
  /// Sends or queues the frames, all or none. False if the socket is closing, or now overflows.
  virtual bool send(FramesPtr frames) = 0;
  /// The same for one text frame.
  bool send(std::string_view text);
  /// Writes what is queued, then closes. Only the first call counts.
  virtual void close(CloseCode code, std::string reason) = 0;
  /// Closes with `code` after `wait` unless `clear_deadline` comes first.
  virtual void set_deadline(std::chrono::milliseconds wait, CloseCode code, std::string reason) = 0;
  virtual void clear_deadline() = 0;
  /// The negotiated sub-protocol; empty if the client asked for none.
  [[nodiscard]] virtual const std::string& protocol() const = 0;
  [[nodiscard]] virtual bool closing() const = 0;
};

}  // namespace deskwire
