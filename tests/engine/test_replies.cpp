// SPDX-License-Identifier: Apache-2.0
// What agents write, and what becomes of it.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

SendReply a_reply(TicketId ticket) {
  SendReply reply;
  reply.ticket = ticket;
  reply.own_key = key_of("thread:our answer");
  reply.content = text("here you are");
  return reply;
}

CreateTicket an_opening(const std::string& to, std::string words) {
  CreateTicket c;
  c.channel_name = support_address;
  c.queue = general;
  c.to = {key_of("email:" + to), "email", to + "@example.test", to};
  c.own_key = key_of("thread:opening");
  c.subject_key = key_of("about your order");
  c.content = text(std::move(words), "about your order");
  return c;
}

}  // namespace

TEST_CASE("a reply is a message and an outbox item in one step") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Applied applied = w.by(agent, a_reply(id));
  REQUIRE(all<ReplySent>(applied).size() == 1);
  CHECK(applied.receipt.message_seq == 2);
  const OutboxItem* item = w.state().outbox_item(applied.receipt.message);
  REQUIRE(item);
  CHECK(item->state == DeliveryState::queued);
  CHECK(item->next_attempt_at == w.now);
  CHECK(w.ticket(id).state == TicketState::assigned);
  CHECK(w.ticket(id).last_in_seq == 1);
}

TEST_CASE("the same client key sends once and answers the same") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  SendReply reply = a_reply(id);
  reply.client_key = key_of("click");
  w.hold_commits();
  const Applied first = w.by(agent, reply);
  const Applied again = w.by(agent, reply);
  w.commit();
  const Applied later = w.by(agent, reply);
  CHECK(again.events.empty());
  CHECK(again.receipt.message == first.receipt.message);
  CHECK(later.receipt.message == first.receipt.message);
  CHECK(later.receipt.message_seq == first.receipt.message_seq);
  CHECK(w.state().outbox.size() == 1);
}

TEST_CASE("an agent who has not seen the customer's last words is told first") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  SendReply reply = a_reply(id);
  reply.expected_seq = 1;
  w.receive(a_mail_from("ann").id("wait").in_reply_to("mail of ann"));
  CHECK(refused(w.by(agent, reply), Refusal::ticket_changed));
  reply.expected_seq = 2;
  CHECK(w.by(agent, reply).kind == Applied::Kind::done);
}

TEST_CASE("the desk's own note does not make a reply out of date") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.system(AddNote{id, {}, {}, text("fyi")});
  SendReply reply = a_reply(id);
  reply.expected_seq = 1;
  CHECK(w.by(agent, reply).kind == Applied::Kind::done);
}

TEST_CASE("replying to a waiting ticket claims it and takes the offer back from others") {
  World w;
  const AgentId other = w.someone();
  const AgentId agent = w.someone_absent({.capacity_percent = 0});
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  REQUIRE(w.offered_to(id) == other);
  const Applied applied = w.by(agent, a_reply(id));
  CHECK(all<OfferRescinded>(applied).at(0).cause == RescindCause::ticket_left_queue);
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.ticket(id).manual);
}

TEST_CASE("replying to a ticket that is offered to oneself accepts the offer") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Applied applied = w.by(agent, a_reply(id));
  CHECK(has<OfferAccepted>(applied));
  CHECK_FALSE(w.ticket(id).manual);
}

TEST_CASE("tickets of others and of other queues are not one's own") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const AgentId colleague = w.someone_absent({});
  const AgentId stranger = w.someone_absent({.queues = {billing}});
  CHECK(refused(w.by(colleague, a_reply(id)), Refusal::not_your_ticket));
  CHECK(refused(w.by(stranger, AddNote{id, {}, {}, text("x")}), Refusal::not_your_ticket));
  CHECK(w.by(colleague, AddNote{id, {}, {}, text("x")}).kind == Applied::Kind::done);
  const AgentId boss = w.someone_absent({.queues = {}, .role = Role::supervisor});
  CHECK(w.by(boss, a_reply(id)).kind == Applied::Kind::done);
  CHECK(w.ticket(id).agent == agent);
}

TEST_CASE("a pending or resolved ticket is answered without waking it") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SetPending{id});
  w.by(agent, a_reply(id));
  CHECK(w.ticket(id).state == TicketState::pending);
  w.by(agent, ResolveTicket{id, {}});
  w.by(agent, a_reply(id));
  CHECK(w.ticket(id).state == TicketState::resolved);
}

TEST_CASE("nobody writes on a closed ticket, in memory or not") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  w.pass(days(7));
  CHECK(refused(w.by(agent, a_reply(id)), Refusal::ticket_closed));
  w.receive(a_mail_from("bob"));
  REQUIRE(w.state().ticket(id) == nullptr);
  CHECK(refused(w.by(agent, a_reply(id)), Refusal::ticket_closed));
  CHECK(refused(w.by(agent, AddNote{id, {}, {}, text("x")}), Refusal::ticket_closed));
  CHECK(refused(w.by(agent, SetPending{id}), Refusal::ticket_closed));
  CHECK(refused(w.by(agent, a_reply({99})), Refusal::no_such_ticket));
}

TEST_CASE("sending goes queued, sending, queued again for a retry, sent") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.by(agent, a_reply(id)).receipt.message;
  CHECK(all<SendStarted>(w.system(StartSend{reply})).at(0).attempt == 1);
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::sending);
  w.system(RecordDelivery{reply, DeliveryState::queued, w.now + minutes(1), "451 later"});
  CHECK(w.state().outbox_item(reply)->next_attempt_at == w.now + minutes(1));
  CHECK(all<SendStarted>(w.system(StartSend{reply})).at(0).attempt == 2);
  w.system(RecordDelivery{reply, DeliveryState::sent, {}, "250 ok"});
  CHECK(w.state().outbox_item(reply) == nullptr);
  CHECK(w.stored().outbox.empty());
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::sent);
  CHECK(refused(w.system(StartSend{reply}), Refusal::no_such_message));
}

TEST_CASE("a message that was being sent at a crash is sent again as the same message") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.by(agent, a_reply(id)).receipt.message;
  w.system(StartSend{reply});
  w.restart();
  REQUIRE(w.state().outbox_item(reply));
  CHECK(w.state().outbox_item(reply)->state == DeliveryState::sending);
  CHECK(all<SendStarted>(w.system(StartSend{reply})).at(0).attempt == 2);
}

TEST_CASE("delivery reports out of order do not undo what is known") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId reply = w.by(agent, a_reply(id)).receipt.message;
  w.system(StartSend{reply});
  w.system(RecordDelivery{reply, DeliveryState::sent, {}, {}});
  w.system(RecordDelivery{reply, DeliveryState::delivered, {}, {}});
  CHECK(w.system(RecordDelivery{reply, DeliveryState::sent, {}, {}}).events.empty());
  w.system(RecordDelivery{reply, DeliveryState::failed, {}, "550"});
  CHECK(w.system(RecordDelivery{reply, DeliveryState::delivered, {}, {}}).events.empty());
  CHECK(w.stored().messages.at(reply).delivery == DeliveryState::failed);
}

TEST_CASE("a ticket opened by an agent is assigned to them and writes to the customer") {
  World w;
  const AgentId agent = w.someone();
  const Applied applied = w.by(agent, an_opening("new", "your order is late"));
  const Ticket& t = w.ticket(applied.receipt.ticket);
  CHECK(t.state == TicketState::assigned);
  CHECK(t.agent == agent);
  CHECK(t.customer == CustomerId{1});
  CHECK(t.participants == std::vector<Key>{key_of("email:new")});
  CHECK(w.state().outbox.size() == 1);
  CHECK(w.state().load_percent(agent) == 20);
  CHECK(w.ticket_from(a_mail_from("new").in_reply_to("opening")) == applied.receipt.ticket);
}

TEST_CASE("a ticket opened without text sends nothing") {
  World w;
  const AgentId agent = w.someone();
  const Applied applied = w.by(agent, an_opening("new", ""));
  CHECK(has<TicketOpened>(applied));
  CHECK_FALSE(has<ReplySent>(applied));
  CHECK(applied.receipt.message == MessageId{});
}

TEST_CASE("opening a ticket finds the customer who is known, and is done once a client key") {
  World w;
  const TicketId before = w.ticket_from(a_mail_from("ann"));
  const AgentId agent = w.someone();
  CreateTicket opening = an_opening("ann", "hello again");
  opening.client_key = key_of("click");
  const Applied first = w.by(agent, opening);
  CHECK(w.ticket(first.receipt.ticket).customer == w.ticket(before).customer);
  CHECK(w.by(agent, opening).receipt.ticket == first.receipt.ticket);
  CHECK(w.state().tickets.size() == 2);
}

TEST_CASE("opening a ticket for a customer by id binds a new address to them") {
  World w;
  const CustomerId ann = w.ticket(w.ticket_from(a_mail_from("ann"))).customer;
  const AgentId agent = w.someone();
  CreateTicket opening = an_opening("ann.private", "hello");
  opening.customer = ann;
  const Applied applied = w.by(agent, opening);
  CHECK(w.ticket(applied.receipt.ticket).customer == ann);
  CHECK(w.ticket(w.ticket_from(a_mail_from("ann.private").id("z"))).customer == ann);
}

TEST_CASE("opening a ticket is refused where it cannot be") {
  World w;
  const AgentId agent = w.someone();
  CreateTicket c = an_opening("ann", "hello");
  SECTION("unknown queue") {
    c.queue = {9};
    CHECK(refused(w.by(agent, c), Refusal::no_such_queue));
  }
  SECTION("unknown address of ours") {
    c.channel_name = {9};
    CHECK(refused(w.by(agent, c), Refusal::invalid_argument));
  }
  SECTION("nobody to write to") {
    c.to = {};
    CHECK(refused(w.by(agent, c), Refusal::invalid_argument));
  }
  SECTION("an unknown customer") {
    c.customer = {99};
    CHECK(refused(w.by(agent, c), Refusal::invalid_argument));
  }
  SECTION("text, but no address") {
    c.customer = w.ticket(w.ticket_from(a_mail_from("ann"))).customer;
    c.to = {};
    CHECK(refused(w.by(agent, c), Refusal::cannot_send_here));
  }
}

TEST_CASE("a supervisor has what waits to be tried again tried now") {
  World w;
  const AgentId agent = w.someone();
  const AgentId boss = w.someone_absent({.queues = {}, .role = Role::supervisor});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const MessageId sent = w.reply(agent, id).receipt.message;
  w.system(StartSend{sent});
  CHECK(refused(w.by(boss, HurryDelivery{sent}), Refusal::wrong_state));
  w.system(RecordDelivery{sent, DeliveryState::queued, w.now + hours(1), "451 later"});
  CHECK(refused(w.by(agent, HurryDelivery{sent}), Refusal::not_allowed));
  const auto moved = all<DeliveryRecorded>(w.by(boss, HurryDelivery{sent})).at(0);
  CHECK(moved.retry_at == w.now);
  CHECK(moved.detail == "451 later");
  CHECK(w.by(boss, HurryDelivery{sent}).events.empty());
  w.system(StartSend{sent});
  w.system(RecordDelivery{sent, DeliveryState::sent, {}, {}});
  CHECK(refused(w.by(boss, HurryDelivery{sent}), Refusal::no_such_message));
}
