// SPDX-License-Identifier: Apache-2.0
// A listener on a free port with a loop of its own, for clients that block.
#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <thread>

#include "http/server.hpp"
#include "http/websocket.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::test {

class RunningServer {
 public:
  explicit RunningServer(HttpSettings settings = {}, const std::function<void(Router&)>& more = {})
      : server_(local(std::move(settings)), loop_.get_executor()),
        tasks_(loop_.get_executor(), "test") {
    add_routes(server_.router());
    if (more) more(server_.router());
    server_.listen();
    port = server_.port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningServer() { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    boost::asio::post(loop_, [this] { tasks_.spawn(server_.stop()); });
    thread_.join();
  }

  std::uint16_t port = 0;

 private:
  static HttpSettings local(HttpSettings settings) {
    settings.port = 0;
    return settings;
  }
  static void add_routes(Router& router);

  boost::asio::io_context loop_{1};
  HttpServer server_;
  TaskGroup tasks_;
  std::thread thread_;
};

}  // namespace deskwire::test
