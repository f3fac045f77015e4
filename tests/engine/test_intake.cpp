// SPDX-License-Identifier: Apache-2.0
// Which ticket a message joins, who may write there, and what never happens twice.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

const Message& message_of(const Applied& applied) { return applied.messages.at(0); }

}  // namespace

TEST_CASE("a person's mail opens a ticket with its customer and its first message") {
  World w;
  const Applied applied = w.receive(a_mail_from("ann"));
  const Ticket& t = w.ticket(applied.receipt.ticket);
  CHECK(t.state == TicketState::queued);
  CHECK(t.customer == CustomerId{1});
  CHECK(t.participants == std::vector<Key>{key_of("email:ann")});
  CHECK(t.addressed == std::vector<ChannelId>{support_address});
  CHECK(t.last_seq == 1);
  CHECK(t.last_in_seq == 1);
  CHECK(applied.receipt.message == MessageId{1});
  CHECK(applied.receipt.message_seq == 1);
  CHECK(applied.identities_seen.at(0).value == "ann@example.test");
  CHECK_FALSE(message_of(applied).unverified);
}

TEST_CASE("the same customer writes again: one customer, two tickets") {
  World w;
  const TicketId a = w.ticket_from(a_mail_from("ann"));
  const TicketId b = w.ticket_from(a_mail_from("ann").id("another"));
  CHECK(a != b);
  CHECK(w.ticket(a).customer == w.ticket(b).customer);
}

TEST_CASE("a mail received twice is one message, and the second receipt names the first") {
  World w;
  const Applied first = w.receive(a_mail_from("ann"));
  const Applied again = w.receive(a_mail_from("ann"));
  CHECK(again.events.empty());
  CHECK(again.receipt.duplicate);
  CHECK(again.receipt.ticket == first.receipt.ticket);
  CHECK(again.receipt.message == first.receipt.message);
}

TEST_CASE("a duplicate that arrives before the first is durable is still a duplicate") {
  World w;
  w.hold_commits();
  w.receive(a_mail_from("ann"));
  CHECK(w.receive(a_mail_from("ann")).receipt.duplicate);
  w.commit();
  CHECK(w.receive(a_mail_from("ann")).receipt.duplicate);
}

TEST_CASE("a duplicate is forgotten after its time") {
  World w;
  w.receive(a_mail_from("ann"));
  w.pass(days(90));
  CHECK_FALSE(w.receive(a_mail_from("ann")).receipt.duplicate);
}

TEST_CASE("one mail to two of our addresses is one message on one ticket that knows both") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann").to({support_address, billing_address}));
  const std::vector<ChannelId> both{support_address, billing_address};
  CHECK(w.ticket(id).addressed == both);
  CHECK(w.ticket(id).queue == general);

  SECTION("also when it arrives as two deliveries") {
    const TicketId other = w.ticket_from(a_mail_from("bob"));
    const Applied second = w.receive(a_mail_from("bob").to({billing_address}));
    CHECK(second.receipt.duplicate);
    CHECK(all<MessageAddressed>(second).size() == 1);
    CHECK(w.ticket(other).addressed == both);
    CHECK(w.receive(a_mail_from("bob").to({billing_address})).events.empty());
  }
}

TEST_CASE("an answer to our reply joins its ticket") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.reply(agent, id, "our answer");
  const Applied back = w.receive(a_mail_from("ann").id("back").in_reply_to("our answer"));
  CHECK(back.receipt.ticket == id);
  CHECK(back.receipt.message_seq == 3);
}

TEST_CASE("a third mail that shares only an id nobody received joins") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann").in_reply_to("never received"));
  CHECK(w.ticket_from(a_mail_from("ann").id("third").in_reply_to("never received")) == id);
  SECTION("and so does the missing mail itself when it comes at last") {
    CHECK(w.ticket_from(a_mail_from("ann").id("never received")) == id);
  }
}

TEST_CASE("two mails of one new thread arriving together make one ticket") {
  World w;
  w.hold_commits();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(w.ticket_from(a_mail_from("ann").id("second").in_reply_to("mail of ann")) == id);
  CHECK(w.ticket(id).last_seq == 2);
  w.commit();
  CHECK(w.stored().customers.size() == 1);
}

TEST_CASE("overwritten references join by token, and the token makes the sender a participant") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Applied applied =
      w.receive(a_mail_from("colleague").in_reply_to("nonsense").with_token(id));
  CHECK(applied.receipt.ticket == id);
  CHECK_FALSE(message_of(applied).unverified);
  CHECK(w.ticket(id).participants.size() == 2);
}

TEST_CASE("the token counts more than references to another ticket") {
  World w;
  const TicketId first = w.ticket_from(a_mail_from("ann"));
  w.ticket_from(a_mail_from("bob"));
  CHECK(w.ticket_from(a_mail_from("ann").id("x").in_reply_to("mail of bob").with_token(first)) ==
        first);
}

TEST_CASE("a token of a ticket that does not exist leads nowhere") {
  World w;
  const Applied applied = w.receive(a_mail_from("ann").with_token({99}));
  CHECK(has<TicketOpened>(applied));
  CHECK(w.ticket(applied.receipt.ticket).linked_to == TicketId{});
}

TEST_CASE("a stranger with forged references is held: shown, and no participant") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SetPending{id});
  const Applied applied = w.receive(a_mail_from("mallory").in_reply_to("mail of ann"));
  CHECK(applied.receipt.ticket == id);
  CHECK(message_of(applied).unverified);
  CHECK(w.ticket(id).participants == std::vector<Key>{key_of("email:ann")});
  CHECK(w.ticket(id).customer == CustomerId{1});
  CHECK(message_of(applied).author == 2);
  CHECK(w.ticket(id).state == TicketState::assigned);
}

TEST_CASE("a new subject on an old thread becomes a linked ticket") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  Mail mail = a_mail_from("ann").id("new matter").in_reply_to("mail of ann");
  mail.about("something else").with_fresh_subject();
  const TicketId other = w.ticket_from(mail);
  CHECK(other != id);
  CHECK(w.ticket(other).linked_to == id);
  SECTION("what answers it stays there") {
    CHECK(w.ticket_from(
              a_mail_from("ann").id("x").about("something else").in_reply_to("new matter")) ==
          other);
  }
  SECTION("a reply prefix keeps the thread together") {
    CHECK(w.ticket_from(a_mail_from("ann").id("y").about("renamed").in_reply_to("mail of ann")) ==
          id);
  }
}

TEST_CASE("a customer's message wakes the ticket for its agent and takes the capacity again") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 20});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  SECTION("pending") { w.by(agent, SetPending{id}); }
  SECTION("on hold") { w.by(agent, SetOnHold{id}); }
  SECTION("resolved") { w.by(agent, ResolveTicket{id, "done"}); }
  CHECK(w.state().load_percent(agent) == 0);
  const TicketId next = w.ticket_with(agent, a_mail_from("bob"));
  const Applied back = w.receive(a_mail_from("ann").id("back").in_reply_to("mail of ann"));
  CHECK(w.ticket(id).state == TicketState::assigned);
  CHECK(w.ticket(id).agent == agent);
  CHECK_FALSE(w.ticket(id).manual);
  CHECK(w.state().load_percent(agent) == 40);
  CHECK(w.ticket(next).state == TicketState::assigned);
  CHECK_FALSE(has<OfferMade>(back));
}

TEST_CASE("a waiting customer goes back to the queue when the agent is gone") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SetPending{id});
  w.by(agent, SetPresence{agent, Presence::offline, {}});
  const AgentId other = w.someone();
  w.pass(hours(2));
  const Applied back = w.receive(a_mail_from("ann").id("back").in_reply_to("mail of ann"));
  CHECK(has<TicketUnassigned>(back));
  CHECK(w.ticket(id).state == TicketState::queued);
  CHECK(w.ticket(id).queued_at == w.now);
  CHECK(w.ticket(id).last_agent == agent);
  CHECK(w.offered_to(id) == other);
}

TEST_CASE("closed is final: a later message opens a linked follow-up") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, "done"});
  w.pass(days(7));
  const TicketId next = w.ticket_from(a_mail_from("ann").id("later").in_reply_to("mail of ann"));
  CHECK(next != id);
  CHECK(w.ticket(next).linked_to == id);
  CHECK(w.ticket(next).customer == w.stored().tickets.at(id).customer);
  SECTION("where its token and its mails lead from then on") {
    CHECK(w.ticket_from(a_mail_from("ann").id("by token").with_token(id)) == next);
    CHECK(w.ticket_from(a_mail_from("ann").id("by id").in_reply_to("mail of ann")) == next);
  }
  SECTION("also when an answer overtakes the mail that it answers") {
    w.by(agent, ClaimTicket{next});
    w.by(agent, ResolveTicket{next, "done"});
    w.pass(days(7));
    const TicketId third = w.ticket_from(a_mail_from("ann").id("b").in_reply_to("a"));
    CHECK(w.ticket_from(a_mail_from("ann").id("a").in_reply_to("later")) == third);
  }
  SECTION("and the next one follows that") {
    w.by(agent, ClaimTicket{next});
    w.by(agent, ResolveTicket{next, "done"});
    w.pass(days(7));
    const TicketId third = w.ticket_from(a_mail_from("ann").id("third").in_reply_to("later"));
    CHECK(w.ticket(third).linked_to == next);
    CHECK(w.ticket_from(a_mail_from("ann").id("first's token").with_token(id)) == third);
    CHECK(w.ticket_from(a_mail_from("ann").id("second's token").with_token(next)) == third);
  }
  SECTION("but a stranger's follow-up draws nothing to itself") {
    const TicketId other = w.ticket_from(a_mail_from("eve").id("prying").in_reply_to("later"));
    CHECK(other == next);
    w.by(agent, ClaimTicket{next});
    w.by(agent, ResolveTicket{next, "done"});
    w.pass(days(7));
    const TicketId strange = w.ticket_from(a_mail_from("eve").id("again").in_reply_to("later"));
    CHECK(strange != next);
    CHECK(w.ticket_from(a_mail_from("ann").id("ann again").with_token(id)) != strange);
  }
}

TEST_CASE("a ticket that was closed just now is not taken for an open one") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, "done"});
  w.hold_commits();
  w.pass(days(7));
  const TicketId next = w.ticket_from(a_mail_from("ann").id("later").in_reply_to("mail of ann"));
  CHECK(w.ticket(next).linked_to == id);
  w.commit();
  CHECK(w.stored().tickets.at(id).state == TicketState::closed);
}

TEST_CASE("closed tickets leave memory once the store shows them") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, "done"});
  w.pass(days(7));
  w.receive(a_mail_from("bob"));
  CHECK(w.state().ticket(id) == nullptr);
  CHECK(w.state().customer({1}) == nullptr);
}

TEST_CASE("people who only write on others' tickets do not stay in memory") {
  World w;
  w.ticket_from(a_mail_from("ann"));
  w.receive(a_mail_from("stranger").in_reply_to("mail of ann"));
  w.receive(a_mail_from("stranger").id("again").in_reply_to("mail of ann"));
  w.receive(a_mail_from("bob"));
  CHECK(w.stored().customers.size() == 3);
  CHECK(w.state().customers.size() == 2);
}

TEST_CASE("a customer's other address is no stranger on the customer's ticket") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const AgentId agent = w.someone();
  CreateTicket opening;
  opening.channel_name = support_address;
  opening.queue = general;
  opening.customer = w.ticket(id).customer;
  opening.to = {key_of("email:ann.private"), "email", "ann.private@example.test", {}};
  opening.content = text("hello", "private matter");
  w.by(agent, opening);
  const Applied applied = w.receive(a_mail_from("ann.private").in_reply_to("mail of ann"));
  CHECK(applied.receipt.ticket == id);
  CHECK_FALSE(message_of(applied).unverified);
}

TEST_CASE("machine mail without a thread is kept and opens no ticket") {
  World w;
  const Applied applied = w.receive(a_mail_from("news").by_machine(Machine::bulk));
  CHECK_FALSE(has<TicketOpened>(applied));
  CHECK_FALSE(has<CustomerCreated>(applied));
  CHECK(applied.receipt.ticket == TicketId{});
  CHECK(applied.receipt.message == MessageId{1});
  CHECK(message_of(applied).machine == Machine::bulk);
  CHECK(w.receive(a_mail_from("news").by_machine(Machine::bulk)).receipt.duplicate);
}

TEST_CASE("machine mail on a thread is kept there and wakes nobody") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  const Applied applied = w.receive(a_mail_from("robot").in_reply_to("mail of ann").by_machine());
  CHECK(applied.receipt.ticket == id);
  CHECK(w.ticket(id).state == TicketState::resolved);
  CHECK(w.ticket(id).participants.size() == 1);
  CHECK(w.ticket(id).last_seq == 2);
  CHECK(w.ticket(id).last_in_seq == 1);
}

TEST_CASE("machine mail on a closed ticket is kept on it and opens nothing") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  w.pass(days(7));
  w.receive(a_mail_from("bob"));
  REQUIRE(w.state().ticket(id) == nullptr);
  const Applied applied = w.receive(a_mail_from("robot").in_reply_to("mail of ann").by_machine());
  CHECK(applied.receipt.ticket == id);
  CHECK(w.stored().tickets.at(id).last_seq == 2);
  CHECK(w.stored().tickets.at(id).state == TicketState::closed);
}

TEST_CASE("a bounce of nothing we sent is machine mail") {
  World w;
  const Applied applied = w.receive(a_mail_from("daemon").bouncing({55}, true));
  CHECK_FALSE(has<TicketOpened>(applied));
  CHECK(applied.receipt.ticket == TicketId{});
}

TEST_CASE("a mail without a usable sender is a ticket that cannot be answered") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann").without_sender());
  CHECK(w.ticket(id).customer == CustomerId{});
  CHECK(refused(w.reply(agent, id), Refusal::cannot_send_here));
}

TEST_CASE("a mail without anything to compare is never a duplicate") {
  World w;
  const Mail mail = a_mail_from("ann").without_duplicate_check();
  w.receive(mail);
  CHECK_FALSE(w.receive(mail).receipt.duplicate);
}

TEST_CASE("a mail to nowhere is refused") {
  World w;
  CHECK(refused(w.system(a_mail_from("ann").to({}).build()), Refusal::invalid_argument));
}

TEST_CASE("a mail to an address the policy no longer has goes to the default queue") {
  World w;
  CHECK(w.ticket(w.ticket_from(a_mail_from("ann").to({{9}}))).queue == general);
}

TEST_CASE("more references than anyone needs cost a bounded number of look-ups") {
  World w;
  Mail mail = a_mail_from("ann");
  for (int i = 0; i < 1000; ++i) mail.in_reply_to("id" + std::to_string(i));
  const Needs needs = w.engine().needs({{}, mail.build()});
  CHECK(needs.keys.size() <= 103);
  CHECK(w.receive(mail).keys.size() <= 103);
}
