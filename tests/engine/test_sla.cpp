// SPDX-License-Identifier: Apache-2.0
// Clocks: when they start, rest, stop and judge.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy timed_policy() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  return policy;
}

Policy office_policy() {
  Policy policy = timed_policy();
  policy.calendars = {office_calendar()};
  policy.slas[0].calendar = office_hours;
  return policy;
}

constexpr auto first_response = Metric::first_response;
constexpr auto resolution = Metric::resolution;

}  // namespace

TEST_CASE("clocks start at receipt, though intake was delayed an hour") {
  World w(timed_policy());
  const Instant received = w.now - hours(1);
  const TicketId id = w.ticket_from(a_mail_from("ann").received_at(received));
  CHECK(w.clock(id, first_response).started_at == received);
  CHECK(w.clock(id, first_response).due_at == received + hours(4));
  CHECK(w.clock(id, first_response).warn_at == received + minutes(192));
  CHECK(w.clock(id, resolution).due_at == received + hours(24));
  CHECK(w.ticket(id).queued_at == received);
}

TEST_CASE("a time of receipt in the future does not start a clock late") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann").received_at(w.now + hours(9)));
  CHECK(w.clock(id, first_response).started_at == w.now);
}

TEST_CASE("the first service level that applies counts, with the rule's priority") {
  Policy policy = timed_policy();
  SlaPolicy gold = a_sla();
  gold.id = {2};
  gold.when = compiled("ticket.queue == 'billing'");
  policy.slas.insert(policy.slas.begin(), gold);
  World w(policy);
  const TicketId refund = w.ticket_from(a_mail_from("ann").saying("refund"));
  CHECK(w.ticket(refund).sla == SlaId{2});
  CHECK(w.clock(refund, first_response).target == hours(2));
  CHECK(w.ticket(w.ticket_from(a_mail_from("bob"))).sla == standard_sla);
}

TEST_CASE("the nearest deadline orders the line") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(w.ticket(id).rank == (w.now + hours(4) - hours(1)).ms);
}

TEST_CASE("a warning and a breach are said once, when they are due") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  auto events = w.pass(minutes(192));
  REQUIRE(all<SlaWarned>(events).size() == 1);
  CHECK(all<SlaWarned>(events)[0].metric == first_response);
  events = w.pass(minutes(48));
  REQUIRE(all<SlaBreached>(events).size() == 1);
  CHECK(all<SlaBreached>(events)[0].due_at == w.now);
  CHECK(w.clock(id, first_response).state == ClockState::breached);
  CHECK(all<SlaBreached>(w.pass(hours(10))).empty());
}

TEST_CASE("two clocks that run out at one instant are both told") {
  Policy policy = timed_policy();
  for (SlaTarget& target : policy.slas[0].targets) target.by_priority.fill(hours(4));
  World w(policy);
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(all<SlaWarned>(w.pass(minutes(192))).size() == 2);
  CHECK(all<SlaBreached>(w.pass(minutes(48))).size() == 2);
  CHECK(w.clock(id, resolution).state == ClockState::breached);
}

TEST_CASE("an agent's reply stops the first response, a note does not") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, AddNote{id, {}, {}, text("hm")});
  CHECK(w.clock(id, first_response).state == ClockState::running);
  w.pass(minutes(5));
  w.reply(agent, id);
  CHECK(w.clock(id, first_response).state == ClockState::met);
  CHECK(w.clock(id, first_response).stopped_at == w.now);
  CHECK(w.clock(id, resolution).state == ClockState::running);
}

TEST_CASE("a late reply between two ticks is a breach") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.now = w.now + hours(4);
  const Applied applied = w.reply(agent, id);
  CHECK(all<SlaBreached>(applied).size() == 1);
  CHECK(w.clock(id, first_response).state == ClockState::breached);
  CHECK(w.clock(id, first_response).stopped_at == w.now);
  CHECK(all<SlaBreached>(w.pass(minutes(1))).empty());
}

TEST_CASE("a reply one millisecond before the deadline is in time") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.now = w.now + hours(4) - milliseconds(1);
  w.reply(agent, id);
  CHECK(w.clock(id, first_response).state == ClockState::met);
}

TEST_CASE("clocks rest while the ticket is pending or on hold, and go on from where they were") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(1));
  w.reply(agent, id);
  SECTION("pending") { w.by(agent, SetPending{id}); }
  SECTION("on hold") { w.by(agent, SetOnHold{id}); }
  CHECK(w.clock(id, resolution).state == ClockState::paused);
  CHECK(w.clock(id, resolution).used == hours(1));
  CHECK_FALSE(has<SlaBreached>(w.pass(days(3))));
  w.receive(a_mail_from("ann").id("back").in_reply_to("our answer"));
  CHECK(w.clock(id, resolution).state == ClockState::running);
  CHECK(w.clock(id, resolution).due_at == w.now + hours(23));
}

TEST_CASE("resolving meets the resolution; coming back lets it go on, time at rest not counted") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(2));
  w.reply(agent, id);
  w.by(agent, ResolveTicket{id, "done"});
  CHECK(w.clock(id, resolution).state == ClockState::met);
  w.pass(days(2));
  w.receive(a_mail_from("ann").id("back").in_reply_to("our answer"));
  CHECK(w.clock(id, resolution).state == ClockState::running);
  CHECK(w.clock(id, resolution).due_at == w.now + hours(22));
}

TEST_CASE("resolving without an answer does not count as a first response") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(1));
  w.by(agent, ResolveTicket{id, "spam"});
  CHECK(w.clock(id, first_response).state == ClockState::paused);
  CHECK_FALSE(has<SlaBreached>(w.pass(days(2))));
  w.receive(a_mail_from("ann").id("back").in_reply_to("mail of ann"));
  CHECK(w.clock(id, first_response).due_at == w.now + hours(3));
}

TEST_CASE("business hours: Friday 16:30 plus one hour is Monday 09:30") {
  Policy policy = office_policy();
  policy.slas[0].targets[0].by_priority = {hours(1), hours(1), hours(1), hours(1)};
  World w(policy);
  w.now = monday_nine + days(4) + hours(7) + minutes(30);
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(w.clock(id, first_response).due_at == monday_nine + days(7) + minutes(30));
}

TEST_CASE("a night at rest costs no business time") {
  World w(office_policy());
  const AgentId agent = w.someone();
  w.now = monday_nine + hours(7);
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SetPending{id});
  w.pass(hours(20));
  w.by(agent, TransferTicket{id, {}, agent, {}});
  CHECK(w.clock(id, resolution).used == Duration{});
  w.pass(hours(2));
  w.by(agent, SetPending{id});
  CHECK(w.clock(id, resolution).used == hours(2));
}

TEST_CASE("a higher priority brings the deadline nearer and the ticket forward") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const std::int64_t rank = w.ticket(id).rank;
  const Instant started = w.now;
  w.pass(minutes(10));
  const Applied applied = w.system(SetPriority{id, Priority::urgent});
  CHECK(has<TicketReranked>(applied));
  CHECK(w.clock(id, first_response).due_at == started + hours(1));
  CHECK(w.ticket(id).rank < rank);
}

TEST_CASE("a verdict stays when the priority changes") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.pass(hours(5));
  REQUIRE(w.clock(id, first_response).state == ClockState::breached);
  w.system(SetPriority{id, Priority::low});
  CHECK(w.clock(id, first_response).state == ClockState::breached);
  CHECK(w.clock(id, first_response).target == hours(4));
}

TEST_CASE("a deadline that passed before the priority changed is a breach all the same") {
  World w(timed_policy());
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.now = w.now + hours(5);
  const Applied applied = w.system(SetPriority{id, Priority::low});
  CHECK(has<SlaBreached>(applied));
}

TEST_CASE("a late ticket keeps its place by its missed deadline") {
  World w(timed_policy());
  const TicketId late = w.ticket_from(a_mail_from("ann"));
  w.pass(hours(5));
  const TicketId fresh = w.ticket_from(a_mail_from("bob"));
  w.system(SetPriority{late, Priority::low});
  w.system(SetPriority{late, Priority::normal});
  CHECK(w.ticket(late).rank < w.ticket(fresh).rank);
}

TEST_CASE("a bounced reply was no answer: its clock runs again to the original deadline") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Instant due = w.clock(id, first_response).due_at;
  w.pass(minutes(5));
  const MessageId reply = w.reply(agent, id).receipt.message;
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::sent, {}, "250 ok"});
  w.pass(minutes(5));
  const Applied bounce = w.receive(a_mail_from("daemon").id("b1").bouncing(reply, true));
  CHECK_FALSE(has<TicketOpened>(bounce));
  CHECK(all<DeliveryRecorded>(bounce).at(0).state == DeliveryState::failed);
  CHECK(w.clock(id, first_response).state == ClockState::running);
  CHECK(w.clock(id, first_response).due_at == due);
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::failed);
  CHECK(w.stored().messages.at(reply).delivery_detail == "5.1.1 no such user");
}

TEST_CASE("a mailbox that is gone is remembered, but only one that the ticket writes to") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.reply(agent, id).receipt.message;
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::sent, {}, "250 ok"});
  w.receive(a_mail_from("daemon").id("b1").bouncing(reply, true, "bob"));
  const Applied told = w.receive(a_mail_from("daemon").id("b2").bouncing(reply, true, "ann"));
  CHECK_FALSE(w.stored().keys.contains({KeyKind::dead_address, key_of("email:bob")}));
  const KeyRow& dead = w.stored().keys.at({KeyKind::dead_address, key_of("email:ann")});
  CHECK(dead.message == told.receipt.message);
  CHECK(dead.expires_at == w.now + days(180));
}

TEST_CASE("a bounce of a later reply leaves the first response alone") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.reply(agent, id, "first");
  w.pass(minutes(1));
  const MessageId second = w.reply(agent, id, "second").receipt.message;
  w.receive(a_mail_from("daemon").id("b1").bouncing(second, true));
  CHECK(w.clock(id, first_response).state == ClockState::met);
}

TEST_CASE("a delayed delivery is told and judged not to have failed") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.reply(agent, id).receipt.message;
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::sent, {}, {}});
  w.receive(a_mail_from("daemon").id("b1").bouncing(reply, false));
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::sent);
  CHECK(w.stored().messages.at(reply).delivery_detail == "5.1.1 no such user");
  CHECK(w.clock(id, first_response).state == ClockState::met);
}

TEST_CASE("a reply that fails for good while the ticket is pending waits with a paused clock") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.reply(agent, id).receipt.message;
  w.by(agent, SetPending{id});
  w.pass(hours(1));
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::failed, {}, "550 no"});
  CHECK(w.clock(id, first_response).state == ClockState::paused);
  CHECK(w.clock(id, first_response).used == hours(1));
}

TEST_CASE("a machine's mail arms and stops no clock") {
  World w(timed_policy());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.reply(agent, id);
  w.by(agent, SetPending{id});
  const Clock before = w.clock(id, resolution);
  w.receive(a_mail_from("ann").id("vacation").in_reply_to("our answer").by_machine());
  CHECK(w.ticket(id).state == TicketState::pending);
  CHECK(w.clock(id, resolution) == before);
}
