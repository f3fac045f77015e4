// SPDX-License-Identifier: Apache-2.0
#include "websocket_client.hpp"

#include <array>

namespace deskwire::bench {
namespace {

// The example of RFC 6455 §1.3: the key is no secret, it only shows that the server understood.
constexpr std::string_view kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::array<std::uint8_t, 4> kMask = {0x37, 0xfa, 0x21, 0x3d};

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (const char c : bytes) out = (out << 8) | static_cast<std::uint8_t>(c);
  return out;
}

}  // namespace

std::string upgrade_request(std::string_view authority, std::string_view path,
                            std::string_view protocol) {
  std::string out;
  out.append("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(authority);
  out.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13");
  out.append("\r\nSec-WebSocket-Key: ").append(kKey);
  if (!protocol.empty()) out.append("\r\nSec-WebSocket-Protocol: ").append(protocol);
  return out.append("\r\n\r\n");
}

bool upgrade_granted(std::string_view head) {
  return head.starts_with("HTTP/1.1 101 ") && head.find(kAccept) != std::string_view::npos;
}

std::string client_frame(Opcode opcode, std::string_view payload) {
  constexpr std::uint8_t kMasked = 0x80;
  std::string out;
  const auto put = [&out](std::uint64_t byte) { out += static_cast<char>(byte & 0xff); };
  put(0x80u | static_cast<std::uint8_t>(opcode));
  if (payload.size() < 126) {
    put(kMasked | payload.size());
  } else if (payload.size() < 0x10000) {
    put(kMasked | 126u);
    for (int shift = 8; shift >= 0; shift -= 8) put(payload.size() >> shift);
  } else {
    put(kMasked | 127u);
    for (int shift = 56; shift >= 0; shift -= 8) put(payload.size() >> shift);
  }
  for (const std::uint8_t byte : kMask) put(byte);
  for (std::size_t i = 0; i < payload.size(); ++i)
    put(static_cast<std::uint8_t>(payload[i]) ^ kMask[i % kMask.size()]);
  return out;
}

std::optional<Frame> server_frame(std::string_view bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  std::uint64_t length = static_cast<std::uint8_t>(bytes[1]) & 0x7f;  // A server does not mask.
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  const std::size_t head = 2 + more;
  if (bytes.size() < head) return std::nullopt;
  if (more > 0) length = big_endian(bytes.substr(2, more));
  if (bytes.size() - head < length) return std::nullopt;
  return Frame{.opcode = static_cast<Opcode>(first & 0x0f),
               .last = (first & 0x80) != 0,
               .payload = bytes.substr(head, length),
               .size = head + length};
}

std::string close_reason(std::string_view payload) {
  if (payload.size() < 2) return "no reason";
  return std::to_string(big_endian(payload.substr(0, 2))) + " " + std::string(payload.substr(2));
}

}  // namespace deskwire::bench
