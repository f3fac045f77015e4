// SPDX-License-Identifier: Apache-2.0
// The only door out. Outbox rows are durable before this sees them; each is sent when its time
// comes: StartSend is committed before the first byte leaves, then the transport sends, then
// RecordDelivery is committed. Of what a crash interrupted the transport is asked what became of
// it. Loop thread only.
#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "deskwire/port/transport.hpp"
#include "runtime/clock.hpp"
#include "runtime/gateway.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task_group.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class Outbox {
 public:
  Outbox(boost::asio::io_context& loop, Gateway& gateway, Workers& workers, const DeskClock& clock,
         Metrics& metrics);

  /// The way out of a channel; must live until `join` has returned. Messages of a channel without
  /// one are kept and tried later.
  void set_transport(Channel channel, Transport& transport);
  /// Rows found at start.
  void restore(const std::vector<OutboxItem>& items);
  /// Sends what is due and goes on by itself.
  void start();
  /// A batch became durable.
  void committed(const Batch& batch);

  /// Starts nothing more and closes the transports.
  void stop();
  /// Stops waiting for transports: what is on its way stays "sending" and is settled by the next
  /// start.
  void abandon();
  /// Resumes when nothing is on its way.
  boost::asio::awaitable<void> join();

  [[nodiscard]] std::size_t waiting() const { return items_.size(); }
  [[nodiscard]] std::size_t sending() const { return active_.size(); }

 private:
  static constexpr std::size_t kChannels = 4;
  struct Line {
    Transport* transport = nullptr;
    std::set<std::pair<Instant, MessageId>> due;
    std::size_t active = 0;
  };

  void put(const OutboxItem& item, Instant at);
  void drop(MessageId message);
  void pump();
  void pump_line(Line& line, Instant now);
  void arm(Instant now);
  void begin(const OutboxItem& item);
  void ended(const OutboxItem& item);
  boost::asio::awaitable<void> deliver(OutboxItem item);
  boost::asio::awaitable<void> attempt(OutboxItem item);
  void refused(const OutboxItem& item, Refusal why);
  boost::asio::awaitable<std::optional<OutboundMessage>> load(OutboxItem item);
  boost::asio::awaitable<SendOutcome> ask(OutboundMessage message, bool look_up);
  boost::asio::awaitable<void> record(OutboxItem item, SendOutcome outcome);
  [[nodiscard]] Line& line(Channel channel) { return lines_.at(static_cast<std::size_t>(channel)); }

  Gateway& gateway_;
  Workers& workers_;
  const DeskClock& clock_;
  Metrics& metrics_;
  boost::asio::steady_timer timer_;
  TaskGroup tasks_;
  std::array<Line, kChannels> lines_;
  std::unordered_map<MessageId, std::pair<OutboxItem, Instant>>
      items_;  ///< Waiting, with when they are due.
  std::unordered_set<MessageId> active_;
  bool started_ = false;
  bool stopping_ = false;
};

}  // namespace deskwire
