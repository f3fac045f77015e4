// SPDX-License-Identifier: Apache-2.0
#include "console/console.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "console/hub.hpp"
#include "console/methods.hpp"
#include "http/origin.hpp"
#include "http/rpc.hpp"
#include "http/server.hpp"

namespace deskwire {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds kLongestPause{1'000};
}

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
  asio::awaitable<void> run(SessionPtr session, RpcCall call);
  asio::awaitable<void> rest(Duration wait);
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
  const Duration wait = session->calls.take("", settings.now());
  auto call = parse_call(frame);
  if (!call) {
    session->socket->send(call.error());
  } else if (wait > Duration{0}) {
    if (call->wants_answer) session->socket->send(error_frame(call->id, rpc_limited(wait)));
  } else {
    co_await run(session, std::move(*call));
  }
  // Whoever goes on regardless is read more slowly.
  if (wait > Duration{0}) co_await rest(wait);
}

asio::awaitable<void> Console::Impl::rest(Duration wait) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  pause.expires_after(std::min(std::chrono::milliseconds(wait.ms), kLongestPause));
  co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> Console::Impl::run(SessionPtr session, RpcCall call) {
  const bool wants_answer = call.wants_answer;
  const boost::json::value id = call.id;
  const std::string method = call.method;
  RpcResult result = std::unexpected(RpcError{.message = "something went wrong", .data = {}});
  try {
    result = co_await methods.call(session, std::move(call));
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    spdlog::error("console: {}: {}", method, error.what());
  } catch (const std::exception& error) {
    spdlog::error("console: {}: {}", method, error.what());
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
