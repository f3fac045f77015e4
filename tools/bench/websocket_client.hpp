// SPDX-License-Identifier: Apache-2.0
// A client's side of RFC 6455 as bytes: the upgrade, and frames from and to text. No I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace deskwire::bench {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

struct Frame {
  Opcode opcode = Opcode::text;
  bool last = true;          ///< Of its message.
  std::string_view payload;  ///< Into the bytes that were parsed.
  std::size_t size = 0;      ///< With its head.
};

/// The request that asks for a WebSocket; `protocol` may be empty.
std::string upgrade_request(std::string_view authority, std::string_view path,
                            std::string_view protocol);
/// Whether the answer's head grants just that.
bool upgrade_granted(std::string_view head);

/// One whole frame of a client, masked.
std::string client_frame(Opcode opcode, std::string_view payload);
/// The server's frame at the front of `bytes`; nothing while it is not all there.
std::optional<Frame> server_frame(std::string_view bytes);

/// What a close frame says: "1008 too many sessions".
std::string close_reason(std::string_view payload);

}  // namespace deskwire::bench
