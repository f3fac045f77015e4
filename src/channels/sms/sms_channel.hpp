// SPDX-License-Identifier: Apache-2.0
// Text messages: hooks, receipts, what was missed, media, and the way out. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>

#include "channels/sms/catch_up.hpp"
#include "channels/sms/house.hpp"
#include "channels/sms/media.hpp"
#include "channels/sms/receipts.hpp"
#include "channels/sms/sms_hooks.hpp"
#include "channels/sms/sms_transport.hpp"

namespace deskwire::sms {

class SmsChannel {
 public:
  explicit SmsChannel(SmsHouse house);
  SmsChannel(const SmsChannel&) = delete;
  SmsChannel& operator=(const SmsChannel&) = delete;

  /// Before the listener opens.
  void add_routes(Router& router) { hooks_.add_routes(router); }
  /// Once the core has started.
  void start();
  /// Everything but the way out, which the core's own stop closes.
  boost::asio::awaitable<void> stop();
  /// After the core's stop.
  boost::asio::awaitable<void> join() { return transport_.join(); }
  void replace(SmsLinesPtr lines) { house_.lines = std::move(lines); }

  [[nodiscard]] Transport& transport() { return transport_; }
  [[nodiscard]] const SmsLines& lines() const { return *house_.lines; }

 private:
  SmsHouse house_;
  SmsReceipts receipts_;
  SmsCatchUp catch_up_;
  SmsMedia media_;
  SmsHooks hooks_;
  SmsTransport transport_;
};

}  // namespace deskwire::sms
