// SPDX-License-Identifier: Apache-2.0
// The life of an offer.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

TEST_CASE("an accepted offer becomes an assignment of the same weight") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Applied applied = w.accept(agent, id);
  CHECK(applied.receipt.ticket == id);
  CHECK(w.ticket(id).state == TicketState::assigned);
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.ticket(id).weight_percent == 20);
  CHECK(w.ticket(id).offer == OfferId{});
  CHECK(w.state().load_percent(agent) == 20);
}

TEST_CASE("accepting the same offer twice gives the same answer and changes nothing") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const OfferId offer = w.ticket(id).offer;
  w.by(agent, AcceptOffer{offer});
  const Applied again = w.by(agent, AcceptOffer{offer});
  CHECK(again.kind == Applied::Kind::done);
  CHECK(again.events.empty());
  CHECK(again.receipt.ticket == id);
}

TEST_CASE("an offer is its agent's alone") {
  World w;
  const AgentId agent = w.someone();
  const AgentId other = w.someone_absent({});
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  REQUIRE(w.offered_to(id) == agent);
  CHECK(refused(w.accept(other, id), Refusal::not_offered_to_you));
  CHECK(refused(w.decline(other, id), Refusal::not_offered_to_you));
  CHECK(refused(w.by(agent, AcceptOffer{{999}}), Refusal::no_such_offer));
  CHECK(refused(w.by({77}, AcceptOffer{w.ticket(id).offer}), Refusal::no_such_agent));
}

TEST_CASE("a declined ticket goes to the next one, keeps its age, and comes back after the delay") {
  World w;
  const AgentId first = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Instant queued_at = w.ticket(id).queued_at;
  const std::int64_t rank = w.ticket(id).rank;
  w.pass(seconds(3));
  w.decline(first, id);
  CHECK(w.offered_to(id) == AgentId{});
  w.pass(minutes(5) - milliseconds(1));
  CHECK(w.offered_to(id) == AgentId{});
  w.pass(milliseconds(1));
  CHECK(w.offered_to(id) == first);
  CHECK(w.ticket(id).queued_at == queued_at);
  CHECK(w.ticket(id).rank == rank);
}

TEST_CASE("a declined ticket is offered to a colleague in the same step") {
  World w;
  const AgentId first = w.someone();
  const AgentId second = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  REQUIRE(w.offered_to(id) == first);
  const Applied applied = w.decline(first, id);
  CHECK(all<OfferMade>(applied).at(0).offer.agent == second);
}

TEST_CASE("an expired offer returns the ticket to the head of its queue") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.pass(seconds(1));
  const auto events = w.pass(seconds(29));
  REQUIRE(all<OfferExpired>(events).size() == 1);
  CHECK(all<OfferExpired>(events)[0].end == OfferEnd::ignored);
  CHECK(w.offered_to(id) == AgentId{});
  CHECK(w.agent(agent).missed_in_row == 1);
  CHECK(w.engine().explain(id)->place == 1);
  CHECK(w.engine().explain(id)->agents[0].verdict == Verdict::delayed_after_ignore);
  w.pass(minutes(2));
  CHECK(w.offered_to(id) == agent);
}

TEST_CASE("an offer that ran out is not accepted, even before the timer got to it") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.now = w.now + seconds(30);
  CHECK(refused(w.accept(agent, id), Refusal::offer_ended));
}

TEST_CASE("an agent may claim what was offered to them too late") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.now = w.now + seconds(30);
  const Applied applied = w.by(agent, ClaimTicket{id});
  CHECK(all<OfferAccepted>(applied.events).empty());
  CHECK(all<OfferRescinded>(applied.events).size() == 1);
  CHECK(w.ticket(id).agent == agent);
}

TEST_CASE("three missed offers in a row set the agent away") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 20});
  w.ticket_from(a_mail_from("ann"));
  w.ticket_from(a_mail_from("bob"));
  w.ticket_from(a_mail_from("cid"));
  w.ticket_from(a_mail_from("dan"));
  w.pass(seconds(95));
  CHECK(w.agent(agent).presence == Presence::away);
  CHECK(w.agent(agent).presence_reason == "missed offers");
  CHECK(w.state().load_percent(agent) == 0);
  w.by(agent, SetPresence{agent, Presence::available, {}});
  CHECK(w.agent(agent).missed_in_row == 0);
  CHECK(w.state().load_percent(agent) == 20);
}

TEST_CASE("an answer to an offer ends the row of missed ones") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.pass(seconds(30));
  REQUIRE(w.agent(agent).missed_in_row == 1);
  w.pass(minutes(2));
  w.decline(agent, id);
  CHECK(w.agent(agent).missed_in_row == 0);
}

TEST_CASE("a lost connection is no missed offer, and its end frees the ticket for others") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.system(AgentDisconnected{agent});
  CHECK(w.offered_to(id) == agent);
  w.pass(seconds(19));
  CHECK(w.offered_to(id) == agent);
  const auto events = w.pass(seconds(1));
  REQUIRE(all<OfferExpired>(events).size() == 1);
  CHECK(all<OfferExpired>(events)[0].end == OfferEnd::connection_lost);
  CHECK(w.agent(agent).presence == Presence::offline);
  CHECK(w.agent(agent).presence_reason == "connection lost");
  CHECK(w.agent(agent).missed_in_row == 0);
  CHECK(w.offered_to(id) == AgentId{});
}

TEST_CASE("an offer that runs out during the grace counts as lost, not as ignored") {
  World w;
  const AgentId agent = w.someone();
  w.ticket_from(a_mail_from("ann"));
  w.pass(seconds(20));
  w.system(AgentDisconnected{agent});
  const auto events = w.pass(seconds(10));
  CHECK(all<OfferExpired>(events).at(0).end == OfferEnd::connection_lost);
  CHECK(w.agent(agent).missed_in_row == 0);
}

TEST_CASE("a connection that comes back in time keeps presence and offers") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.system(AgentDisconnected{agent});
  const TicketId second = w.ticket_from(a_mail_from("bob"));
  CHECK(w.offered_to(second) == AgentId{});
  w.pass(seconds(10));
  w.by(agent, AgentConnected{agent});
  CHECK(w.offered_to(id) == agent);
  CHECK(w.offered_to(second) == agent);
  CHECK_FALSE(has<PresenceChanged>(w.pass(seconds(15))));
}

TEST_CASE("an agent who goes away loses live offers to the others") {
  World w;
  const AgentId first = w.someone();
  const AgentId second = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  REQUIRE(w.offered_to(id) == first);
  w.by(first, SetPresence{first, Presence::away, "lunch"});
  CHECK(w.offered_to(id) == second);
}

TEST_CASE("only supervisors change the presence of others") {
  World w;
  const AgentId agent = w.someone();
  const AgentId other = w.someone();
  const AgentId boss = w.someone({.role = Role::supervisor});
  CHECK(refused(w.by(other, SetPresence{agent, Presence::away, {}}), Refusal::not_allowed));
  CHECK(w.by(boss, SetPresence{agent, Presence::away, {}}).kind == Applied::Kind::done);
  CHECK(w.agent(agent).presence == Presence::away);
}

TEST_CASE("a ticket has one live offer, whatever happens around it") {
  World w;
  w.someone();
  w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.receive(a_mail_from("ann").id("more").in_reply_to("mail of ann"));
  w.system(SetPriority{id, Priority::urgent});
  std::size_t live = 0;
  for (const auto& [offer, row] : w.state().offers) live += row.end == OfferEnd::pending;
  CHECK(live == 1);
}

TEST_CASE("a disabled agent can do nothing") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.put(agent, {}, false);
  CHECK(refused(w.reply(agent, id), Refusal::agent_disabled));
  CHECK(refused(w.by(agent, SetPresence{agent, Presence::available, {}}), Refusal::agent_disabled));
}

TEST_CASE("only the system and admins change agents, and only to something sensible") {
  World w;
  const AgentId agent = w.someone();
  const AgentId admin = w.someone({.role = Role::admin});
  PutAgent put{{9}, Role::agent, true, {{german, 2}, {german, 4}}, {billing, general, billing}, 50};
  CHECK(refused(w.by(agent, put), Refusal::not_allowed));
  CHECK(w.by(admin, put).kind == Applied::Kind::done);
  CHECK(w.agent({9}).skills == std::vector<SkillLevel>{{german, 4}});
  CHECK(w.agent({9}).queues == std::vector<QueueId>{general, billing});
  CHECK(w.by(admin, put).events.empty());
  put.skills = {{german, 6}};
  CHECK(refused(w.by(admin, put), Refusal::invalid_argument));
}
