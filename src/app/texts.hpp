// SPDX-License-Identifier: Apache-2.0
// The SMS channel, wired: hooks on the listener, the way out through the providers.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "auth/keyed_hash.hpp"
#include "channels/sms/sms_channel.hpp"
#include "client/http_client.hpp"
#include "config/config.hpp"
#include "console/console.hpp"
#include "http/quarantine.hpp"
#include "http/router.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

class Texts {
 public:
  /// Adds its routes, so before the listener opens. `http` and `quarantine` outlive it.
  Texts(boost::asio::io_context& loop, Core& core, HttpClient& http, Quarantine& quarantine,
        const config::Config& config, const KeyHasher& keys, Router& router);
  void start() { channel_.start(); }
  /// Everything but the way out; that is closed by the core's own stop.
  boost::asio::awaitable<void> stop() { return channel_.stop(); }
  boost::asio::awaitable<void> join() { return channel_.join(); }
  void reload(const config::Config& config);

  /// The sender of an answer on that channel; an empty one for a channel that is no line of ours.
  [[nodiscard]] OutboundIds draw_outbound(ChannelId channel) const;

 private:
  sms::SmsChannel channel_;
};

}  // namespace deskwire::app
