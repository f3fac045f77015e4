// SPDX-License-Identifier: Apache-2.0
#include "app/calls.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/settings.hpp"

namespace deskwire::app {
namespace {

voice::NumberLine make_line(const config::VoiceChannel& channel) {
  voice::NumberLine out{.channel = channel.id,
                        .name = channel.name,
                        .number = channel.number,
                        .tokens = secret_values(channel.tokens),
                        .greeting = channel.greeting,
                        .language = channel.language,
                        .hold_music = channel.hold_music,
                        .phones = {},
                        .callback = channel.callback,
                        .voicemail = channel.voicemail,
                        .hours = channel.hours};
  for (const config::AgentPhone& phone : channel.phones) out.phones[phone.user] = phone.address;
  return out;
}

voice::VoiceLinesPtr make_lines(const config::Config& config) {
  auto out = std::make_shared<voice::VoiceLines>();
  for (const config::CtiChannel& channel : config.channels.cti)
    out->cti.push_back({.channel = channel.id,
                        .name = channel.name,
                        .secrets = secret_values(channel.secrets),
                        .region = channel.region});
  for (const config::VoiceChannel& channel : config.channels.voice)
    out->numbers.push_back(make_line(channel));
  out->public_url = config.desk.public_url;
  return out;
}

std::optional<voice::Person> person_of(const UserRow* row) {
  if (row == nullptr || !row->enabled) return std::nullopt;
  return voice::Person{
      .id = row->id, .user = row->user, .shown = row->name.empty() ? row->user : row->name};
}

boost::asio::awaitable<std::optional<voice::Person>> find_named(FrontDesk& desk, std::string user) {
  const PeoplePtr people = co_await desk.directory().people();
  co_return person_of(people->find(user));
}

boost::asio::awaitable<std::optional<voice::Person>> find_person(FrontDesk& desk, AgentId id) {
  const PeoplePtr people = co_await desk.directory().people();
  co_return person_of(people->find(id));
}

}  // namespace

Calls::Calls(boost::asio::io_context& loop, Core& core, FrontDesk& desk, Console& console,
             Quarantine& quarantine, const config::Config& config, const KeyHasher& keys,
             Router& router)
    : channel_(
          {.executor = loop.get_executor(),
           .gateway = core.gateway(),
           .workers = core.workers(),
           .quarantine = quarantine,
           .keys = keys,
           .now = [&core] { return core.clock().now(); },
           .person_named = [&desk](std::string user) { return find_named(desk, std::move(user)); },
           .person = [&desk](AgentId id) { return find_person(desk, id); },
           .announce =
               [&console](CallNotice notice) { return console.announce(std::move(notice)); }},
          make_lines(config)) {
  channel_.add_routes(router);
  core.outbox().set_transport(Channel::voice, channel_.transport());
}

void Calls::reload(const config::Config& config) { channel_.replace(make_lines(config)); }

}  // namespace deskwire::app
