// SPDX-License-Identifier: Apache-2.0
#include "http/http_server.hpp"

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "http/rpc.hpp"
#include "runtime/workers.hpp"

namespace deskwire::test {
namespace {

using boost::asio::awaitable;

HttpResponse text(std::string body) {
  HttpResponse out{.status = 200, .headers = {}, .body = std::move(body)};
  out.set("content-type", "text/plain");
  return out;
}

/// Says back what it hears; "flood N" answers with N frames of 1 KiB, numbered from 1, "leave" ends
/// the handler.
awaitable<void> echo(std::shared_ptr<WebSocket> socket, HttpRequest) {
  while (auto frame = co_await socket->receive()) {
    if (*frame == "leave") co_return;
    if (*frame == "break") throw std::runtime_error("a handler broke");
    if (frame->starts_with("flood ")) {
      const int count = std::stoi(frame->substr(6));
      for (int n = 1; n <= count; ++n) {
        std::string text = std::to_string(n);
        socket->send(text.append(1024 - text.size(), 'x'));
      }
      continue;
    }
    if (*frame == "deadline")
      socket->set_deadline(std::chrono::milliseconds(1), CloseCode::not_signed_in, "log in first");
    else
      socket->send(*frame);
  }
}

}  // namespace

void RunningServer::add_routes(Router& router) {
  router.add(Route{.method = "GET",
                   .pattern = "/hello/{name}",
                   .handle = [](HttpRequest& r) -> awaitable<HttpResponse> {
                     co_return text("hello " + r.params.at(0) + " from " + r.client);
                   }});
  router.add(
      Route{.method = "POST",
            .pattern = "/echo",
            .handle = [](HttpRequest& r) -> awaitable<HttpResponse> { co_return text(r.body); },
            .body_limit = 4096});
  router.add(
      Route{.method = "POST",
            .pattern = "/hook",
            .handle = [](HttpRequest&) -> awaitable<HttpResponse> { co_return text("taken"); },
            .body_limit = 4096,
            .same_origin = false});
  router.add(Route{
      .method = "GET", .pattern = "/broken", .handle = [](HttpRequest&) -> awaitable<HttpResponse> {
        throw std::runtime_error("secret detail");
        co_return text("");
      }});
  router.add(Route{
      .method = "GET", .pattern = "/busy", .handle = [](HttpRequest&) -> awaitable<HttpResponse> {
        throw Busy("full");
        co_return text("");
      }});
  router.add(
      SocketRoute{.pattern = "/socket", .protocols = {"test.v2", "test.v1"}, .handle = echo});
}

}  // namespace deskwire::test
