// SPDX-License-Identifier: Apache-2.0
// DATA/control.sock: how the command line asks a running daemon. One JSON object a line in, one
// out: {"verb": …} →
// {"ok": true, …} or {"ok": false, "error": "…"}. Whoever may open the socket (mode 0600) may do
// everything.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <optional>

#include "runtime/task_group.hpp"

namespace deskwire::app {

/// Answers one request; an exception's text becomes the error.
using ControlHandler =
    std::function<boost::asio::awaitable<boost::json::object>(boost::json::object)>;

class ControlServer {
 public:
  /// Replaces a socket that a crash left behind: the data's lock says that nobody else listens
  /// there.
  ControlServer(boost::asio::io_context& loop, std::filesystem::path path, ControlHandler handler);
  ~ControlServer();
  void start();
  boost::asio::awaitable<void> stop();

 private:
  using Socket = boost::asio::local::stream_protocol::socket;
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(Socket socket);
  boost::asio::awaitable<boost::json::object> answer(const std::string& line);

  std::filesystem::path path_;
  ControlHandler handler_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  TaskGroup tasks_;
};

/// Asks the daemon that owns `data`; nothing if none is running there. Blocks; throws
/// std::runtime_error with the daemon's words when it refuses.
std::optional<boost::json::object> ask_daemon(const std::filesystem::path& data,
                                              const boost::json::object& request);

}  // namespace deskwire::app
