// SPDX-License-Identifier: Apache-2.0
// Restarts, new policies, steps of the clock, and ticks.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy timed_policy() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  return policy;
}

ReplacePolicy replaced_by(Policy policy) {
  policy.version = 2;
  return {std::make_shared<const Policy>(std::move(policy))};
}

Loaded nothing_stored(Needs asked) {
  Loaded loaded;
  loaded.asked = std::move(asked);
  return loaded;
}

}  // namespace

TEST_CASE("a tick with nothing due writes nothing") {
  World w;
  w.someone();
  w.receive(a_mail_from("ann"));
  CHECK(w.engine().next_wakeup() == w.now + seconds(30));
  const Applied applied = w.system(Tick{});
  CHECK(applied.kind == Applied::Kind::done);
  CHECK(applied.events.empty());
  CHECK(applied.receipt.seq == 0);
}

TEST_CASE("an idle desk asks for no tick") {
  World w;
  w.someone();
  CHECK(w.engine().next_wakeup() == kNever);
}

TEST_CASE("one tick does a bounded amount and asks for the next at once") {
  Engine engine(std::make_shared<const Policy>(timed_policy()), Snapshot{});
  for (int i = 0; i < 700; ++i) {
    const Command mail{{}, a_mail_from("c" + std::to_string(i)).build()};
    REQUIRE(engine.apply(mail, nothing_stored(engine.needs(mail)), monday_nine).kind ==
            Applied::Kind::done);
  }
  const Instant later = monday_nine + hours(24);
  const Command tick{{}, Tick{}};
  CHECK(engine.apply(tick, {}, later).events.size() == 1024);
  CHECK(engine.next_wakeup() <= later);
  std::size_t rest = 0;
  while (engine.next_wakeup() <= later) rest += engine.apply(tick, {}, later).events.size();
  // A warning and a breach for each of two clocks a ticket.
  CHECK(rest == 700 * 4 - 1024);
  CHECK(engine.next_wakeup() == kNever);
}

TEST_CASE("time does not go backwards") {
  World w;
  const TicketId a = w.ticket_from(a_mail_from("ann"));
  w.now = w.now - hours(1);
  const TicketId b = w.ticket_from(a_mail_from("bob"));
  CHECK(w.ticket(b).created_at == w.ticket(a).created_at);
}

TEST_CASE("after a restart everything goes on where it was") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId mine = w.ticket_with(agent, a_mail_from("ann"));
  const TicketId offered = w.ticket_from(a_mail_from("bob"));
  const OfferId offer = w.ticket(offered).offer;
  w.pass(seconds(5));
  w.restart();
  CHECK(w.ticket(mine).agent == agent);
  CHECK(w.ticket(offered).offer == offer);
  CHECK_FALSE(w.agent(agent).connected);
  CHECK(w.agent(agent).grace_until == w.now + seconds(20));
  w.by(agent, AgentConnected{agent});
  w.accept(agent, offered);
  CHECK(w.ticket(offered).agent == agent);
}

TEST_CASE("offers that ran out while the daemon was down are taken back, not missed") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.now = w.now + minutes(5);
  w.restart();
  CHECK(w.agent(agent).missed_in_row == 0);
  CHECK(all<OfferRescinded>(w.journal()).at(0).cause == RescindCause::restart);
  CHECK(w.offered_to(id) == AgentId{});
  w.by(agent, AgentConnected{agent});
  CHECK(w.offered_to(id) == agent);
}

TEST_CASE("what was not committed at a crash never happened") {
  World w;
  w.receive(a_mail_from("ann"));
  w.hold_commits();
  const TicketId lost = w.ticket_from(a_mail_from("bob"));
  w.restart();
  CHECK(w.state().tickets.size() == 1);
  CHECK_FALSE(w.receive(a_mail_from("bob")).receipt.duplicate);
  CHECK(w.ticket(lost).participants == std::vector<Key>{key_of("email:bob")});
}

TEST_CASE("ids are not used again after a restart") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  w.pass(days(8));
  w.restart();
  CHECK(w.ticket_from(a_mail_from("bob")) == TicketId{id.value + 1});
}

TEST_CASE("a clock that steps forward moves countdowns and graces, not deadlines") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const AgentId lost = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Instant due = w.ticket(id).clocks.at(0).due_at;
  w.system(AgentDisconnected{lost});
  const Instant grace = w.agent(lost).grace_until;
  w.now = w.now + minutes(10);
  w.system(ClockStepped{minutes(10)});
  w.system(Tick{});
  CHECK(w.offered_to(id) == agent);
  CHECK(w.agent(lost).grace_until == grace + minutes(10));
  CHECK(w.ticket(id).clocks.at(0).due_at == due);
  CHECK(refused(w.system(ClockStepped{seconds(-1)}), Refusal::invalid_argument));
}

TEST_CASE("a new policy re-derives ranks and running deadlines") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Instant start = w.now;
  w.pass(minutes(5));
  Policy policy = timed_policy();
  policy.slas[0].targets[0].by_priority = {hours(1), hours(1), hours(1), hours(1)};
  const Applied applied = w.system(replaced_by(policy));
  CHECK(has<PolicyReplaced>(applied));
  CHECK(w.ticket(id).clocks.at(0).due_at == start + hours(1));
  CHECK(w.ticket(id).rank == (start + hours(1) - hours(1)).ms);
}

TEST_CASE("a paused clock survives a policy change with the time it used") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(1));
  w.by(agent, SetPending{id});
  Policy policy = timed_policy();
  policy.slas[0].targets[1].by_priority = {hours(10), hours(10), hours(10), hours(10)};
  w.system(replaced_by(policy));
  const Clock& clock = w.clock(id, Metric::resolution);
  CHECK(clock.state == ClockState::paused);
  CHECK(clock.used == hours(1));
  CHECK(clock.target == hours(10));
}

TEST_CASE("a queue with waiting tickets goes only with a place for them") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  Policy policy = a_policy();
  policy.queues.pop_back();
  policy.workflow.clear();
  CHECK(refused(w.system(replaced_by(policy)), Refusal::queue_not_empty));
  CHECK(w.engine().policy().version == 1);
  policy.moves = {{billing, general}};
  CHECK(w.system(replaced_by(policy)).kind == Applied::Kind::done);
  CHECK(w.ticket(id).queue == general);
  CHECK(w.ticket(id).policy_version == 2);
}

TEST_CASE("a rule that asks for less lets a waiting ticket go to who is there") {
  World w;
  const AgentId agent = w.someone({.queues = {billing}, .skills = {{invoices, 1}}});
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  REQUIRE(w.offered_to(id) == AgentId{});
  Policy policy = a_policy();
  policy.workflow[0].required = {{invoices, 1}};
  w.system(replaced_by(policy));
  CHECK(w.offered_to(id) == agent);
}

TEST_CASE("a rule that asks for more takes the offer back") {
  World w;
  const AgentId agent = w.someone({.queues = {billing}, .skills = {{invoices, 2}}});
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  REQUIRE(w.offered_to(id) == agent);
  Policy policy = a_policy();
  policy.workflow[0].required = {{invoices, 5}};
  const Applied applied = w.system(replaced_by(policy));
  CHECK(all<OfferRescinded>(applied).at(0).cause == RescindCause::policy_changed);
  CHECK(w.offered_to(id) == AgentId{});
}

TEST_CASE("lighter weights give everyone room at once") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 25});
  w.ticket_with(agent, a_mail_from("ann"));
  const TicketId next = w.ticket_from(a_mail_from("bob"));
  REQUIRE(w.offered_to(next) == AgentId{});
  Policy policy = a_policy();
  policy.weight_percent[0] = 5;
  w.system(replaced_by(policy));
  CHECK(w.offered_to(next) == agent);
}

TEST_CASE("a shorter close_after closes what waited long enough") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  w.pass(days(2));
  Policy policy = a_policy();
  policy.close_after = days(1);
  w.system(replaced_by(policy));
  CHECK(has<TicketStateChanged>(w.pass(milliseconds(1))));
}

TEST_CASE("agents and customers do not run the house") {
  World w;
  const AgentId agent = w.someone();
  CHECK(refused(w.by(agent, Tick{}), Refusal::not_allowed));
  CHECK(refused(w.by(agent, Restarted{}), Refusal::not_allowed));
  CHECK(refused(w.by(agent, StartSend{{1}}), Refusal::not_allowed));
  CHECK(refused(w.by(agent, replaced_by(a_policy())), Refusal::not_allowed));
  const Command forged{{ActorKind::customer, {}}, ClaimTicket{{1}}};
  CHECK(refused(w.apply(forged), Refusal::not_allowed));
}
