// SPDX-License-Identifier: Apache-2.0
#include "client/fake_smarthost.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace deskwire::test {
namespace asio = boost::asio;
using asio::ip::tcp;

FakeSmarthost::FakeSmarthost(asio::io_context& loop)
    : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(loop.get_executor(), "the fake smarthost") {
  tasks_.spawn(accept());
}

asio::awaitable<void> FakeSmarthost::accept() {
  for (;;) {
    tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
    ++connections;
    tasks_.spawn(converse(std::move(socket)));
  }
}

asio::awaitable<bool> FakeSmarthost::answer(tcp::socket& socket, const std::string& key,
                                            std::string usual) {
  if (hang_up_at == key) co_return false;
  if (silent_at == key) {
    asio::steady_timer never(socket.get_executor(), asio::steady_timer::time_point::max());
    co_await never.async_wait(asio::use_awaitable);
  }
  if (const auto it = replies.find(key); it != replies.end()) usual = it->second;
  usual += "\r\n";
  co_await asio::async_write(socket, asio::buffer(usual), asio::use_awaitable);
  co_return true;
}

asio::awaitable<void> FakeSmarthost::converse(tcp::socket socket) {
  try {
    co_await serve(socket);
  } catch (const boost::system::system_error&) {
    // The client hung up.
  }
}

asio::awaitable<void> FakeSmarthost::serve(tcp::socket& socket) {
  std::string input;
  std::size_t taken = 0;
  if (!co_await answer(socket, "GREETING", "220 fake ready")) co_return;
  for (;;) {
    const std::size_t n = co_await asio::async_read_until(socket, asio::dynamic_buffer(input),
                                                          "\r\n", asio::use_awaitable);
    const std::string line = input.substr(0, n - 2);
    input.erase(0, n);
    commands.push_back(line);
    std::string verb = line.substr(0, line.find(' '));
    if (verb == "MAIL" && messages_per_connection != 0 && taken == messages_per_connection)
      co_return;
    if (verb == "RCPT" && replies.contains("RCPT " + line.substr(8)))
      verb = "RCPT " + line.substr(8);
    const bool data = verb == "DATA" && !replies.contains("DATA");
    const std::string usual = verb == "EHLO"   ? "250-fake\r\n250-AUTH PLAIN\r\n250 SIZE 1000000"
                              : verb == "AUTH" ? "235 2.7.0 welcome"
                              : data           ? "354 go ahead"
                                               : "250 2.0.0 ok";
    if (!co_await answer(socket, verb, usual) || verb == "QUIT") co_return;
    if (!data) continue;
    if (hang_up_at == "BODY") {
      co_await asio::async_read_until(socket, asio::dynamic_buffer(input), "\r\n",
                                      asio::use_awaitable);
      co_return;
    }
    const std::size_t end = co_await asio::async_read_until(socket, asio::dynamic_buffer(input),
                                                            "\r\n.\r\n", asio::use_awaitable);
    messages.push_back(input.substr(0, end - 3));
    input.erase(0, end);
    ++taken;
    if (!co_await answer(socket, "END", "250 2.0.0 queued as 42")) co_return;
  }
}

}  // namespace deskwire::test
