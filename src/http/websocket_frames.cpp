// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_frames.hpp"

#include <memory>
#include <utility>

#include "deskwire/base/utf8.hpp"

namespace deskwire {
namespace {

constexpr unsigned kLast = 0x80;
constexpr unsigned kReserved = 0x70;
constexpr unsigned kMasked = 0x80;
constexpr std::size_t kMaskBytes = 4;
constexpr std::size_t kControlBytes = 125;
constexpr unsigned kTwoBytes = 126;    ///< Instead of a length: it follows in two bytes,
constexpr unsigned kEightBytes = 127;  ///< or in eight.

bool is_control(Opcode opcode) { return opcode >= Opcode::close; }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = bytes; i > 0; value >>= 8) out[--i] = static_cast<char>(value & 0xff);
  return out;
}

/// RFC 6455 §7.4: what may stand in a frame, not what only describes a connection without one.
bool may_be_sent(std::uint64_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::optional<CloseCode> objection_to_close(std::string_view payload) {
  if (payload.empty()) return std::nullopt;
  if (payload.size() < 2 || !may_be_sent(big_endian(payload.substr(0, 2))))
    return CloseCode::protocol_error;
  if (!is_utf8(payload.substr(2))) return CloseCode::bad_text;
  return std::nullopt;
}

}  // namespace

std::string frame_head(Opcode opcode, std::size_t payload_bytes) {
  std::string out(1, static_cast<char>(kLast | static_cast<unsigned>(opcode)));
  if (payload_bytes < kTwoBytes) return out.append(big_endian(payload_bytes, 1));
  if (payload_bytes <= 0xffff)
    return out.append(big_endian(kTwoBytes, 1)).append(big_endian(payload_bytes, 2));
  return out.append(big_endian(kEightBytes, 1)).append(big_endian(payload_bytes, 8));
}

FramesPtr control_frame(Opcode opcode, std::string_view payload) {
  auto out = std::make_shared<Frames>();
  out->bytes = frame_head(opcode, payload.size()).append(payload);
  out->count = 1;
  return out;
}

std::string close_payload(CloseCode code, std::string_view reason) {
  return big_endian(static_cast<std::uint16_t>(code), 2)
      .append(utf8_prefix(reason, kControlBytes - 2));
}

void Frames::add(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  bytes.append(frame_head(Opcode::text, size));
  for (const std::string_view part : parts) bytes.append(part);
  ++count;
}

void FrameReader::feed(std::string_view bytes) { input_.append(bytes); }

FrameReader::MaybeHead FrameReader::read_head() const {
  const std::string_view in = std::string_view(input_).substr(at_);
  if (in.size() < 2) return std::nullopt;
  const auto first = static_cast<unsigned char>(in[0]);
  const auto second = static_cast<unsigned char>(in[1]);
  if ((first & kReserved) != 0 || (second & kMasked) == 0)
    return std::unexpected(CloseCode::protocol_error);
  Head head;
  head.last = (first & kLast) != 0;
  head.opcode = static_cast<Opcode>(first & 0x0f);
  const unsigned length = second & ~kMasked;
  const std::size_t more = length == kTwoBytes ? 2 : length == kEightBytes ? 8 : 0;
  head.bytes = 2 + more + kMaskBytes;
  if (in.size() < head.bytes) return std::nullopt;
  head.payload_bytes = more == 0 ? length : big_endian(in.substr(2, more));
  // A length must be told in as few bytes as it takes.
  if ((more == 2 && head.payload_bytes < kTwoBytes) || (more == 8 && head.payload_bytes <= 0xffff))
    return std::unexpected(CloseCode::protocol_error);
  if (const auto code = objection(head)) return std::unexpected(*code);
  return head;
}

std::optional<CloseCode> FrameReader::objection(const Head& head) const {
  switch (head.opcode) {
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!head.last || head.payload_bytes > kControlBytes) return CloseCode::protocol_error;
      return std::nullopt;
    case Opcode::continuation:
      if (!in_message_) return CloseCode::protocol_error;
      break;
    case Opcode::text:
      if (in_message_) return CloseCode::protocol_error;
      break;
    case Opcode::binary:
      return in_message_ ? CloseCode::protocol_error : CloseCode::unsupported;
    default:
      return CloseCode::protocol_error;
  }
  // Said before a byte of it is kept.
  if (head.payload_bytes > most_ - begun_.size()) return CloseCode::too_big;
  return std::nullopt;
}

std::string FrameReader::take_payload(const Head& head) {
  const std::string_view mask = std::string_view(input_).substr(at_ + head.bytes - kMaskBytes);
  std::string out = input_.substr(at_ + head.bytes, head.payload_bytes);
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<char>(out[i] ^ mask[i % kMaskBytes]);
  at_ += head.bytes + out.size();
  return out;
}

void FrameReader::forget_read() {
  input_.erase(0, std::exchange(at_, 0));
  if (input_.empty()) std::string().swap(input_);
}

std::expected<std::optional<FrameReader::Message>, CloseCode> FrameReader::next() {
  for (;;) {
    const MaybeHead head = read_head();
    if (!head) return std::unexpected(head.error());
    if (!*head || input_.size() - at_ - (*head)->bytes < (*head)->payload_bytes) {
      forget_read();
      return std::nullopt;
    }
    const Head& frame = **head;
    std::string payload = take_payload(frame);
    if (is_control(frame.opcode)) {
      if (frame.opcode == Opcode::close)
        if (const auto code = objection_to_close(payload)) return std::unexpected(*code);
      return Message{frame.opcode, std::move(payload)};
    }
    if (in_message_ || !frame.last) payload = std::move(begun_.append(payload));
    in_message_ = !frame.last;
    if (in_message_) {
      begun_ = std::move(payload);
      continue;
    }
    std::string().swap(begun_);
    if (!is_utf8(payload)) return std::unexpected(CloseCode::bad_text);
    return Message{Opcode::text, std::move(payload)};
  }
}

}  // namespace deskwire
