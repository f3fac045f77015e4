// SPDX-License-Identifier: Apache-2.0
// A console over a bare socket: calls by id, events kept in the order they came.
#pragma once
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "support/http_client.hpp"

namespace deskwire::test {

class ConsoleClient {
 public:
  explicit ConsoleClient(std::uint16_t port, std::string_view headers = "",
                         int receive_buffer_bytes = 0)
      : socket(port, "/console",
               "Sec-WebSocket-Protocol: deskwire.console.v1\r\n" + std::string(headers),
               receive_buffer_bytes) {}

  /// The whole answer frame; empty if the connection ended.
  boost::json::object ask(std::string_view method, const boost::json::object& params = {});
  /// The result; fails the test on an error.
  boost::json::object call(std::string_view method, const boost::json::object& params = {});
  /// The error's code, and its refusal if it names one.
  int error(std::string_view method, const boost::json::object& params = {});
  std::string refusal(std::string_view method, const boost::json::object& params = {});
  /// Logs in with the office's password for that user; the token.
  std::string log_in(const std::string& user);

  /// The next event of that type, from those that came or are still coming; it is taken out.
  boost::json::object event(std::string_view type);
  /// The next event of any type.
  boost::json::object next_event();
  /// Everything that came up to the answer to a harmless call.
  std::deque<boost::json::object> events();

  WsClient socket;

 private:
  bool read_one();
  boost::json::object answer_to(std::int64_t id);

  std::int64_t next_id_ = 1;
  boost::json::object last_answer_;
  std::deque<boost::json::object> events_;
};

}  // namespace deskwire::test
