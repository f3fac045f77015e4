// SPDX-License-Identifier: Apache-2.0
// Replies that are held back for a second thought, and those that are taken back.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy with_sla() {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  return policy;
}

Applied hold(World& w, AgentId agent, TicketId ticket, Duration for_long = seconds(10)) {
  SendReply reply;
  reply.ticket = ticket;
  reply.own_key = key_of("thread:held");
  reply.content = text("here you are");
  reply.hold = for_long;
  return w.by(agent, reply);
}

Applied undo(World& w, AgentId agent, const Applied& sent) {
  return w.by(agent, WithdrawMessage{sent.receipt.ticket, sent.receipt.message});
}

const Clock& response(const World& w, TicketId id) { return w.clock(id, Metric::first_response); }

}  // namespace

TEST_CASE("a held reply is not begun before its time, and then once") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = hold(w, agent, id).receipt.message;
  CHECK(w.state().outbox_item(reply)->next_attempt_at == w.now + seconds(10));
  CHECK(w.stored().messages.at(reply).held_until == w.now + seconds(10));
  w.pass(seconds(10) - milliseconds(1));
  CHECK(refused(w.system(StartSend{reply}), Refusal::wrong_state));
  w.restart();
  CHECK(refused(w.system(StartSend{reply}), Refusal::wrong_state));
  w.pass(milliseconds(1));
  CHECK(has<SendStarted>(w.system(StartSend{reply})));
  CHECK(w.stored().messages.at(reply).held_until == Instant{});
}

TEST_CASE("a reply that was taken back never leaves, and taking it back twice is once") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied sent = hold(w, agent, id);
  CHECK(has<MessageWithdrawn>(undo(w, agent, sent)));
  CHECK(w.state().outbox.empty());
  CHECK(w.stored().outbox.empty());
  CHECK(w.stored().messages.at(sent.receipt.message).delivery == DeliveryState::withdrawn);
  const Applied again = undo(w, agent, sent);
  CHECK(again.kind == Applied::Kind::done);
  CHECK(again.events.empty());
  w.pass(minutes(1));
  CHECK(refused(w.system(StartSend{sent.receipt.message}), Refusal::no_such_message));
  CHECK(refused(w.system(RecordDelivery{sent.receipt.message, DeliveryState::sent, {}, {}}),
                Refusal::wrong_state));
}

TEST_CASE("what has begun to leave cannot be taken back") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  SECTION("a held reply whose time came") {
    const Applied sent = hold(w, agent, id);
    w.pass(seconds(10));
    w.system(StartSend{sent.receipt.message});
    CHECK(refused(undo(w, agent, sent), Refusal::already_sent));
    w.system(RecordDelivery{sent.receipt.message, DeliveryState::queued, w.now + hours(1), "451"});
    CHECK(refused(undo(w, agent, sent), Refusal::already_sent));
    w.system(RecordDelivery{sent.receipt.message, DeliveryState::sent, {}, {}});
    CHECK(refused(undo(w, agent, sent), Refusal::already_sent));
  }
  SECTION("one that was not held") {
    CHECK(refused(undo(w, agent, w.reply(agent, id)), Refusal::already_sent));
  }
}

TEST_CASE("a held reply is its author's to take back, wherever the ticket is, or a supervisor's") {
  World w;
  const AgentId agent = w.someone();
  const AgentId colleague = w.someone_absent({});
  const AgentId boss = w.someone_absent({.queues = {}, .role = Role::supervisor});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied sent = hold(w, agent, id);
  const Applied other = hold(w, agent, id);
  CHECK(refused(undo(w, colleague, sent), Refusal::not_allowed));
  CHECK(
      refused(w.by(agent, WithdrawMessage{{99}, sent.receipt.message}), Refusal::no_such_message));
  CHECK(refused(w.by(agent, WithdrawMessage{id, {1}}), Refusal::no_such_message));
  CHECK(has<MessageWithdrawn>(undo(w, boss, other)));
  w.by(agent, TransferTicket{id, {}, colleague, {}});
  CHECK(has<MessageWithdrawn>(undo(w, agent, sent)));
  CHECK(w.ticket(id).agent == colleague);
}

TEST_CASE("a hold is a minute at most, and the desk's own words are never held") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  CHECK(refused(hold(w, agent, id, seconds(61)), Refusal::invalid_argument));
  CHECK(refused(hold(w, agent, id, seconds(-1)), Refusal::invalid_argument));
  SendReply own{.ticket = id,
                .expected_seq = {},
                .client_key = {},
                .own_key = {},
                .content = text("we got it"),
                .hold = seconds(5)};
  CHECK(refused(w.system(own), Refusal::invalid_argument));
}

TEST_CASE("a held answer counts at once, and is forgotten when it is taken back") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Clock before = response(w, id);
  w.pass(minutes(30));
  const Applied sent = hold(w, agent, id);
  CHECK(response(w, id).state == ClockState::answered);
  CHECK(response(w, id).stopped_at == w.now);
  w.pass(seconds(5));
  undo(w, agent, sent);
  CHECK(response(w, id) == before);
}

TEST_CASE("a held answer that leaves met its deadline when it was written") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(4) - seconds(1));
  const Instant written = w.now;
  const Applied sent = hold(w, agent, id);
  CHECK_FALSE(has<SlaBreached>(w.pass(minutes(1))));
  w.system(StartSend{sent.receipt.message});
  CHECK(response(w, id).state == ClockState::met);
  CHECK(response(w, id).stopped_at == written);
}

TEST_CASE("an answer taken back after the deadline leaves a breach of that deadline") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Instant due = response(w, id).due_at;
  w.pass(hours(4) - seconds(1));
  const Applied sent = hold(w, agent, id);
  w.pass(seconds(5));
  undo(w, agent, sent);
  const auto breaches = all<SlaBreached>(w.pass({}));
  REQUIRE(breaches.size() == 1);
  CHECK(breaches[0].due_at == due);
}

TEST_CASE("a late answer is late whether it is taken back or not") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.now = w.now + hours(5);
  const Applied sent = hold(w, agent, id);
  CHECK(all<SlaBreached>(sent).size() == 1);
  SECTION("taken back") {
    undo(w, agent, sent);
    CHECK(response(w, id).state == ClockState::breached);
    CHECK(response(w, id).stopped_at == Instant{});
  }
  SECTION("sent") {
    const Instant written = w.now;
    w.pass(seconds(10));
    w.system(StartSend{sent.receipt.message});
    CHECK(response(w, id).state == ClockState::breached);
    CHECK(response(w, id).stopped_at == written);
  }
  CHECK_FALSE(has<SlaBreached>(w.pass(minutes(1))));
}

TEST_CASE("what happened to the ticket meanwhile counts as if there had been no answer") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(hours(1));
  const Applied sent = hold(w, agent, id, seconds(60));
  w.pass(seconds(10));
  w.by(agent, SetPending{id});
  w.pass(seconds(20));
  w.receive(a_mail_from("ann").id("wait").in_reply_to("mail of ann"));
  w.pass(seconds(10));
  undo(w, agent, sent);
  const Clock& clock = response(w, id);
  CHECK(clock.state == ClockState::running);
  CHECK(clock.used == hours(1) + seconds(10));
  CHECK(clock.due_at == monday_nine + hours(4) + seconds(20));
}

TEST_CASE("of two answers the one that stays has answered") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied first = hold(w, agent, id);
  w.pass(seconds(2));
  const Instant second_at = w.now;
  SECTION("the second was not held") {
    w.reply(agent, id);
    CHECK(response(w, id).state == ClockState::answered);
    undo(w, agent, first);
    CHECK(response(w, id).state == ClockState::met);
    CHECK(response(w, id).stopped_at == second_at);
  }
  SECTION("the second is held too, and stays") {
    const Applied second = hold(w, agent, id);
    undo(w, agent, first);
    CHECK(response(w, id).state == ClockState::answered);
    CHECK(response(w, id).stopped_at == second_at);
    w.pass(seconds(10));
    w.system(StartSend{second.receipt.message});
    CHECK(response(w, id).state == ClockState::met);
  }
  SECTION("the second is held too, and goes as well") {
    const Applied second = hold(w, agent, id);
    undo(w, agent, first);
    undo(w, agent, second);
    CHECK(response(w, id).state == ClockState::running);
  }
  SECTION("the second alone is taken back") {
    undo(w, agent, hold(w, agent, id));
    CHECK(response(w, id).state == ClockState::answered);
    CHECK(response(w, id).stopped_at == second_at - seconds(2));
  }
}

TEST_CASE("an answer in time that is taken back for a late one leaves the late one") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.now = w.now + hours(4) - seconds(1);
  const Applied in_time = hold(w, agent, id);
  w.pass(seconds(5));
  SECTION("not held") { w.reply(agent, id); }
  SECTION("held") { hold(w, agent, id); }
  CHECK(all<SlaBreached>(undo(w, agent, in_time)).size() == 1);
  CHECK(response(w, id).stopped_at == w.now);
  CHECK_FALSE(has<SlaBreached>(w.pass(minutes(1))));
}

TEST_CASE("a waiting ticket goes back to its place when the reply that took it is taken back") {
  World w(with_sla());
  const AgentId agent = w.someone();
  w.pass(minutes(1));
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Ticket before = w.ticket(id);
  const Applied sent = hold(w, agent, id);
  REQUIRE(w.ticket(id).state == TicketState::assigned);
  w.pass(seconds(5));
  undo(w, agent, sent);
  const Ticket& after = w.ticket(id);
  CHECK(after.state == TicketState::queued);
  CHECK(after.queued_at == before.queued_at);
  CHECK(after.rank == before.rank);
  CHECK(after.clocks == before.clocks);
  CHECK(w.offered_to(id) == agent);
}

TEST_CASE("a ticket that was worked on since stays with its agent") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Applied sent = hold(w, agent, id);
  SECTION("a note") { w.by(agent, AddNote{id, {}, {}, text("x")}); }
  SECTION("another answer") { hold(w, agent, id); }
  SECTION("pending") { w.by(agent, SetPending{id}); }
  undo(w, agent, sent);
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.ticket(id).state != TicketState::queued);
}

TEST_CASE("a snooze that a reply ended goes on when the reply is taken back") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Instant until = w.now + hours(1);
  w.by(agent, SnoozeTicket{id, until});
  const Applied sent = hold(w, agent, id);
  CHECK(w.state().load_percent(agent) == 20);
  SECTION("as it was") {
    undo(w, agent, sent);
    CHECK(w.ticket(id).snoozed_until == until);
    CHECK(w.state().load_percent(agent) == 0);
  }
  SECTION("not once the customer wrote") {
    w.receive(a_mail_from("ann").id("wait").in_reply_to("mail of ann"));
    undo(w, agent, sent);
    CHECK(w.ticket(id).snoozed_until == Instant{});
  }
}

TEST_CASE("a resolved ticket does not close while a reply of it is held") {
  Policy policy = a_policy();
  policy.close_after = seconds(5);
  World w(policy);
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied sent = hold(w, agent, id);
  w.by(agent, ResolveTicket{id, "done"});
  w.pass(seconds(30));
  CHECK(w.ticket(id).state == TicketState::resolved);
  SECTION("until it is sent") { w.system(StartSend{sent.receipt.message}); }
  SECTION("until it is taken back") { undo(w, agent, sent); }
  const auto moved = all<TicketStateChanged>(w.pass({}));
  REQUIRE(moved.size() == 1);
  CHECK(moved[0].to == TicketState::closed);
}

TEST_CASE("a bounce of a reply that never left is no bounce") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = hold(w, agent, id).receipt.message;
  w.receive(a_mail_from("daemon").bouncing(reply, true));
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::queued);
  CHECK(w.state().outbox_item(reply));
}

TEST_CASE("a held answer that bounces later opens the clock again") {
  World w(with_sla());
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = hold(w, agent, id).receipt.message;
  w.pass(seconds(10));
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::failed, {}, "550"});
  CHECK(response(w, id).state == ClockState::running);
  CHECK(response(w, id).due_at == monday_nine + hours(4));
}

TEST_CASE("a colleague who writes meanwhile makes a reply out of date, one's own words do not") {
  World w;
  const AgentId agent = w.someone();
  const AgentId colleague = w.someone_absent({});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, AddNote{id, {}, {}, text("mine")});
  AddNote note{id, 1, {}, text("seen the mail alone")};
  CHECK(w.by(agent, note).kind == Applied::Kind::done);
  CHECK(refused(w.by(colleague, note), Refusal::ticket_changed));
  note.expected_seq = 3;
  CHECK(w.by(colleague, note).kind == Applied::Kind::done);
  SendReply reply;
  reply.ticket = id;
  reply.content = text("answer");
  reply.expected_seq = 3;
  CHECK(refused(w.by(agent, reply), Refusal::ticket_changed));
  reply.expected_seq = 4;
  CHECK(w.by(agent, reply).kind == Applied::Kind::done);
  note.expected_seq = 3;
  CHECK(refused(w.by(colleague, note), Refusal::ticket_changed));
}

TEST_CASE("a note calls by name those who see the ticket, each once, and not its author") {
  World w;
  const AgentId agent = w.someone();
  const AgentId colleague = w.someone_absent({});
  const AgentId stranger = w.someone_absent({.queues = {billing}});
  const AgentId boss = w.someone_absent({.queues = {}, .role = Role::supervisor});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied noted = w.by(
      agent, AddNote{id, {}, {}, text("x"), {colleague, stranger, boss, colleague, agent, {99}}});
  CHECK(all<NoteAdded>(noted).at(0).message.mentions == std::vector<AgentId>{colleague, boss});
}
