// SPDX-License-Identifier: Apache-2.0
// Blocking HTTP and WebSocket clients over bare sockets: they send exactly the bytes they are told
// to, which a well-behaved library would not.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace deskwire::test {

struct Answer {
  int status = 0;                              ///< 0: the connection ended without one.
  std::map<std::string, std::string> headers;  ///< Lower-case names.
  std::string body;
};

class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, int receive_buffer_bytes = 0);
  ~HttpClient();
  HttpClient(HttpClient&& other) noexcept;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(std::string_view bytes);
  void end_sending();
  /// The next answer on the connection; `head_only` for answers to HEAD.
  Answer read(bool head_only = false);
  /// Everything until the peer closes.
  std::string read_to_end();
  /// True if the peer closed and nothing is left to read.
  bool at_end();

  Answer ask(std::string_view method, std::string_view target, std::string_view headers = "",
             std::string_view body = "");

 protected:
  bool fill();

  int fd_ = -1;
  std::string input_;
};

struct Frame {
  int opcode = 0;  ///< 0: the connection ended.
  std::string payload;
  [[nodiscard]] int close_code() const;
};

class WsClient : public HttpClient {
 public:
  /// Sends the upgrade; `handshake` holds the answer.
  WsClient(std::uint16_t port, std::string_view target, std::string_view headers = "",
           int receive_buffer_bytes = 0);
  void send_text(std::string_view text) { send_frame(1, text); }
  void send_frame(int opcode, std::string_view payload, bool final = true);
  Frame read_frame();
  /// The next text frame; pings are answered, anything else is an empty text.
  std::string read_text();
  /// Reads until the close frame; its code, or 0 if the connection just ended.
  int read_close();

  Answer handshake;
};

/// One request on a connection of its own.
Answer ask(std::uint16_t port, std::string_view method, std::string_view target,
           std::string_view headers = "", std::string_view body = "");

}  // namespace deskwire::test
