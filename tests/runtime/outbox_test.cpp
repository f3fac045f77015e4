// SPDX-License-Identifier: Apache-2.0
// What is durable leaves, is said to leave before it does, and its outcome is durable again.
#include <catch2/catch.hpp>

#include "runtime/backoff.hpp"
#include "runtime/limits.hpp"
#include "runtime/rig.hpp"

namespace deskwire {
namespace {

using namespace test;

/// Keeps what it was given until the test says what came of it.
struct HeldTransport final : Transport {
  struct Held {
    OutboundMessage message;
    std::function<void(SendOutcome)> done;
  };
  std::vector<Held> held;
  std::function<void()> on_send;
  bool closed = false;
  SendOutcome found{DeliveryState::queued, ""};  ///< What look_up() says.
  std::size_t asked = 0;

  void look_up(OutboundMessage, std::function<void(SendOutcome)> done) override {
    ++asked;
    done(found);
  }
  void send(OutboundMessage message, std::function<void(SendOutcome)> done) override {
    if (on_send) on_send();
    held.push_back({std::move(message), std::move(done)});
  }
  void close() override { closed = true; }
};

constexpr TicketId kTicket{1};

OutboxItem an_item(MessageId message, DeliveryState state, Channel channel = Channel::email) {
  OutboxItem item;
  item.message = message;
  item.ticket = kTicket;
  item.channel = channel;
  item.channel_name = support_address;
  item.state = state;
  item.attempts = state == DeliveryState::sending ? 1 : 0;
  item.created_at = system_now();
  item.next_attempt_at = item.created_at;
  return item;
}

/// Rows of a desk with one ticket and these messages on their way out.
std::shared_ptr<MemoryImage> an_image(const std::vector<OutboxItem>& items) {
  Batch rows;
  Ticket ticket;
  ticket.id = kTicket;
  ticket.state = TicketState::pending;
  ticket.queue = general;
  ticket.agent = AgentId{7};
  rows.tickets = {ticket};
  for (const OutboxItem& item : items) {
    Message message;
    message.id = item.message;
    message.ticket = kTicket;
    message.seq = static_cast<std::uint32_t>(item.message.value);
    message.direction = Direction::out;
    message.channel = item.channel;
    message.delivery = item.state;
    rows.messages.push_back(message);
    rows.contents.push_back({message.id, kTicket, false, text("hello")});
  }
  rows.outbox = items;
  rows.counters.next_ticket = 2;
  rows.counters.next_message = 1'000;
  auto image = std::make_shared<MemoryImage>();
  image->apply(rows);
  return image;
}

/// The durable row; the storage thread may be writing others meanwhile.
Message row_of(Rig& rig, MessageId id) {
  const std::lock_guard lock(rig.image->mutex);
  return rig.image->messages.at(id);
}

DeliveryState delivery_of(Rig& rig, MessageId id) { return row_of(rig, id).delivery; }

}  // namespace

TEST_CASE("a message leaves only after it is durably said to leave") {
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::queued)}));
  rig.make();
  HeldTransport out;
  out.on_send = [&] { CHECK(delivery_of(rig, MessageId{1}) == DeliveryState::sending); };
  rig.core->outbox().set_transport(Channel::email, out);
  rig.start();
  rig.run_until([&] { return !out.held.empty(); });
  CHECK(out.held.front().message.message.content.text == "hello");
  CHECK(out.held.front().message.item.attempts == 1);
  out.held.front().done({DeliveryState::sent, "250 ok"});
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::sent; });
  CHECK(row_of(rig, MessageId{1}).delivery_detail == "250 ok");
  CHECK(rig.image->outbox.empty());
  rig.stop();
  CHECK(out.closed);
}

TEST_CASE("a held message leaves when its time has come, and one that is gone by then does not") {
  OutboxItem held = an_item(MessageId{1}, DeliveryState::queued);
  held.held_until = held.next_attempt_at = system_now() + milliseconds(150);
  OutboxItem later = an_item(MessageId{2}, DeliveryState::queued);
  later.held_until = later.next_attempt_at = system_now() + seconds(60);
  Rig rig(an_image({held, later}));
  rig.make();
  HeldTransport out;
  Instant left;
  out.on_send = [&] { left = system_now(); };
  rig.core->outbox().set_transport(Channel::email, out);
  rig.start();
  rig.run_until([&] { return !out.held.empty(); });
  CHECK(left >= held.held_until);
  CHECK(out.held.size() == 1);
  CHECK(out.held.front().message.item.message == MessageId{1});
  out.held.front().done({DeliveryState::sent, "250 ok"});
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::sent; });
  CHECK(delivery_of(rig, MessageId{2}) == DeliveryState::queued);
  rig.stop();
}

TEST_CASE("a temporary failure is tried again later, a final one is not") {
  auto set_by = std::make_shared<Duration>();
  CoreSettings settings;
  settings.clock.system = [set_by] { return system_now() + *set_by; };
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::queued)}));
  rig.make(std::make_shared<Policy>(a_policy()), settings);
  HeldTransport out;
  rig.core->outbox().set_transport(Channel::email, out);
  rig.start();
  rig.run_until([&] { return out.held.size() == 1; });
  out.held.back().done({DeliveryState::queued, "451 later"});
  rig.run_until(
      [&] { return rig.core->outbox().sending() == 0 && rig.core->outbox().waiting() == 1; });
  CHECK(delivery_of(rig, MessageId{1}) == DeliveryState::queued);
  const OutboxItem item = rig.image->outbox.at(MessageId{1});
  CHECK(item.next_attempt_at - item.created_at >= minutes(1));

  *set_by = minutes(2);
  rig.core->outbox().start();
  rig.run_until([&] { return out.held.size() == 2; });
  CHECK(out.held.back().message.item.attempts == 2);
  out.held.back().done({DeliveryState::failed, "550 no"});
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::failed; });
  rig.run_until([&] { return rig.core->outbox().sending() == 0; });
  CHECK(rig.core->outbox().waiting() == 0);
}

TEST_CASE("of a message that a crash interrupted its channel says what became of it") {
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::sending),
                    an_item(MessageId{2}, DeliveryState::sending, Channel::sms)}));
  rig.make();
  HeldTransport mail, sms;
  sms.found = {DeliveryState::unknown, "nobody knows"};
  rig.core->outbox().set_transport(Channel::email, mail);
  rig.core->outbox().set_transport(Channel::sms, sms);
  rig.start();
  rig.run_until([&] {
    return mail.held.size() == 1 && delivery_of(rig, MessageId{2}) == DeliveryState::unknown;
  });
  CHECK(sms.held.empty());
  CHECK(mail.held.front().message.item.attempts == 2);
  mail.held.front().done({DeliveryState::sent, ""});
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::sent; });
}

TEST_CASE("a channel that cannot tell yet is asked again and sends nothing meanwhile") {
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::sending, Channel::sms)}));
  rig.make();
  HeldTransport sms;
  sms.found = {.state = DeliveryState::queued, .detail = "no answer", .retry_in = milliseconds(5)};
  rig.core->outbox().set_transport(Channel::sms, sms);
  rig.start();
  rig.run_until([&] { return sms.asked >= 3; });
  CHECK(sms.held.empty());
  sms.found = {DeliveryState::sent, "found at the provider"};
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::sent; });
  CHECK(sms.held.empty());
}

TEST_CASE("a stuck transport holds its own places and no other channel's") {
  std::vector<OutboxItem> items;
  for (std::uint64_t i = 1; i <= limits::kSendsPerChannel + 5; ++i)
    items.push_back(an_item(MessageId{i}, DeliveryState::queued));
  items.push_back(an_item(MessageId{100}, DeliveryState::queued, Channel::sms));
  Rig rig(an_image(items));
  rig.make();
  HeldTransport mail, sms;
  rig.core->outbox().set_transport(Channel::email, mail);
  rig.core->outbox().set_transport(Channel::sms, sms);
  rig.start();
  rig.run_until(
      [&] { return mail.held.size() == limits::kSendsPerChannel && sms.held.size() == 1; });
  CHECK(rig.core->outbox().waiting() == 5);
  mail.held.front().done({DeliveryState::sent, ""});
  rig.run_until([&] { return mail.held.size() == limits::kSendsPerChannel + 1; });
}

TEST_CASE("a channel without a way out keeps its messages") {
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::queued)}));
  rig.make();
  rig.start();
  rig.run_until([&] { return row_of(rig, MessageId{1}).delivery_detail != ""; });
  CHECK(delivery_of(rig, MessageId{1}) == DeliveryState::queued);
}

TEST_CASE("a transport that answers at once is no different") {
  struct Immediate final : Transport {
    void send(OutboundMessage, std::function<void(SendOutcome)> done) override {
      done({DeliveryState::sent, "ok"});
    }
    void look_up(OutboundMessage, std::function<void(SendOutcome)>) override {}
    void close() override {}
  } out;
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::queued)}));
  rig.make();
  rig.core->outbox().set_transport(Channel::email, out);
  rig.start();
  rig.run_until([&] { return delivery_of(rig, MessageId{1}) == DeliveryState::sent; });
}

TEST_CASE("what is on its way at a stop may be abandoned and is sent again by the next start") {
  Rig rig(an_image({an_item(MessageId{1}, DeliveryState::queued)}));
  rig.make();
  HeldTransport out;
  rig.core->outbox().set_transport(Channel::email, out);
  rig.start();
  rig.run_until([&] { return !out.held.empty(); });
  rig.core->outbox().stop();
  rig.core->outbox().abandon();
  rig.stop();
  CHECK(delivery_of(rig, MessageId{1}) == DeliveryState::sending);
  out.held.front().done({DeliveryState::sent, "too late"});

  Rig next(rig.image);
  next.make();
  HeldTransport again;
  next.core->outbox().set_transport(Channel::email, again);
  next.start();
  next.run_until([&] { return !again.held.empty(); });
}

TEST_CASE("waits grow from a minute to eight hours and end after five days") {
  const Instant created{1'000'000'000};
  const MessageId id{42};
  Instant now = created;
  Duration last{};
  std::uint32_t attempts = 0;
  while (const auto next = next_attempt(id, ++attempts, created, now)) {
    const Duration wait = *next - now;
    CHECK(wait >= last);
    CHECK(wait <= hours(8) + hours(8) / 5);
    last = wait;
    now = *next;
  }
  CHECK(now - created <= days(5));
  CHECK(now - created > days(4));
  const auto first = next_attempt(id, 1, created, created);
  REQUIRE(first);
  CHECK(*first - created >= minutes(1));
  CHECK(*first - created <= seconds(72));
}

}  // namespace deskwire
