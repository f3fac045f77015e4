// SPDX-License-Identifier: Apache-2.0
// One WebSocket as its handler sees it: text frames in, text frames out through a bounded queue
// that one writer drains. A full queue never blocks and never drops in silence: the peer is told to
// resync and the socket closes. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace deskwire {

/// Close codes of ours beside those of RFC 6455.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,   ///< The daemon stops.
  unsupported = 1003,  ///< A binary frame.
  policy = 1008,
  too_big = 1009,
  internal = 1011,
  not_signed_in = 4401,  ///< No log-in in time, or the session was ended.
  overflow = 4009,       ///< The peer reads too slowly; it was told to resync.
};

class WebSocket {
 public:
  virtual ~WebSocket() = default;

  /// The next text frame; nothing once the socket is closing. One reader at a time.
  virtual boost::asio::awaitable<std::optional<std::string>> receive() = 0;
  /// Queues one text frame. False if the socket is closing, or now overflows.
  virtual bool send(std::string frame) = 0;
  /// The same for a frame of two parts, of which the second is shared with other sockets.
  virtual bool send(std::string head, std::shared_ptr<const std::string> tail) = 0;
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
