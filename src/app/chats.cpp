// SPDX-License-Identifier: Apache-2.0
#include "app/chats.hpp"

#include <utility>

#include "app/settings.hpp"

namespace deskwire {
std::span<const chat::Asset> chat_assets();
}  // namespace deskwire

namespace deskwire::app {
namespace {

chat::Settings chat_settings(const config::Config& config) {
  chat::Settings out;
  out.sockets = config.limits.chat_sockets;
  for (const config::ChatChannel& channel : config.channels.chat) {
    chat::Place place;
    place.id = channel.id;
    place.name = channel.name;
    place.allowed_origins = channel.allowed_origins;
    place.greeting = channel.greeting;
    place.closed_message = channel.closed_message;
    place.ask_for = channel.ask_for;
    place.hours = channel.hours;
    place.identity_secrets = secret_values(channel.identity_secrets);
    place.idle_warning = channel.idle_warning;
    place.idle_close = channel.idle_close;
    place.answer_by_mail = channel.answer_by_mail;
    place.mail_after = channel.mail_after;
    place.max_upload_bytes = channel.max_upload_bytes;
    place.messages_per_minute = channel.messages_per_minute;
    out.places.push_back(std::move(place));
  }
  return out;
}

boost::asio::awaitable<std::string> shown_name(FrontDesk& desk, AgentId agent) {
  const PeoplePtr people = co_await desk.directory().people();
  co_return std::string(people->shown(agent));
}

}  // namespace

Chats::Chats(boost::asio::io_context& loop, Core& core, FrontDesk& desk, Mail& mail, Router& router,
             const config::Config& config, const KeyHasher& keys,
             std::function<void(AgentId, std::string_view, boost::json::object)> tell)
    : channel_(chat_settings(config),
               chat::Seams{.gateway = core.gateway(),
                           .workers = core.workers(),
                           .feed = core.feed(),
                           .blobs = core.blobs(),
                           .now = [&core] { return core.clock().now(); },
                           .agent_name = [&desk](AgentId agent) { return shown_name(desk, agent); },
                           .tell = std::move(tell),
                           .assets = chat_assets()},
               loop.get_executor(), keys, core.engine().state(), mail.transport(),
               [&mail](OutboundMessage message, ChannelId mailbox, MailAddress to) {
                 return mail.as_mail(std::move(message), mailbox, std::move(to));
               }) {
  channel_.add_routes(router);
  core.outbox().set_transport(Channel::chat, channel_.transport());
}

void Chats::reload(const config::Config& config) { channel_.reload(chat_settings(config)); }

}  // namespace deskwire::app
