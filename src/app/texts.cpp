// SPDX-License-Identifier: Apache-2.0
#include "app/texts.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/settings.hpp"

namespace deskwire::app {
namespace {

/// Three minutes of speech are a tenth of it.
constexpr std::uint64_t kRecordingBytes = 20u << 20;

sms::SmsLinesPtr make_lines(const config::Config& config) {
  std::vector<sms::SmsLine> lines;
  for (const config::SmsChannel& channel : config.channels.sms)
    lines.push_back({.channel = channel.id,
                     .name = channel.name,
                     .adapter = sms::find_adapter(channel.gateway),
                     .line = {.number = channel.number,
                              .account = channel.account,
                              .key = channel.key,
                              .api_base = channel.api_base,
                              .secrets = secret_values(channel.tokens),
                              .hook_secrets = secret_values(channel.hook_secrets),
                              .messaging_service = channel.messaging_service},
                     .region = channel.region,
                     .help_reply = channel.help_reply,
                     .max_media_bytes = channel.max_media_bytes});
  std::vector<sms::SmsLine> recordings;
  for (const config::VoiceChannel& channel : config.channels.voice)
    recordings.push_back({.channel = channel.id,
                          .name = channel.name,
                          .adapter = sms::find_adapter(channel.gateway),
                          .line = {.number = channel.number,
                                   .account = channel.account,
                                   .key = {},
                                   .api_base = channel.api_base,
                                   .secrets = secret_values(channel.tokens),
                                   .hook_secrets = {},
                                   .messaging_service = {}},
                          .region = {},
                          .help_reply = {},
                          .max_media_bytes = kRecordingBytes});
  return std::make_shared<const sms::SmsLines>(std::move(lines), config.desk.public_url,
                                               std::move(recordings));
}

}  // namespace

Texts::Texts(boost::asio::io_context& loop, Core& core, HttpClient& http, Quarantine& quarantine,
             const config::Config& config, const KeyHasher& keys, Router& router)
    : channel_({.executor = loop.get_executor(),
                .gateway = core.gateway(),
                .workers = core.workers(),
                .feed = core.feed(),
                .blobs = core.blobs(),
                .http = http,
                .quarantine = quarantine,
                .keys = keys,
                .now = [&core] { return core.clock().now(); },
                .lines = make_lines(config)}) {
  channel_.add_routes(router);
  core.outbox().set_transport(Channel::sms, channel_.transport());
}

void Texts::reload(const config::Config& config) { channel_.replace(make_lines(config)); }

OutboundIds Texts::draw_outbound(ChannelId channel) const {
  const sms::SmsLine* line = channel_.lines().of(channel);
  if (line == nullptr) return {};
  return {
      .message_id = {}, .from = {.name = {}, .address = line->line.number}, .region = line->region};
}

}  // namespace deskwire::app
