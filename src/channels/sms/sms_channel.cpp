// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/sms_channel.hpp"

#include <utility>

namespace deskwire::sms {

SmsChannel::SmsChannel(SmsHouse house)
    : house_(std::move(house)),
      receipts_(house_),
      catch_up_(house_),
      media_(house_),
      hooks_(house_, receipts_, [this] { catch_up_.hurry(); }),
      transport_(house_, receipts_) {}

void SmsChannel::start() {
  catch_up_.start();
  media_.start();
}

boost::asio::awaitable<void> SmsChannel::stop() {
  co_await catch_up_.stop();
  co_await media_.stop();
  co_await receipts_.stop();
}

}  // namespace deskwire::sms
