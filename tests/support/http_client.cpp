// SPDX-License-Identifier: Apache-2.0
#include "support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace deskwire::test {
namespace {

/// How long a test waits before it gives up; no expectation about speed.
constexpr timeval kPatience{.tv_sec = 60, .tv_usec = 0};

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port, int receive_buffer_bytes) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer_bytes > 0)
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect");
}

HttpClient::~HttpClient() {
  if (fd_ >= 0) ::close(fd_);
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)) {}

void HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // The peer closed; what it said is what counts.
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void HttpClient::end_sending() { ::shutdown(fd_, SHUT_WR); }

bool HttpClient::fill() {
  std::array<char, 65536> bytes;
  const auto n = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  input_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

Answer HttpClient::read(bool head_only) {
  Answer out;
  std::size_t end;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return out;
  const std::string head = input_.substr(0, end + 2);
  input_.erase(0, end + 4);
  out.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const auto line_end = head.find("\r\n", at);
    const auto colon = head.find(':', at);
    out.headers[lower(head.substr(at, colon - at))] = head.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  const auto length = out.headers.find("content-length");
  if (head_only || length == out.headers.end()) return out;
  const std::size_t size = std::stoul(length->second);
  while (input_.size() < size)
    if (!fill()) break;
  out.body = input_.substr(0, size);
  input_.erase(0, size);
  return out;
}

std::string HttpClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(input_, {});
}

bool HttpClient::at_end() { return input_.empty() && !fill(); }

Answer HttpClient::ask(std::string_view method, std::string_view target, std::string_view headers,
                       std::string_view body) {
  std::string request;
  request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request.append(headers).append("\r\n").append(body);
  send(request);
  return read(method == "HEAD");
}

Answer ask(std::uint16_t port, std::string_view method, std::string_view target,
           std::string_view headers, std::string_view body) {
  return HttpClient(port).ask(method, target, headers, body);
}

int Frame::close_code() const {
  if (opcode != 8 || payload.size() < 2) return 0;
  return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

WsClient::WsClient(std::uint16_t port, std::string_view target, std::string_view headers,
                   int receive_buffer_bytes)
    : HttpClient(port, receive_buffer_bytes) {
  handshake = ask("GET", target,
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                      std::string(headers));
}

void WsClient::send_frame(int opcode, std::string_view payload, bool final) {
  std::string frame(1, static_cast<char>((final ? 0x80 : 0) | opcode));
  const auto size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    frame += static_cast<char>(0x80 | 126);
    for (int shift = 8; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  } else {
    frame += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  }
  constexpr std::string_view kMask = "\x12\x34\x56\x78";
  frame += kMask;
  for (std::size_t i = 0; i < size; ++i) frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
  send(frame);
}

Frame WsClient::read_frame() {
  const auto need = [this](std::size_t n) {
    while (input_.size() < n)
      if (!fill()) return false;
    return true;
  };
  if (!need(2)) return {};
  const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(input_[i]); };
  const int opcode = byte(0) & 0x0f;
  std::size_t size = byte(1) & 0x7f, header = 2;
  const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
  if (!need(header + extra)) return {};
  if (extra != 0) {
    size = 0;
    for (std::size_t i = 0; i < extra; ++i) size = size << 8 | byte(header + i);
    header += extra;
  }
  if (!need(header + size)) return {};
  Frame out{.opcode = opcode, .payload = input_.substr(header, size)};
  input_.erase(0, header + size);
  return out;
}

std::string WsClient::read_text() {
  for (;;) {
    Frame frame = read_frame();
    if (frame.opcode == 9) {
      send_frame(10, frame.payload);
      continue;
    }
    return frame.opcode == 1 ? frame.payload : std::string();
  }
}

int WsClient::read_close() {
  for (;;) {
    const Frame frame = read_frame();
    if (frame.opcode == 8 || frame.opcode == 0) return frame.close_code();
  }
}

}  // namespace deskwire::test
