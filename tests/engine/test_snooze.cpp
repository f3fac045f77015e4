// SPDX-License-Identifier: Apache-2.0
// A ticket put aside until a time, and the words put on it.
#include "deskwire/domain/tag.hpp"
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy with_sla() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  return policy;
}

/// A ticket of `agent`'s that sleeps for an hour.
TicketId asleep(World& w, AgentId agent) {
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  REQUIRE(has<TicketSnoozed>(w.by(agent, SnoozeTicket{id, w.now + hours(1)})));
  return id;
}

}  // namespace

TEST_CASE("a snoozed ticket stays its agent's and gives its capacity back") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 20});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const TicketId next = w.ticket_from(a_mail_from("bob"));
  REQUIRE(w.offered_to(next) == AgentId{});
  w.by(agent, SnoozeTicket{id, w.now + hours(1)});
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.ticket(id).state == TicketState::assigned);
  CHECK(w.offered_to(next) == agent);
}

TEST_CASE("a snoozed ticket wakes exactly at its time and takes its capacity again") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = asleep(w, agent);
  CHECK(w.state().load_percent(agent) == 0);
  CHECK_FALSE(has<TicketWoken>(w.pass(hours(1) - milliseconds(1))));
  const auto woken = all<TicketWoken>(w.pass(milliseconds(1)));
  REQUIRE(woken.size() == 1);
  CHECK(woken[0].cause == WakeCause::time);
  CHECK(woken[0].at == w.now);
  CHECK(w.ticket(id).snoozed_until == Instant{});
  CHECK(w.state().load_percent(agent) == 20);
}

TEST_CASE("a ticket that should have woken while the desk was down wakes at the start") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = asleep(w, agent);
  w.now = w.now + hours(5);
  w.restart();
  REQUIRE(w.engine().next_wakeup() <= w.now);
  w.pass({});
  CHECK(w.ticket(id).snoozed_until == Instant{});
}

TEST_CASE("a customer's message wakes a snoozed ticket, an automatic one does not") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = asleep(w, agent);
  w.receive(a_mail_from("ann").id("away").in_reply_to("mail of ann").by_machine());
  CHECK(w.ticket(id).snoozed_until);
  const Applied applied = w.receive(a_mail_from("ann").id("wait").in_reply_to("mail of ann"));
  CHECK(all<TicketWoken>(applied).at(0).cause == WakeCause::customer);
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.state().load_percent(agent) == 20);
}

TEST_CASE("whatever an agent does to a snoozed ticket wakes it") {
  World w;
  const AgentId agent = w.someone();
  const AgentId colleague = w.someone_absent({});
  const TicketId id = asleep(w, agent);
  SECTION("a reply") { w.reply(agent, id); }
  SECTION("a note of a colleague") { w.by(colleague, AddNote{id, {}, {}, text("x")}); }
  SECTION("a tag") { w.by(agent, TagTicket{id, {"vip"}, {}}); }
  SECTION("another priority") { w.by(agent, SetPriority{id, Priority::high}); }
  SECTION("waking it") { w.by(agent, UnsnoozeTicket{id}); }
  SECTION("taking it oneself again") { w.by(agent, TransferTicket{id, {}, agent, {}}); }
  SECTION("pending") { w.by(agent, SetPending{id}); }
  SECTION("resolving") { w.by(agent, ResolveTicket{id, "done"}); }
  SECTION("handing it over") { w.by(agent, TransferTicket{id, {}, colleague, {}}); }
  SECTION("giving it back") { w.by(agent, TransferTicket{id, general, {}, {}}); }
  CHECK(w.ticket(id).snoozed_until == Instant{});
}

TEST_CASE("what the desk itself writes does not wake a ticket") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = asleep(w, agent);
  w.system(AddNote{id, {}, {}, text("the visitor has left")});
  CHECK(w.ticket(id).snoozed_until);
}

TEST_CASE("the clocks of a snoozed ticket run on") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SnoozeTicket{id, w.now + hours(10)});
  CHECK(w.clock(id, Metric::first_response).state == ClockState::running);
  const auto breaches = all<SlaBreached>(w.pass(hours(4)));
  REQUIRE(breaches.size() == 1);
  CHECK(breaches[0].metric == Metric::first_response);
  CHECK(w.ticket(id).snoozed_until);
}

TEST_CASE("a snooze can be moved, and one that is said again changes nothing") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = asleep(w, agent);
  const Instant until = w.now + hours(2);
  CHECK(has<TicketSnoozed>(w.by(agent, SnoozeTicket{id, until})));
  CHECK(w.by(agent, SnoozeTicket{id, until}).events.empty());
  CHECK_FALSE(has<TicketWoken>(w.pass(hours(1))));
  CHECK(has<TicketWoken>(w.pass(hours(1))));
}

TEST_CASE("a snooze is refused where it makes no sense") {
  World w;
  const AgentId agent = w.someone();
  const AgentId colleague = w.someone_absent({});
  const TicketId waiting = w.ticket_from(a_mail_from("bob"));
  CHECK(refused(w.by(agent, SnoozeTicket{waiting, w.now + hours(1)}), Refusal::wrong_state));
  w.accept(agent, waiting);
  CHECK(refused(w.by(agent, SnoozeTicket{waiting, w.now}), Refusal::invalid_argument));
  CHECK(refused(w.by(agent, SnoozeTicket{waiting, w.now + days(367)}), Refusal::invalid_argument));
  CHECK(
      refused(w.by(colleague, SnoozeTicket{waiting, w.now + hours(1)}), Refusal::not_your_ticket));
  w.by(agent, SetPending{waiting});
  CHECK(refused(w.by(agent, SnoozeTicket{waiting, w.now + hours(1)}), Refusal::wrong_state));
}

TEST_CASE("tags are kept sorted, each once, and what changed is said") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, TagTicket{id, {"vip", "bug", "vip"}, {}});
  CHECK(w.ticket(id).tags == std::vector<std::string>{"bug", "vip"});
  const auto changed = all<TicketTagged>(w.by(agent, TagTicket{id, {"bug", "late"}, {"vip", "x"}}));
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].added == std::vector<std::string>{"late"});
  CHECK(changed[0].removed == std::vector<std::string>{"vip"});
  CHECK(w.ticket(id).tags == std::vector<std::string>{"bug", "late"});
  CHECK(w.by(agent, TagTicket{id, {"bug"}, {"vip"}}).events.empty());
}

TEST_CASE("a tag is a short word in small letters, and a ticket has twenty at most") {
  CHECK(is_tag("refund-2_b"));
  for (const char* bad : {"", "-a", "_a", "A", "a b", "a@b", "\xc3\xa9"}) CHECK_FALSE(is_tag(bad));
  CHECK(is_tag(std::string(40, 'a')));
  CHECK_FALSE(is_tag(std::string(41, 'a')));
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  CHECK(refused(w.by(agent, TagTicket{id, {"Ann Smith"}, {}}), Refusal::invalid_argument));
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i) many.push_back("t" + std::to_string(i));
  w.by(agent, TagTicket{id, many, {}});
  CHECK(refused(w.by(agent, TagTicket{id, {"more"}, {}}), Refusal::too_many_tags));
  CHECK(w.by(agent, TagTicket{id, {"more"}, {"t0"}}).kind == Applied::Kind::done);
  CHECK(w.ticket(id).tags.size() == 20);
}
