// SPDX-License-Identifier: Apache-2.0
#include "client/fake_web.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace deskwire::test {
namespace asio = boost::asio;
using asio::ip::tcp;

FakeWeb::FakeWeb(asio::io_context& loop)
    : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(loop.get_executor(), "fake web") {
  tasks_.spawn(accept());
}

asio::awaitable<void> FakeWeb::accept() {
  while (true) {
    auto [failed, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    ++connections;
    tasks_.spawn(converse(std::move(socket)));
  }
}

asio::awaitable<void> FakeWeb::converse(tcp::socket socket) {
  std::string buffer;
  while (true) {
    auto [failed, head] = co_await asio::async_read_until(
        socket, asio::dynamic_buffer(buffer), "\r\n\r\n", asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    std::size_t length = 0;
    if (const auto at = buffer.find("Content-Length: "); at < head)
      length = std::stoul(buffer.substr(at + 16));
    while (buffer.size() < head + length) {
      auto [broken, more] = co_await asio::async_read(socket, asio::dynamic_buffer(buffer),
                                                      asio::transfer_at_least(1),
                                                      asio::as_tuple(asio::use_awaitable));
      if (broken) co_return;
    }
    requests.push_back(buffer.substr(0, head + length));
    buffer.erase(0, head + length);
    const std::string out = answer(requests.back());
    if (out.empty()) co_return;
    if (out == "silent") {
      asio::steady_timer never(socket.get_executor(), asio::steady_timer::time_point::max());
      co_await never.async_wait(asio::as_tuple(asio::use_awaitable));
      co_return;
    }
    auto [gone, sent] =
        co_await asio::async_write(socket, asio::buffer(out), asio::as_tuple(asio::use_awaitable));
    if (gone) co_return;
  }
}

std::string ok_with(const std::string& body, const std::string& more_headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         more_headers + "\r\n" + body;
}

std::string redirect_to(const std::string& url) {
  return "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + url + "\r\n\r\n";
}

}  // namespace deskwire::test
