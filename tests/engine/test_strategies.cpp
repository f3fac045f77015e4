// SPDX-License-Identifier: Apache-2.0
// Who is chosen among those who may have a ticket.
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

Policy choosing(Strategy strategy) {
  Policy policy = a_policy();
  for (Queue& queue : policy.queues) queue.strategy = strategy;
  return policy;
}

/// Takes a new ticket that was offered to `agent`; its id.
TicketId take_one(World& w, AgentId agent, const std::string& sender) {
  const TicketId id = w.ticket_from(a_mail_from(sender));
  REQUIRE(w.offered_to(id) == agent);
  w.accept(agent, id);
  return id;
}

/// Two who had a ticket each: the second was done first, and so is idle for longer, though their
/// offer came later.
struct Pair {
  explicit Pair(World& w) {
    first = w.someone();
    w.pass(seconds(1));
    second = w.someone();
    w.pass(seconds(1));
    const TicketId a = take_one(w, first, "ann");
    w.pass(seconds(1));
    const TicketId b = take_one(w, second, "bob");
    w.pass(seconds(1));
    w.by(second, ResolveTicket{b, {}});
    w.pass(seconds(1));
    w.by(first, ResolveTicket{a, {}});
  }
  AgentId first, second;
};

}  // namespace

TEST_CASE("least loaded: the smallest share of one's own capacity is in use") {
  World w(choosing(Strategy::least_loaded));
  const AgentId small = w.someone({.capacity_percent = 60});
  const AgentId large = w.someone({.capacity_percent = 200});
  const TicketId first = w.ticket_from(a_mail_from("ann"));
  CHECK(w.offered_to(first) == small);  // Nobody has anything: the first by idle time and id.
  w.accept(small, first);
  for (const char* sender : {"bob", "cid", "dan"}) {
    w.pass(seconds(1));
    take_one(w, large, sender);  // 10, 20, 30 % of theirs against a third.
  }
  w.pass(seconds(1));
  take_one(w, large, "eva");
  take_one(w, small, "fay");
}

TEST_CASE("best skilled: the highest levels in what is asked for, then the longest idle") {
  World w(choosing(Strategy::best_skilled));
  const auto biller = [&](std::uint8_t level) {
    w.pass(seconds(1));
    return w.someone(
        {.queues = {general, billing}, .skills = {{invoices, level}}, .capacity_percent = 20});
  };
  biller(2);
  const AgentId expert = biller(5);
  const AgentId other = biller(5);
  const AgentId good = biller(4);
  const auto refund = [&](const char* sender) {
    return w.offered_to(w.ticket_from(a_mail_from(sender).saying("refund")));
  };
  CHECK(refund("ann") == expert);
  CHECK(refund("bob") == other);
  CHECK(refund("cid") == good);
}

TEST_CASE("best skilled: where nothing is asked for, the longest idle") {
  World w(choosing(Strategy::best_skilled));
  const AgentId novice = w.someone();
  w.pass(seconds(1));
  w.someone({.skills = {{invoices, 5}}});
  CHECK(w.offered_to(w.ticket_from(a_mail_from("ann"))) == novice);
}

TEST_CASE("round robin: the last offer is longest ago, whoever was done first") {
  World w(choosing(Strategy::round_robin));
  const Pair two(w);
  w.pass(seconds(1));
  CHECK(w.offered_to(w.ticket_from(a_mail_from("cid"))) == two.first);
}

TEST_CASE("longest idle: who was done first is chosen, though their last offer came later") {
  World w(choosing(Strategy::longest_idle));
  const Pair two(w);
  w.pass(seconds(1));
  CHECK(w.offered_to(w.ticket_from(a_mail_from("cid"))) == two.second);
}

TEST_CASE("round robin: somebody new comes before those who had an offer") {
  World w(choosing(Strategy::round_robin));
  const Pair two(w);
  w.pass(seconds(1));
  const AgentId fresh = w.someone();
  CHECK(w.offered_to(w.ticket_from(a_mail_from("cid"))) == fresh);
}

TEST_CASE("each queue chooses in its own way") {
  Policy policy = a_policy();
  policy.queues[1].strategy = Strategy::best_skilled;
  World w(policy);
  const AgentId novice =
      w.someone({.queues = {general, billing}, .skills = {{invoices, 2}}, .capacity_percent = 40});
  w.pass(seconds(1));
  const AgentId expert =
      w.someone({.queues = {general, billing}, .skills = {{invoices, 5}}, .capacity_percent = 40});
  CHECK(w.offered_to(w.ticket_from(a_mail_from("ann").saying("refund"))) == expert);
  CHECK(w.offered_to(w.ticket_from(a_mail_from("bob"))) == novice);
}

TEST_CASE("a decision says by what it was made, and who would have been next") {
  World w(choosing(Strategy::best_skilled));
  const auto biller = [&](std::uint8_t level) {
    return w.someone({.queues = {general, billing}, .skills = {{invoices, level}}});
  };
  const AgentId third = biller(2), first = biller(5), second = biller(3);
  const Applied applied = w.receive(a_mail_from("ann").saying("refund"));
  const Decision why = all<OfferMade>(applied).at(0).offer.why;
  CHECK(why.strategy == Strategy::best_skilled);
  REQUIRE(why.candidates.size() == 3);
  CHECK(why.candidates[0].agent == first);
  CHECK(why.candidates[1].agent == second);
  CHECK(why.candidates[2].agent == third);
}

TEST_CASE("a new policy's strategy holds from the next ticket on") {
  World w(choosing(Strategy::longest_idle));
  const Pair two(w);
  Policy next = choosing(Strategy::round_robin);
  next.version = 2;
  w.system(ReplacePolicy{std::make_shared<const Policy>(std::move(next))});
  w.pass(seconds(1));
  CHECK(w.offered_to(w.ticket_from(a_mail_from("cid"))) == two.first);
}
