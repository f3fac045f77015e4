// SPDX-License-Identifier: Apache-2.0
// What happened to a ticket, in the words of people.
#include "desk/history_words.hpp"

#include <catch2/catch.hpp>

#include "support/builders.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

constexpr TicketId kTicket{7};
constexpr AgentId ann{1}, bob{2};

People two_people() {
  std::vector<UserRow> users(2);
  users[0].id = ann;
  users[0].user = "ann";
  users[0].name = "Ann Lee";
  users[1].id = bob;
  users[1].user = "bob";
  return People(std::move(users));
}

std::string told(AgentId by, std::string command, std::vector<Event> events) {
  const Actor actor = by ? Actor{ActorKind::agent, by} : Actor{};
  const JournalEntry entry{.seq = 1,
                           .at = monday_nine,
                           .actor = actor,
                           .command = std::move(command),
                           .events = std::move(events)};
  return words::happening(entry, kTicket, two_people(), a_policy()).text;
}

TicketAssigned to(AgentId agent) { return {.ticket = kTicket, .agent = agent, .at = {}}; }

TicketQueued in_queue(QueueId queue) {
  TicketQueued out;
  out.ticket = kTicket;
  out.queue = queue;
  return out;
}

TicketStateChanged now_is(TicketState state, std::string disposition = "") {
  return {.ticket = kTicket, .to = state, .disposition = std::move(disposition), .at = {}};
}

}  // namespace

TEST_CASE("an assignment says who did it") {
  CHECK(told(ann, "AcceptOffer", {to(ann)}) == "Ann Lee accepted it");
  CHECK(told(bob, "ClaimTicket", {to(bob)}) == "bob took it");
  CHECK(told(ann, "TransferTicket", {to(bob)}) == "Ann Lee gave it to bob");
  CHECK(told({}, "ReceiveMessage", {to(bob)}) == "It is with bob again");
  CHECK(told(AgentId{99}, "ClaimTicket", {to(AgentId{99})}) == "somebody took it");
}

TEST_CASE("a queue is where it waits, or where somebody moved it") {
  CHECK(told({}, "ReceiveMessage", {in_queue(billing)}) == "It waits in billing");
  CHECK(told(ann, "TransferTicket", {in_queue(billing)}) == "Ann Lee moved it to billing");
  CHECK(told(ann, "CreateTicket", {in_queue(billing)}) == "Ann Lee put it into billing");
  CHECK(told({}, "Tick", {in_queue(QueueId{99})}) == "It waits in a queue that is gone");
}

TEST_CASE("a resolved ticket says as what") {
  CHECK(told(ann, "ResolveTicket", {now_is(TicketState::resolved, "refunded")}) ==
        "Ann Lee resolved it: refunded");
  CHECK(told(ann, "SetOnHold", {now_is(TicketState::on_hold)}) == "Ann Lee set it to on hold");
  CHECK(told({}, "Tick", {now_is(TicketState::closed)}) == "It is closed");
}

TEST_CASE("several things of one act are one line, and another ticket's are not told") {
  CHECK(told(ann, "TagTicket", {TicketTagged{kTicket, {"a", "b"}, {"c"}, {}}}) ==
        "Ann Lee added the tags a, b and removed the tag c");
  CHECK(told({}, "Tick",
             {SlaBreached{kTicket, Metric::first_response, {}, {}},
              TicketWoken{kTicket, ann, WakeCause::time, {}},
              PriorityChanged{TicketId{8}, Priority::high, {}}}) ==
        "The first response is late, its snooze is over");
  CHECK(told(ann, "SendReply", {TicketWoken{kTicket, ann, WakeCause::agent, {}}}).empty());
}
