// SPDX-License-Identifier: Apache-2.0
#include "runtime/outbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "deskwire/base/utf8.hpp"
#include "runtime/backoff.hpp"
#include "runtime/limits.hpp"

namespace deskwire {
namespace asio = boost::asio;
namespace {

/// Longest sleep: the system clock may be set meanwhile.
constexpr Duration kLongestWait = seconds(30);
/// After a local hindrance, such as busy readers.
constexpr Duration kHindered = seconds(10);
constexpr Duration kTooEarly = milliseconds(100);
constexpr std::size_t kDetailBytes = 200;

/// A transport's answer, given once: by the transport, or by cancellation, whichever comes first.
template <class Handler>
struct Answer {
  explicit Answer(Handler h) : handler(std::move(h)) {}
  std::optional<Handler> handler;

  void give(SendOutcome outcome) {
    if (!handler) return;
    Handler h = std::move(*handler);
    handler.reset();
    asio::get_associated_cancellation_slot(h).clear();
    // Posted: a transport may answer before `send` has returned.
    asio::post(asio::append(std::move(h), std::move(outcome)));
  }
};

}  // namespace

Outbox::Outbox(asio::io_context& loop, Gateway& gateway, Workers& workers, const DeskClock& clock,
               Metrics& metrics)
    : gateway_(gateway),
      workers_(workers),
      clock_(clock),
      metrics_(metrics),
      timer_(loop),
      tasks_(loop.get_executor(), "the outbox") {}

void Outbox::set_transport(Channel channel, Transport& transport) {
  line(channel).transport = &transport;
}

void Outbox::restore(const std::vector<OutboxItem>& items) {
  for (const OutboxItem& item : items)
    put(item, item.state == DeliveryState::sending ? Instant{} : item.next_attempt_at);
}

void Outbox::start() {
  started_ = true;
  pump();
}

void Outbox::committed(const Batch& batch) {
  if (batch.outbox.empty() && batch.outbox_gone.empty()) return;
  for (const OutboxItem& item : batch.outbox)
    if (item.state == DeliveryState::queued) put(item, item.next_attempt_at);
  for (MessageId gone : batch.outbox_gone) drop(gone);
  pump();
}

void Outbox::put(const OutboxItem& item, Instant at) {
  drop(item.message);
  items_.insert_or_assign(item.message, std::pair(item, at));
  line(item.channel).due.emplace(at, item.message);
}

void Outbox::drop(MessageId message) {
  const auto it = items_.find(message);
  if (it == items_.end()) return;
  line(it->second.first.channel).due.erase({it->second.second, message});
  items_.erase(it);
}

void Outbox::pump() {
  if (!started_ || stopping_) return;
  const Instant now = clock_.now();
  for (Line& l : lines_) pump_line(l, now);
  arm(now);
}

void Outbox::pump_line(Line& l, Instant now) {
  for (auto it = l.due.begin();
       it != l.due.end() && it->first <= now && l.active < limits::kSendsPerChannel;) {
    const MessageId id = it->second;
    ++it;
    if (active_.contains(id))
      continue;  // Its last attempt is just being settled; `ended` comes back here.
    const OutboxItem item = items_.at(id).first;
    drop(id);
    begin(item);
  }
}

/// Sleeps until the next item of a line that has a free place; a full line is looked at when one of
/// its sends ends.
void Outbox::arm(Instant now) {
  Instant next = now + kLongestWait;
  for (const Line& l : lines_)
    if (!l.due.empty() && l.active < limits::kSendsPerChannel)
      next = std::min(next, l.due.begin()->first);
  const Duration wait = std::max(next - now, milliseconds(10));
  timer_.expires_after(std::chrono::milliseconds(wait.ms));
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) pump();
  });
}

void Outbox::begin(const OutboxItem& item) {
  active_.insert(item.message);
  ++line(item.channel).active;
  tasks_.spawn(deliver(item));
}

void Outbox::ended(const OutboxItem& item) {
  active_.erase(item.message);
  --line(item.channel).active;
  pump();
}

asio::awaitable<void> Outbox::deliver(OutboxItem item) {
  bool hindered = false;
  try {
    co_await attempt(item);
  } catch (const std::exception& e) {
    if (!stopping_) spdlog::warn("message {} was not sent: {}", item.message.value, e.what());
    hindered = true;
  }
  if (hindered && !stopping_) put(item, clock_.now() + kHindered);
  ended(item);
}

asio::awaitable<void> Outbox::attempt(OutboxItem item) {
  std::optional<OutboundMessage> message = co_await load(item);
  if (item.state == DeliveryState::sending && message) {
    // It may or may not have left: only the channel can tell.
    message->item = item;
    SendOutcome found = co_await ask(*message, true);
    if (found.state != DeliveryState::queued) co_return co_await record(item, std::move(found));
    if (found.retry_in > Duration{}) co_return put(item, clock_.now() + found.retry_in);
  }
  Command start{.actor = {}, .body = StartSend{item.message}};
  const Submission started = co_await gateway_.submit(std::move(start), Lane::interactive);
  if (started.kind == Submission::Kind::refused)
    co_return refused(item, started.refusal);
  if (started.kind != Submission::Kind::done) co_return;
  ++item.attempts;
  if (!message)
    co_return co_await record(item, {DeliveryState::failed, "the message no longer exists"});
  message->item = item;
  SendOutcome outcome = co_await ask(std::move(*message), false);
  co_await record(item, std::move(outcome));
}

/// Taken back while it was being loaded; or the engine's clock is a little behind this one.
void Outbox::refused(const OutboxItem& item, Refusal why) {
  if (why == Refusal::wrong_state)
    return put(item, std::max(item.next_attempt_at, clock_.now() + kTooEarly));
  spdlog::info("message {} is no longer to be sent: {}", item.message.value, name(why));
}

asio::awaitable<std::optional<OutboundMessage>> Outbox::load(OutboxItem item) {
  co_return co_await workers_.read([item](Reader& reader) -> std::optional<OutboundMessage> {
    std::optional<MessageRow> message = reader.message(item.message);
    std::optional<TicketRow> ticket = reader.ticket(item.ticket);
    if (!message || !ticket) return std::nullopt;
    return OutboundMessage{item, std::move(*message), std::move(*ticket)};
  });
}

/// Sends, or asks what became of it.
asio::awaitable<SendOutcome> Outbox::ask(OutboundMessage message, bool look_up) {
  Transport* const transport = line(message.item.channel).transport;
  if (!transport)
    co_return SendOutcome{DeliveryState::queued, "no way out is configured for this channel"};
  co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(SendOutcome)>(
      [transport, look_up](auto handler, OutboundMessage m) {
        auto answer = std::make_shared<Answer<decltype(handler)>>(std::move(handler));
        if (auto slot = asio::get_associated_cancellation_slot(*answer->handler);
            slot.is_connected())
          slot.assign([answer](asio::cancellation_type) {
            answer->give({DeliveryState::sending, "abandoned"});
          });
        auto done = [answer](SendOutcome outcome) { answer->give(std::move(outcome)); };
        if (look_up)
          transport->look_up(std::move(m), std::move(done));
        else
          transport->send(std::move(m), std::move(done));
      },
      asio::use_awaitable, std::move(message));
}

asio::awaitable<void> Outbox::record(OutboxItem item, SendOutcome outcome) {
  RecordDelivery delivery{.message = item.message,
                          .state = outcome.state,
                          .retry_at = {},
                          .detail = std::move(outcome.detail),
                          .provider_key = outcome.provider_key};
  delivery.detail = std::string(utf8_prefix(delivery.detail, kDetailBytes));
  if (delivery.state == DeliveryState::queued) {
    const Instant now = clock_.now();
    if (outcome.retry_in > Duration{})
      delivery.retry_at = now + outcome.retry_in;
    else if (const auto retry = next_attempt(item.message, item.attempts, item.created_at, now))
      delivery.retry_at = *retry;
    else
      delivery.state = DeliveryState::failed;
  }
  metrics_.sent(item.channel, delivery.state);
  spdlog::info("message {} by {}: {} after {} attempts", item.message.value, name(item.channel),
               name(delivery.state), item.attempts);
  Command command{.actor = {}, .body = std::move(delivery)};
  const Submission recorded = co_await gateway_.submit(std::move(command), Lane::interactive);
  if (recorded.kind == Submission::Kind::refused)
    spdlog::error("the outcome of message {} was refused: {}", item.message.value,
                  name(recorded.refusal));
}

void Outbox::stop() {
  stopping_ = true;
  timer_.cancel();
  for (Line& l : lines_)
    if (l.transport) l.transport->close();
}

void Outbox::abandon() { tasks_.cancel(); }

asio::awaitable<void> Outbox::join() { co_await tasks_.join(); }

}  // namespace deskwire
