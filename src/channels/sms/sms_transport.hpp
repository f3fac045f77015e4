// SPDX-License-Identifier: Apache-2.0
// The way out of text messages: hands them to the line's provider, once, and after a crash asks the
// provider before anything is sent again. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "channels/sms/house.hpp"
#include "channels/sms/receipts.hpp"
#include "deskwire/port/transport.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::sms {

class SmsTransport final : public Transport {
 public:
  SmsTransport(SmsHouse& house, SmsReceipts& receipts);

  void send(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  /// What was never answered is sent again only where the provider takes a double for one.
  void look_up(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  /// What is with the provider is told when it answers, within its call's time.
  void close() override { closed_ = true; }
  /// After close(): resumes when every `done` was called.
  boost::asio::awaitable<void> join() { return tasks_.join(); }

 private:
  using Task = boost::asio::awaitable<SendOutcome>;
  using Attempt = Task (SmsTransport::*)(OutboundMessage);

  boost::asio::awaitable<void> run(Attempt attempt, OutboundMessage message,
                                   std::function<void(SendOutcome)> done);
  Task hand_over(OutboundMessage message);
  Task ask(OutboundMessage message);
  boost::asio::awaitable<bool> opted_out(Key person);
  /// Whether the provider's id is known as another message's.
  boost::asio::awaitable<bool> is_of_another(const Adapter& adapter, std::string id,
                                             MessageId message);
  [[nodiscard]] Outgoing outgoing(const SmsLines& lines, const SmsLine& line,
                                  const OutboundMessage& message) const;
  [[nodiscard]] SendOutcome outcome(const Adapter& adapter, SendAnswer answer) const;

  SmsHouse& house_;
  SmsReceipts& receipts_;
  Instant made_at_;  ///< What a crash interrupted was begun before.
  bool closed_ = false;
  TaskGroup tasks_;
};

}  // namespace deskwire::sms
