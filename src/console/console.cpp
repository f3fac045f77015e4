// SPDX-License-Identifier: Apache-2.0
#include "console/console.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "console/hub.hpp"
#include "console/methods.hpp"
#include "http/origin.hpp"
#include "http/rpc.hpp"
#include "http/server.hpp"

namespace deskwire {

namespace asio = boost::asio;

struct Console::Impl {
  Impl(ConsoleSettings s, asio::any_io_executor executor, FrontDesk& desk, const KeyHasher& keys)
      : settings(std::move(s)),
        hub(settings, std::move(executor), desk),
        methods(settings, desk, hub, keys) {}

  ConsoleSettings settings;
  Hub hub;
  Methods methods;

  asio::awaitable<void> serve(std::shared_ptr<WebSocket> socket, HttpRequest request);
  asio::awaitable<void> answer(SessionPtr session, std::string frame);
};

asio::awaitable<void> Console::Impl::serve(std::shared_ptr<WebSocket> socket, HttpRequest request) {
  auto session = std::make_shared<Session>(std::move(socket), settings.calls);
  if (hub.full()) {
    session->socket->close(CloseCode::policy, "too many sessions");
    co_return;
  }
  session->network = client_network(request.client);
  session->cookie = std::string(request.cookie(kSessionCookie).value_or(""));
  session->socket->set_deadline(settings.log_in_within, CloseCode::not_signed_in,
                                "no log-in in time");
  hub.add(session);
  // However the socket ends, the engine must hear that the agent may be gone.
  struct Leave {
    Hub& hub;
    const SessionPtr& session;
    ~Leave() { hub.remove(session); }
  } on_exit{hub, session};
  while (auto frame = co_await session->socket->receive())
    co_await answer(session, std::move(*frame));
}

/// One call after the other: a session's commands keep their order, and only one is under way.
asio::awaitable<void> Console::Impl::answer(SessionPtr session, std::string frame) {
  auto call = parse_call(frame);
  if (!call) {
    session->socket->send(call.error());
    co_return;
  }
  const bool wants_answer = call->wants_answer;
  const boost::json::value id = call->id;
  RpcResult result = boost::json::value(nullptr);
  if (const Duration wait = session->calls.take("", settings.now()); wait > Duration{0}) {
    result = std::unexpected(rpc_limited(wait));
  } else {
    const std::string method = call->method;
    try {
      result = co_await methods.call(session, std::move(*call));
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      spdlog::error("console: {}: {}", method, error.what());
      result = std::unexpected(RpcError{.message = "something went wrong", .data = {}});
    } catch (const std::exception& error) {
      spdlog::error("console: {}: {}", method, error.what());
      result = std::unexpected(RpcError{.message = "something went wrong", .data = {}});
    }
  }
  if (wants_answer)
    session->socket->send(result ? result_frame(id, *result) : error_frame(id, result.error()));
  if (auto then = std::exchange(session->after_answer, nullptr); then && result) then();
}

Console::Console(ConsoleSettings settings, asio::any_io_executor executor, FrontDesk& desk,
                 const KeyHasher& keys)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(executor), desk, keys)) {}

Console::~Console() = default;

void Console::add_routes(Router& router) {
  router.add(SocketRoute{.pattern = "/console",
                         .protocols = {"deskwire.console.v1"},
                         .handle = [this](std::shared_ptr<WebSocket> socket, HttpRequest request) {
                           return impl_->serve(std::move(socket), std::move(request));
                         }});
}

std::size_t Console::sessions() const { return impl_->hub.size(); }

asio::awaitable<void> Console::stop() { return impl_->hub.stop(); }

}  // namespace deskwire
