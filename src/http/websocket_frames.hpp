// SPDX-License-Identifier: Apache-2.0
// WebSocket frames as bytes (RFC 6455 §5) on the server's side: what is sent is not masked, what
// comes must be. No extensions. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/websocket.hpp"

namespace deskwire {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// The head of an unfragmented frame whose payload follows.
[[nodiscard]] std::string frame_head(Opcode opcode, std::size_t payload_bytes);
/// A control frame; the payload has at most 125 bytes.
[[nodiscard]] FramesPtr control_frame(Opcode opcode, std::string_view payload);
/// The payload of a close frame; a reason too long for it is cut.
[[nodiscard]] std::string close_payload(CloseCode code, std::string_view reason);

/// What a client sends, cut into messages. Holds no memory while nothing is unfinished.
class FrameReader {
 public:
  /// Messages of at most `most` bytes.
  explicit FrameReader(std::size_t most) : most_(most) {}

  struct Message {
    Opcode opcode = Opcode::text;  ///< text, close, ping or pong.
    std::string payload;           ///< Valid UTF-8 if text; valid as a whole if close.
  };
  void feed(std::string_view bytes);
  /// The next message, fragments put together; nothing until more bytes come. The error is what to
  /// close with; where the next frame begins is not known after it.
  [[nodiscard]] std::expected<std::optional<Message>, CloseCode> next();

 private:
  struct Head {
    bool last = true;
    Opcode opcode = Opcode::text;
    std::uint64_t payload_bytes = 0;
    std::size_t bytes = 0;  ///< Of the head itself, with the mask, which ends it.
  };
  using MaybeHead = std::expected<std::optional<Head>, CloseCode>;
  [[nodiscard]] MaybeHead read_head() const;
  [[nodiscard]] std::optional<CloseCode> objection(const Head& head) const;
  [[nodiscard]] std::string take_payload(const Head& head);
  void forget_read();

  std::size_t most_;
  std::string input_;
  std::size_t at_ = 0;       ///< Read of `input_`.
  std::string begun_;        ///< The fragments so far
  bool in_message_ = false;  ///< of a message that is not complete.
};

}  // namespace deskwire
