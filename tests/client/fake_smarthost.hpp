// SPDX-License-Identifier: Apache-2.0
// A smarthost that does as it is told: it answers each verb with what a test put there, keeps what
// it was sent, falls silent or hangs up. It runs on the test's own loop, on a free port of the
// loopback.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/task_group.hpp"

namespace deskwire::test {

class FakeSmarthost {
 public:
  explicit FakeSmarthost(boost::asio::io_context& loop);

  /// Instead of the usual reply; several lines are joined by CRLF. Keys: "GREETING", a verb, "RCPT
  /// <path>" or "END" of the data.
  std::map<std::string, std::string> replies;
  /// Says nothing any more once this key is to be answered.
  std::string silent_at;
  /// Hangs up instead of answering this key; "BODY": in the middle of the data.
  std::string hang_up_at;
  /// Hangs up after so many messages on one connection, once the next one has begun; 0: never.
  std::size_t messages_per_connection = 0;

  std::vector<std::string> commands;  ///< Every line outside data.
  std::vector<std::string> messages;  ///< As sent, dots still stuffed.
  std::size_t connections = 0;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> converse(boost::asio::ip::tcp::socket socket);
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket& socket);
  boost::asio::awaitable<bool> answer(boost::asio::ip::tcp::socket& socket, const std::string& key,
                                      std::string usual);

  boost::asio::ip::tcp::acceptor acceptor_;
  TaskGroup tasks_;
};

}  // namespace deskwire::test
