// SPDX-License-Identifier: Apache-2.0
#include "app/control.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <utility>

namespace deskwire::app {
namespace asio = boost::asio;
namespace json = boost::json;
using asio::local::stream_protocol;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMaxLine = 64u << 10;  ///< Bytes; a user with all fields is a few hundred.

stream_protocol::acceptor listen(asio::io_context& loop, const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  // Created unreadable for others from the first instant on.
  const mode_t before = ::umask(0177);
  stream_protocol::acceptor acceptor(loop);
  acceptor.open();
  boost::system::error_code failed;
  acceptor.bind(stream_protocol::endpoint(path.string()), failed);
  ::umask(before);
  if (failed) throw std::runtime_error("cannot bind " + path.string() + ": " + failed.message());
  acceptor.listen();
  return acceptor;
}

json::object refusal(std::string_view why) { return {{"ok", false}, {"error", why}}; }

}  // namespace

ControlServer::ControlServer(asio::io_context& loop, std::filesystem::path path,
                             ControlHandler handler)
    : path_(std::move(path)),
      handler_(std::move(handler)),
      acceptor_(listen(loop, path_)),
      tasks_(loop.get_executor(), "control") {}

ControlServer::~ControlServer() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void ControlServer::start() { tasks_.spawn(accept()); }

asio::awaitable<void> ControlServer::stop() {
  acceptor_.close();
  tasks_.cancel();
  co_await tasks_.join();
}

asio::awaitable<void> ControlServer::accept() {
  while (acceptor_.is_open()) {
    auto [failed, socket] = co_await acceptor_.async_accept(kTuple);
    if (failed == asio::error::operation_aborted) co_return;
    if (!failed) tasks_.spawn(serve(std::move(socket)));
  }
}

asio::awaitable<void> ControlServer::serve(Socket socket) {
  std::string buffer;
  while (true) {
    auto [failed, size] = co_await asio::async_read_until(
        socket, asio::dynamic_buffer(buffer, kMaxLine), '\n', kTuple);
    if (failed) co_return;
    const std::string line = buffer.substr(0, size);
    buffer.erase(0, size);
    const json::object reply = co_await answer(line);
    const std::string text = json::serialize(reply) + "\n";
    auto [broken, written] = co_await asio::async_write(socket, asio::buffer(text), kTuple);
    if (broken) co_return;
  }
}

asio::awaitable<json::object> ControlServer::answer(const std::string& line) {
  boost::system::error_code failed;
  json::value request = json::parse(line, failed);
  if (failed || !request.is_object()) co_return refusal("the request is no JSON object");
  std::string why;
  try {
    json::object reply = co_await handler_(std::move(request.as_object()));
    reply["ok"] = true;
    co_return reply;
  } catch (const std::exception& error) {
    why = error.what();
  }
  spdlog::warn("control request refused: {}", why);
  co_return refusal(why);
}

std::optional<json::object> ask_daemon(const std::filesystem::path& data,
                                       const json::object& request) {
  asio::io_context loop;
  stream_protocol::socket socket(loop);
  boost::system::error_code failed;
  socket.connect(stream_protocol::endpoint((data / "control.sock").string()), failed);
  if (failed) return std::nullopt;
  asio::write(socket, asio::buffer(json::serialize(request) + "\n"));
  std::string line;
  asio::read_until(socket, asio::dynamic_buffer(line), '\n');
  json::object reply = json::parse(line).as_object();
  if (!reply.at("ok").as_bool())
    throw std::runtime_error(std::string(reply.at("error").as_string()));
  return reply;
}

}  // namespace deskwire::app
