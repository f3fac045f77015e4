// SPDX-License-Identifier: Apache-2.0
// A web server that answers as a test tells it to, on the test's own loop and a free port of the
// loopback.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "runtime/task_group.hpp"

namespace deskwire::test {

class FakeWeb {
 public:
  explicit FakeWeb(boost::asio::io_context& loop);

  /// From a whole request to the bytes of the answer; empty: hangs up. "silent": never answers.
  std::function<std::string(const std::string& request)> answer;
  std::vector<std::string> requests;
  std::size_t connections = 0;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }
  void close() { tasks_.cancel(); }

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> converse(boost::asio::ip::tcp::socket socket);

  boost::asio::ip::tcp::acceptor acceptor_;
  TaskGroup tasks_;
};

/// "HTTP/1.1 200 OK" with that body.
std::string ok_with(const std::string& body, const std::string& more_headers = "");
std::string redirect_to(const std::string& url);

}  // namespace deskwire::test
