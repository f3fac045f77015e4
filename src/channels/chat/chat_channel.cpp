// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/chat_channel.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "channels/chat/chat_files.hpp"
#include "channels/chat/chat_hub.hpp"
#include "channels/chat/chat_transport.hpp"
#include "channels/chat/methods.hpp"
#include "http/origin.hpp"
#include "http/rpc_loop.hpp"
#include "http/server.hpp"

namespace deskwire::chat {

namespace asio = boost::asio;

struct ChatChannel::Impl {
  Impl(Settings s, Seams m, const asio::any_io_executor& executor, const KeyHasher& hasher,
       const State& state, Transport& mail, ToMail to_mail)
      : settings(std::move(s)),
        seams(std::move(m)),
        keys(hasher),
        hub(settings, seams, keys, executor, state),
        methods(settings, seams, hub, keys),
        files(settings, seams, keys, [this](std::string_view name) { return find(name); }),
        transport(settings, hub, executor, mail, std::move(to_mail)) {
    set_places();
  }

  Settings settings;
  Seams seams;
  VisitorKeys keys;
  ChatHub hub;
  Methods methods;
  ChatFiles files;
  ChatTransport transport;
  std::size_t sockets = 0;
  std::vector<PlacePtr> places;  ///< Shared by their visits, which may outlive a reload.

  void set_places() {
    places.clear();
    for (const Place& place : settings.places)
      places.push_back(std::make_shared<const Place>(place));
  }
  [[nodiscard]] PlacePtr find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(places, [&](const PlacePtr& one) { return one->name == name; });
    return found == places.end() ? nullptr : *found;
  }

  asio::awaitable<void> serve(std::shared_ptr<WebSocket> socket, HttpRequest request);
  asio::awaitable<RpcResult> answer(const VisitPtr& visit, RpcCall call);
};

/// By the place as it is configured now.
asio::awaitable<RpcResult> ChatChannel::Impl::answer(const VisitPtr& visit, RpcCall call) {
  if (PlacePtr now = find(visit->place->name)) {
    visit->place = std::move(now);
    return methods.call(visit, std::move(call));
  }
  visit->socket->close(CloseCode::policy, "this chat is no longer configured");
  return [](RpcError gone) -> asio::awaitable<RpcResult> {
    co_return std::unexpected(std::move(gone));
  }({.code = RpcCode::forbidden, .message = "this chat is no longer configured", .data = {}});
}

asio::awaitable<void> ChatChannel::Impl::serve(std::shared_ptr<WebSocket> socket,
                                               HttpRequest request) {
  auto visit = std::make_shared<Visit>(std::move(socket), settings.calls);
  visit->place = find(request.params.at(0));
  if (!visit->place) {
    visit->socket->close(CloseCode::policy, "there is no chat of this name");
    co_return;
  }
  if (sockets >= settings.sockets) {
    visit->socket->close(CloseCode::policy, "too many visitors");
    co_return;
  }
  visit->network = client_network(request.client);
  request = {};  // Its headers would stay for as long as the socket.
  visit->socket->set_deadline(settings.start_within, CloseCode::not_signed_in,
                              "no chat.start in time");
  struct Leave {
    Impl& impl;
    const VisitPtr& visit;
    explicit Leave(Impl& i, const VisitPtr& v) : impl(i), visit(v) { ++impl.sockets; }
    ~Leave() {
      --impl.sockets;
      impl.hub.leave(visit);
    }
  } on_exit(*this, visit);
  RpcPeer peer{.socket = visit->socket,
               .calls = &visit->calls,
               .now = seams.now,
               .name = "chat",
               .call = [this, &visit](RpcCall call) { return answer(visit, std::move(call)); },
               .answered =
                   [&visit](bool done) {
                     auto then = std::exchange(visit->after_answer, nullptr);
                     if (then && done) then();
                   }};
  co_await serve_calls(std::move(peer));
}

ChatChannel::ChatChannel(Settings settings, Seams seams, asio::any_io_executor executor,
                         const KeyHasher& keys, const State& state, Transport& mail, ToMail to_mail)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(seams), executor, keys, state,
                                   mail, std::move(to_mail))) {}

ChatChannel::~ChatChannel() = default;

void ChatChannel::add_routes(Router& router) {
  impl_->files.add_routes(router);
  router.add(SocketRoute{
      .pattern = "/chat/{channel}",
      .protocols = {"deskwire.chat.v1"},
      .handle =
          [this](std::shared_ptr<WebSocket> socket, HttpRequest request) {
            return impl_->serve(std::move(socket), std::move(request));
          },
      .cross_origin = site_check([this](std::string_view name) { return impl_->find(name); })});
}

void ChatChannel::start() { impl_->hub.start(); }

void ChatChannel::reload(Settings settings) {
  impl_->settings = std::move(settings);
  impl_->set_places();
  impl_->hub.replace(impl_->settings);
  impl_->methods.replace(impl_->settings);
  impl_->transport.replace(impl_->settings);
}

Transport& ChatChannel::transport() { return impl_->transport; }
std::size_t ChatChannel::visits() const { return impl_->hub.visits(); }

void ChatChannel::agent_typing(TicketId ticket, bool typing) {
  impl_->hub.agent_typing(ticket, typing);
}
void ChatChannel::agent_read(TicketId ticket, std::uint32_t seq) {
  impl_->hub.agent_read(ticket, seq);
}

asio::awaitable<void> ChatChannel::stop() { return impl_->hub.stop(); }

}  // namespace deskwire::chat
