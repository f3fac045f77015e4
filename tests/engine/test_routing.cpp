// SPDX-License-Identifier: Apache-2.0
// Which ticket goes to whom.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

World::Person biller(std::uint8_t level, std::vector<QueueId> queues = {general, billing}) {
  return {.queues = std::move(queues), .skills = {{invoices, level}}};
}

}  // namespace

TEST_CASE("the first rule that matches says queue, priority and skills") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("I want a Refund"));
  const Ticket& t = w.ticket(id);
  CHECK(t.queue == billing);
  CHECK(t.rule == refund_rule);
  CHECK(t.priority == Priority::high);
  CHECK(t.required == std::vector<SkillLevel>{{invoices, 2}});
}

TEST_CASE(
    "without a matching rule a ticket goes where its address says, with the address' skills") {
  World w;
  const TicketId id = w.ticket_from(a_mail_from("ann").to({billing_address}));
  CHECK(w.ticket(id).queue == billing);
  CHECK(w.ticket(id).rule == RuleId{});
  CHECK(w.ticket(id).required == std::vector<SkillLevel>{{invoices, 1}});
}

TEST_CASE("a queue's own skills are added to the rule's, the higher level counts") {
  Policy policy = a_policy();
  policy.queues[1].required = {{invoices, 3}, {german, 1}};
  World w(policy);
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  CHECK(w.ticket(id).required == std::vector<SkillLevel>{{invoices, 3}, {german, 1}});
}

TEST_CASE("a new ticket is offered in the same step to the agent with the skill and the room") {
  World w;
  const AgentId novice = w.someone(biller(1));
  const AgentId expert = w.someone(biller(4));
  const Applied applied = w.receive(a_mail_from("ann").saying("refund"));
  REQUIRE(all<OfferMade>(applied).size() == 1);
  const Offer offer = all<OfferMade>(applied)[0].offer;
  CHECK(offer.agent == expert);
  CHECK(offer.expires_at == w.now + seconds(30));
  CHECK(offer.why.matched == std::vector<SkillLevel>{{invoices, 4}});
  REQUIRE(offer.why.candidates.size() == 2);
  CHECK(offer.why.candidates[0].verdict == Verdict::chosen);
  CHECK(offer.why.candidates[1].agent == novice);
  CHECK(offer.why.candidates[1].verdict == Verdict::missing_skill);
  CHECK(offer.why.candidates[1].skill == invoices);
}

TEST_CASE("the longest idle of the qualified gets the ticket, and the next one the next") {
  World w;
  const AgentId first = w.someone();
  w.pass(seconds(5));
  const AgentId second = w.someone();
  w.pass(seconds(5));
  const TicketId a = w.ticket_from(a_mail_from("ann"));
  const TicketId b = w.ticket_from(a_mail_from("bob"));
  CHECK(w.offered_to(a) == first);
  CHECK(w.offered_to(b) == second);
}

TEST_CASE("offline, away and unconnected agents are never offered anything") {
  World w;
  const AgentId offline = w.someone();
  w.by(offline, SetPresence{offline, Presence::offline, {}});
  const AgentId away = w.someone();
  w.by(away, SetPresence{away, Presence::away, "lunch"});
  const AgentId lost = w.someone();
  w.system(AgentDisconnected{lost});
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(w.offered_to(id) == AgentId{});
}

TEST_CASE("an agent who frees up gets the waiting ticket with the lowest rank at once") {
  World w;
  const TicketId old = w.ticket_from(a_mail_from("ann"));
  w.pass(minutes(10));
  w.ticket_from(a_mail_from("bob"));
  const AgentId agent = w.someone({.capacity_percent = 20});
  CHECK(w.offered_to(old) == agent);
  w.accept(agent, old);
  const Applied done = w.by(agent, ResolveTicket{old, {}});
  CHECK(all<OfferMade>(done).size() == 1);
}

TEST_CASE("an urgent ticket passes older ones by its credit and no more") {
  Policy policy = a_policy();
  policy.priority_credit = {Duration{}, Duration{}, Duration{}, hours(2)};
  World w(policy);
  const TicketId older = w.ticket_from(a_mail_from("ann"));
  w.pass(hours(1));
  const TicketId old = w.ticket_from(a_mail_from("bob"));
  const TicketId urgent = w.ticket_from(a_mail_from("cid"));
  w.system(SetPriority{urgent, Priority::urgent});
  CHECK(w.ticket(urgent).rank < w.ticket(older).rank);
  w.pass(hours(3));
  const TicketId late = w.ticket_from(a_mail_from("dan"));
  w.system(SetPriority{late, Priority::urgent});
  CHECK(w.ticket(late).rank > w.ticket(old).rank);
}

TEST_CASE("no ticket is passed by one received later than the starvation bound") {
  Policy policy = a_policy();
  policy.slas = {a_sla()};
  policy.slas[0].targets.pop_back();
  policy.slas[0].targets[0].by_priority = {Duration{}, hours(10), hours(2), minutes(30)};
  // The largest credit, and the longest that a deadline can be away: no target, so max_wait.
  const Duration bound = hours(24) + hours(24);
  Engine engine(std::make_shared<const Policy>(policy), Snapshot{});
  std::uint64_t dice = 11;
  Instant now = monday_nine;
  for (int i = 0; i < 300; ++i) {
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    now = now + minutes(static_cast<std::int64_t>((dice >> 33) % 60));
    const Command mail{{}, a_mail_from("c" + std::to_string(i)).build()};
    Loaded loaded;
    loaded.asked = engine.needs(mail);
    const TicketId id = engine.apply(mail, loaded, now).receipt.ticket;
    const auto priority = static_cast<Priority>((dice >> 50) % 4);
    REQUIRE(engine.apply({{}, SetPriority{id, priority}}, {}, now).kind == Applied::Kind::done);
  }
  std::size_t passed = 0;
  for (const auto& [a, older] : engine.state().tickets)
    for (const auto& [b, younger] : engine.state().tickets) {
      if (younger.created_at <= older.created_at || younger.rank >= older.rank) continue;
      ++passed;
      REQUIRE(younger.created_at - older.created_at < bound);
    }
  CHECK(passed > 0);
}

TEST_CASE("a ticket nobody present can take does not block the ones behind it") {
  World w;
  const TicketId refund = w.ticket_from(a_mail_from("ann").saying("refund"));
  const TicketId plain = w.ticket_from(a_mail_from("bob").to({support_address}));
  const AgentId agent = w.someone({.queues = {general, billing}});
  CHECK(w.offered_to(refund) == AgentId{});
  CHECK(w.offered_to(plain) == agent);
}

TEST_CASE("parallel arrivals never exceed an agent's capacity") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 100});
  for (int i = 0; i < 100; ++i) w.receive(a_mail_from("customer" + std::to_string(i)));
  CHECK(w.state().load_percent(agent) == 100);
  CHECK(w.state().offers.size() == 5);
  CHECK(w.state().waiting(general) == 100);
}

TEST_CASE("a heavy ticket waits for room without keeping a light one from it") {
  Policy policy = a_policy();
  policy.weight_percent = {20, 33, 100, 33};
  World w(policy);
  const AgentId agent = w.someone({.capacity_percent = 60});
  Mail call = a_mail_from("ann");
  ReceiveMessage ringing = call.build();
  ringing.channel = Channel::voice;
  const TicketId heavy = w.system(ringing).receipt.ticket;
  const TicketId light = w.ticket_from(a_mail_from("bob"));
  CHECK(w.offered_to(heavy) == AgentId{});
  CHECK(w.offered_to(light) == agent);
}

TEST_CASE("new skills and queues bring an agent the tickets that waited for them") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  CHECK(w.offered_to(id) == AgentId{});
  w.put(agent, biller(3));
  CHECK(w.offered_to(id) == agent);
}

TEST_CASE("an agent who loses the skill, the queue or the account loses the offer") {
  World w;
  const AgentId agent = w.someone(biller(3));
  const TicketId id = w.ticket_from(a_mail_from("ann").saying("refund"));
  SECTION("the skill") { w.put(agent, biller(1)); }
  SECTION("the queue") { w.put(agent, biller(3, {general})); }
  SECTION("the account") {
    w.put(agent, biller(3), false);
    CHECK(w.agent(agent).presence == Presence::offline);
  }
  CHECK(w.offered_to(id) == AgentId{});
  CHECK(all<OfferRescinded>(w.journal())[0].cause == RescindCause::agent_changed);
}

TEST_CASE("a returning customer is held for the agent who knows them, then goes to anyone") {
  World w;
  const AgentId known = w.someone({.capacity_percent = 20});
  const TicketId first = w.ticket_with(known, a_mail_from("ann"));
  w.by(known, ResolveTicket{first, {}});
  w.ticket_with(known, a_mail_from("bob"));
  const AgentId other = w.someone();

  const TicketId second = w.ticket_from(a_mail_from("ann").id("another").about("new matter"));
  CHECK(w.ticket(second).preferred == known);
  CHECK(w.offered_to(second) == AgentId{});
  const auto events = w.pass(seconds(60));
  CHECK(has<PreferenceEnded>(events));
  CHECK(w.offered_to(second) == other);
}

TEST_CASE("the preferred agent takes a held ticket as soon as there is room") {
  World w;
  const AgentId known = w.someone({.capacity_percent = 20});
  const TicketId first = w.ticket_with(known, a_mail_from("ann"));
  w.someone();
  const TicketId second = w.ticket_from(a_mail_from("ann").id("another").about("new matter"));
  w.pass(seconds(10));
  w.by(known, ResolveTicket{first, {}});
  CHECK(w.offered_to(second) == known);
  CHECK(w.offer_of(second)->why.preferred);
}

TEST_CASE("a hold ends at once when the preferred agent leaves") {
  World w;
  const AgentId known = w.someone({.capacity_percent = 20});
  w.ticket_with(known, a_mail_from("ann"));
  const AgentId other = w.someone();
  const TicketId second = w.ticket_from(a_mail_from("ann").id("another").about("new matter"));
  REQUIRE(w.offered_to(second) == AgentId{});
  w.by(known, SetPresence{known, Presence::away, "lunch"});
  CHECK(w.offered_to(second) == other);
}

TEST_CASE("an absent last agent is no reason to wait") {
  World w;
  const AgentId known = w.someone();
  const TicketId first = w.ticket_with(known, a_mail_from("ann"));
  w.by(known, ResolveTicket{first, {}});
  w.by(known, SetPresence{known, Presence::offline, {}});
  const AgentId other = w.someone();
  const TicketId second = w.ticket_from(a_mail_from("ann").id("another").about("new matter"));
  CHECK(w.ticket(second).preferred == AgentId{});
  CHECK(w.offered_to(second) == other);
}

TEST_CASE("a queue with auto_accept assigns without asking") {
  Policy policy = a_policy();
  policy.queues[0].auto_accept = true;
  World w(policy);
  const AgentId agent = w.someone();
  const Applied applied = w.receive(a_mail_from("ann"));
  CHECK(has<OfferMade>(applied));
  CHECK(has<OfferAccepted>(applied));
  CHECK(w.ticket(applied.receipt.ticket).state == TicketState::assigned);
  CHECK(w.ticket(applied.receipt.ticket).agent == agent);
}

TEST_CASE("explain says for every agent why not, and the place in line") {
  World w;
  const AgentId unskilled = w.someone({.queues = {billing}});
  const AgentId elsewhere = w.someone();
  const AgentId away = w.someone(biller(3));
  w.by(away, SetPresence{away, Presence::away, "lunch"});
  w.ticket_from(a_mail_from("ann").saying("refund"));
  w.pass(minutes(1));
  const TicketId id = w.ticket_from(a_mail_from("bob").saying("refund"));
  const auto why = w.engine().explain(id);
  REQUIRE(why);
  CHECK(why->place == 2);
  CHECK(why->rule == refund_rule);
  REQUIRE(why->agents.size() == 3);
  CHECK(why->agents[0].agent == unskilled);
  CHECK(why->agents[0].verdict == Verdict::missing_skill);
  CHECK(why->agents[1].agent == elsewhere);
  CHECK(why->agents[1].verdict == Verdict::not_in_queue);
  CHECK(why->agents[2].verdict == Verdict::away);
}

TEST_CASE("a decision record lists at most 32 of a large team and counts all of them") {
  World w;
  for (int i = 0; i < 40; ++i) w.someone();
  const Applied applied = w.receive(a_mail_from("ann"));
  const Decision why = all<OfferMade>(applied).at(0).offer.why;
  CHECK(why.candidates.size() <= 32);
  CHECK(why.candidates.size() > 1);
  CHECK(why.candidates_total == 40);
  CHECK(why.candidates[1].verdict == Verdict::eligible_but_later);
}
