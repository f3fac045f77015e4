// SPDX-License-Identifier: Apache-2.0
// Clock, lanes, feed, health, log lines.
#include <catch2/catch.hpp>
#include <map>

#include "runtime/clock.hpp"
#include "runtime/feed.hpp"
#include "runtime/health.hpp"
#include "runtime/lanes.hpp"
#include "runtime/limits.hpp"
#include "runtime/log.hpp"
#include "support/builders.hpp"

namespace deskwire {
namespace {

/// A system and a steady clock that the test moves.
struct TwoClocks {
  Instant system{1'700'000'000'000};
  SteadyTime steady{};
  DeskClock clock{{.system = [this] { return system; }, .steady = [this] { return steady; }}};

  void pass(Duration d) {
    system = system + d;
    steady += std::chrono::milliseconds(d.ms);
  }
};

Submitted a_command(Command command, std::size_t bytes = 0) {
  Submitted s;
  s.command = std::move(command);
  s.inline_bytes = bytes;
  return s;
}

Submitted a_mail(std::size_t bytes = 0) {
  return a_command({.actor = {}, .body = ReceiveMessage{}}, bytes);
}

}  // namespace

TEST_CASE("a clock set forward is reported once") {
  TwoClocks t;
  t.pass(seconds(5));
  CHECK(t.clock.read().stepped == Duration{});
  t.system = t.system + hours(2);
  t.pass(seconds(1));
  const DeskClock::Reading step = t.clock.read();
  CHECK(step.stepped == hours(2));
  CHECK(step.now == t.system);
  CHECK(t.clock.read().stepped == Duration{});
}

TEST_CASE("a little drift is no step") {
  TwoClocks t;
  t.pass(seconds(10));
  t.system = t.system + seconds(30);
  CHECK(t.clock.read().stepped == Duration{});
}

TEST_CASE("a clock set back neither turns time around nor stops it") {
  TwoClocks t;
  const Instant before = t.clock.read().now;
  t.system = t.system - hours(1);
  Instant last = before;
  for (int i = 0; i < 4'000; ++i) {
    t.pass(milliseconds(1));
    const Instant now = t.clock.read().now;
    CHECK(now >= last);
    last = now;
  }
  CHECK(last - before == seconds(2));  // Half speed.
  t.pass(hours(2));
  CHECK(t.clock.read().now == t.system);
}

TEST_CASE("a step that makes up for one back moves nothing") {
  TwoClocks t;
  t.system = t.system - hours(1);
  t.pass(seconds(1));
  CHECK(t.clock.read().stepped == Duration{});
  t.system = t.system + hours(1);
  t.pass(seconds(1));
  CHECK(t.clock.read().stepped == Duration{});
}

TEST_CASE("time does not go back behind the journal") {
  TwoClocks t;
  const Instant journal = t.system + minutes(5);
  t.clock.restore(journal);
  CHECK(t.clock.read().now == journal);
}

TEST_CASE("the interactive lane empties first") {
  Lanes lanes;
  REQUIRE(lanes.try_push(Lane::intake, a_mail()));
  REQUIRE(lanes.try_push(Lane::interactive, a_command({.actor = {}, .body = Tick{}})));
  CHECK(std::holds_alternative<Tick>(lanes.pop(1'000, {})->command.body));
  CHECK(std::holds_alternative<ReceiveMessage>(lanes.pop(1'000, {})->command.body));
  CHECK_FALSE(lanes.pop(1'000, {}));
}

TEST_CASE("lanes are bounded in commands and bytes, but not for the desk's own commands") {
  Lanes lanes;
  for (std::size_t i = 0; i < limits::kIntakeQueue; ++i)
    REQUIRE(lanes.try_push(Lane::intake, a_mail()));
  CHECK_FALSE(lanes.try_push(Lane::intake, a_mail()));
  CHECK(lanes.try_push(Lane::intake, a_command({.actor = {}, .body = RecordDelivery{}})));

  Lanes bytes;
  REQUIRE(bytes.try_push(Lane::intake, a_mail(limits::kQueuedBytes)));
  CHECK_FALSE(bytes.try_push(Lane::interactive, a_mail(1)));
  REQUIRE(bytes.pop(limits::kBatchBytes, {}));
  CHECK(bytes.try_push(Lane::interactive, a_mail(1)));
}

TEST_CASE("a command that does not fit waits, one larger than any batch goes alone") {
  Lanes lanes;
  REQUIRE(lanes.try_push(Lane::intake, a_mail(limits::kBatchBytes + 1)));
  CHECK_FALSE(lanes.pop(limits::kBatchBytes - 1, {}));
  CHECK(lanes.pop(limits::kBatchBytes, {}));
}

namespace {

Submitted from(Channel channel, SteadyTime at = {}) {
  ReceiveMessage message;
  message.channel = channel;
  Submitted out = a_command({.actor = {}, .body = std::move(message)}, 0);
  out.at = at;
  return out;
}

Channel channel_of(const std::optional<Submitted>& submitted) {
  REQUIRE(submitted);
  return std::get<ReceiveMessage>(submitted->command.body).channel;
}

/// How many of each channel go into one batch.
std::map<Channel, std::size_t> batch_of(Lanes& lanes, SteadyTime now = {}) {
  lanes.next_batch();
  std::map<Channel, std::size_t> counts;
  while (auto next = lanes.pop(limits::kBatchBytes, now)) ++counts[channel_of(next)];
  return counts;
}

}  // namespace

TEST_CASE("a flood on one channel has only its share of a batch while another is busy") {
  Lanes lanes;
  for (int i = 0; i < 50; ++i) REQUIRE(lanes.try_push(Lane::intake, from(Channel::sms)));
  REQUIRE(lanes.try_push(Lane::intake, from(Channel::email)));
  const auto mixed = batch_of(lanes);
  CHECK(mixed.at(Channel::sms) == limits::kShareOfBatch);
  CHECK(mixed.at(Channel::email) == 1);
  // The next batch holds as many again, and none is lost.
  CHECK(batch_of(lanes).at(Channel::sms) == limits::kShareOfBatch);
  CHECK(lanes.size(Lane::intake) == 50 - 2 * limits::kShareOfBatch);
}

TEST_CASE("a channel that is busy alone fills the batches") {
  Lanes lanes;
  REQUIRE(lanes.try_push(Lane::intake, from(Channel::email)));
  CHECK(batch_of(lanes).at(Channel::email) == 1);
  const SteadyTime later = SteadyTime{} + std::chrono::seconds(2);
  for (int i = 0; i < 50; ++i) REQUIRE(lanes.try_push(Lane::intake, from(Channel::sms, later)));
  CHECK(batch_of(lanes, later).at(Channel::sms) == 50);
}

TEST_CASE("a flood of chats leaves room for mails, though chats go first") {
  Lanes lanes;
  for (int i = 0; i < 50; ++i) REQUIRE(lanes.try_push(Lane::interactive, from(Channel::chat)));
  REQUIRE(lanes.try_push(Lane::intake, from(Channel::email)));
  CHECK(channel_of(lanes.pop(limits::kBatchBytes, {})) == Channel::chat);
  const auto rest = batch_of(lanes);
  CHECK(rest.at(Channel::chat) == limits::kShareOfBatch);
  CHECK(rest.at(Channel::email) == 1);
}

TEST_CASE("one channel's full line turns no other channel away") {
  Lanes lanes;
  for (std::size_t i = 0; i < limits::kIntakeQueue; ++i)
    REQUIRE(lanes.try_push(Lane::intake, from(Channel::sms)));
  CHECK_FALSE(lanes.try_push(Lane::intake, from(Channel::sms)));
  CHECK(lanes.try_push(Lane::intake, from(Channel::email)));
  CHECK(lanes.take_all().size() == limits::kIntakeQueue + 1);
  CHECK(lanes.empty());
}

TEST_CASE("a listener may end its own subscription while it is told") {
  Feed feed;
  int first = 0, second = 0;
  Feed::Subscription a, b;
  a = feed.subscribe([&](const auto&) {
    ++first;
    a = {};
  });
  b = feed.subscribe([&](const auto&) { ++second; });
  Batch batch;
  batch.journal.resize(1);
  batch.journal.front().seq = 17;
  const auto shared = std::make_shared<const Batch>(batch);
  feed.publish(shared);
  feed.publish(shared);
  CHECK(first == 1);
  CHECK(second == 2);
  CHECK(feed.seq() == 17);
}

TEST_CASE("the daemon is ready when every part is, and says which is not") {
  Health health;
  CHECK_FALSE(health.ready());
  health.set("storage", true);
  CHECK(health.ready());
  health.set("intake", false, "the disk is full");
  CHECK_FALSE(health.ready());
  CHECK(health.reasons() == std::vector<std::string>{"intake: the disk is full"});
}

TEST_CASE("a log line is one line of JSON whatever it says") {
  CHECK(json_escaped("a \"b\" \\ c\nd\x01") == "a \\\"b\\\" \\\\ c\\nd\\u0001");
}

}  // namespace deskwire
