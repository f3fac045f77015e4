// SPDX-License-Identifier: Apache-2.0
#include "console/console.hpp"

#include <utility>

#include "console/hub.hpp"
#include "console/methods.hpp"
#include "http/origin.hpp"
#include "http/rpc_loop.hpp"
#include "http/server.hpp"
#include "text/device.hpp"

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
};

asio::awaitable<void> Console::Impl::serve(std::shared_ptr<WebSocket> socket, HttpRequest request) {
  auto session = std::make_shared<Session>(std::move(socket), settings.calls);
  if (hub.full()) {
    session->socket->close(CloseCode::policy, "too many sessions");
    co_return;
  }
  session->network = client_network(request.client);
  session->device = text::device_of(request.header("user-agent"));
  session->cookie = std::string(request.cookie(kSessionCookie).value_or(""));
  request = {};  // Its headers would stay for as long as the socket.
  session->socket->set_deadline(settings.log_in_within, CloseCode::not_signed_in,
                                "no log-in in time");
  hub.add(session);
  // However the socket ends, the engine must hear that the agent may be gone.
  struct Leave {
    Hub& hub;
    const SessionPtr& session;
    ~Leave() { hub.remove(session); }
  } on_exit{hub, session};
  RpcPeer peer{.socket = session->socket,
               .calls = &session->calls,
               .now = settings.now,
               .name = "console",
               .call =
                   [this, &session](RpcCall call) {
                     session->answering = true;
                     return methods.call(session, std::move(call));
                   },
               .answered =
                   [&session](bool done) {
                     session->answering = false;
                     auto then = std::exchange(session->after_answer, nullptr);
                     if (then && done) then();
                     if (session->ending)
                       session->socket->close(session->ending->first, session->ending->second);
                   }};
  co_await serve_calls(std::move(peer));
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

asio::awaitable<void> Console::announce(CallNotice notice) {
  return impl_->hub.announce(std::move(notice));
}

std::size_t Console::sessions() const { return impl_->hub.size(); }

void Console::tell(AgentId agent, std::string_view method, const boost::json::object& params) {
  impl_->hub.tell(agent, method, params);
}

asio::awaitable<void> Console::stop() { return impl_->hub.stop(); }

}  // namespace deskwire
