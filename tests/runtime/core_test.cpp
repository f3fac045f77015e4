// SPDX-License-Identifier: Apache-2.0
// Start, time, stop, and what a restart finds.
#include <catch2/catch.hpp>

#include "runtime/rig.hpp"

namespace deskwire {
namespace {

using namespace test;

template <class E>
bool holds(const std::vector<std::shared_ptr<const Batch>>& batches) {
  for (const auto& batch : batches)
    for (const JournalEntry& entry : batch->journal)
      for (const Event& event : entry.events)
        if (std::holds_alternative<E>(event)) return true;
  return false;
}

}  // namespace

TEST_CASE("a start is a journaled command") {
  Rig rig;
  rig.make();
  std::optional<Submission> started;
  rig.core->start([&](const Submission& s) { started = s; });
  rig.run_until([&] { return started.has_value(); });
  rig.loop.poll();
  CHECK(holds<DaemonRestarted>(rig.published));
  CHECK(rig.core->ready());
  CHECK(rig.core->live());
}

TEST_CASE("an offer that nobody takes runs out by itself") {
  Policy policy = a_policy();
  for (Queue& queue : policy.queues) queue.offer_timeout = milliseconds(30);
  Rig rig;
  rig.make(std::make_shared<Policy>(policy));
  rig.start();
  const AgentId agent{7};
  rig.settle(an_agent(agent));
  rig.settle(by_agent(agent, AgentConnected{agent}));
  rig.settle(by_agent(agent, SetPresence{agent, Presence::available, ""}));
  rig.settle(a_mail("ann"));
  rig.run_until([&] { return holds<OfferMade>(rig.published); });
  rig.run_until([&] { return holds<OfferExpired>(rig.published); });
}

TEST_CASE("a clock set forward moves the countdown instead of ending it") {
  auto set_by = std::make_shared<Duration>();
  CoreSettings settings;
  settings.clock.system = [set_by] { return system_now() + *set_by; };
  Rig rig;
  rig.make(std::make_shared<Policy>(a_policy()), settings);
  rig.start();
  const AgentId agent{7};
  rig.settle(an_agent(agent));
  rig.settle(by_agent(agent, AgentConnected{agent}));
  rig.settle(by_agent(agent, SetPresence{agent, Presence::available, ""}));
  rig.settle(a_mail("ann"));
  rig.run_until([&] { return holds<OfferMade>(rig.published); });
  *set_by = hours(1);
  rig.run_until([&] { return holds<ClockStepNoted>(rig.published); });
  CHECK(holds<OfferMoved>(rig.published));
  CHECK_FALSE(holds<OfferExpired>(rig.published));
}

TEST_CASE("a stop commits what was taken, and the next start finds it") {
  Rig rig;
  rig.make();
  rig.start();
  std::vector<std::shared_ptr<std::optional<Submission>>> answers;
  for (int i = 0; i < 300; ++i)
    answers.push_back(rig.submit(a_mail("sender " + std::to_string(i))));
  rig.stop();
  for (const auto& answer : answers) CHECK((*answer)->kind == Submission::Kind::done);

  Rig next(rig.image);
  next.make();
  next.start();
  CHECK(next.settle(a_mail("sender 5")).receipt.duplicate);
  CHECK(next.settle(a_mail("someone new")).receipt.ticket == TicketId{301});
}

TEST_CASE("nothing new is taken once a stop has begun") {
  Rig rig;
  rig.make();
  rig.start();
  TaskGroup tasks(rig.loop.get_executor(), "the test");
  bool stopped = false;
  tasks.spawn([](Core& c, bool& flag) -> boost::asio::awaitable<void> {
    co_await c.stop();
    flag = true;
  }(*rig.core, stopped));
  rig.loop.restart();
  while (rig.core->gateway().accepts_intake()) rig.loop.run_one();
  const auto late = rig.submit(a_mail("ann"));
  rig.run_until([&] { return stopped && late->has_value(); });
  CHECK((*late)->kind == Submission::Kind::busy);
}

TEST_CASE("the metrics tell of commands, commits and waiting tickets") {
  Rig rig;
  rig.make();
  rig.start();
  rig.settle(a_mail("ann"));
  rig.settle(a_mail("ann"));
  rig.run_until([&] { return !rig.published.empty(); });
  const std::string text = rig.metrics.render();
  using Catch::Matchers::Contains;
  CHECK_THAT(text,
             Contains("deskwire_commands_total{command=\"ReceiveMessage\",outcome=\"done\"} 1"));
  CHECK_THAT(
      text,
      Contains("deskwire_commands_total{command=\"ReceiveMessage\",outcome=\"duplicate\"} 1"));
  CHECK_THAT(text, Contains("deskwire_acknowledge_seconds_count{channel=\"email\"} 2"));
  CHECK_THAT(text, Contains("deskwire_commit_seconds_count 2"));
  CHECK_THAT(text, Contains("deskwire_waiting_tickets{queue=\"general\"} 1"));
  CHECK_THAT(text, Contains("deskwire_queue_depth{queue=\"intake\"} 0"));
}

}  // namespace deskwire
