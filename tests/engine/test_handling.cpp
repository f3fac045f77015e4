// SPDX-License-Identifier: Apache-2.0
// Moves of a ticket, and the table that allows them.
#include <fstream>

#include "deskwire/domain/transitions.hpp"
#include "support/world.hpp"

using namespace deskwire;
using namespace deskwire::test;

TEST_CASE("closed leads nowhere and only the system leads there") {
  for (const Transition& t : transitions()) {
    CHECK(t.from != TicketState::closed);
    if (t.to == TicketState::closed) CHECK(t.least == Party::system);
  }
}

TEST_CASE("a customer's rows are the customer's alone, the others open upwards") {
  using enum TicketState;
  CHECK(next_state(pending, Verb::customer_message_to_agent, Party::customer) == assigned);
  CHECK_FALSE(next_state(pending, Verb::customer_message_to_agent, Party::admin));
  CHECK_FALSE(next_state(queued, Verb::resolve, Party::agent));
  CHECK(next_state(queued, Verb::resolve, Party::admin) == resolved);
  CHECK_FALSE(next_state(assigned, Verb::resolve, Party::customer));
  CHECK_FALSE(next_state(resolved, Verb::set_pending, Party::system));
}

TEST_CASE("every pair of state and verb has one outcome for each party") {
  for (const Transition& a : transitions())
    for (const Transition& b : transitions())
      if (&a != &b) CHECK_FALSE((a.from == b.from && a.verb == b.verb));
}

TEST_CASE("the documentation shows the table as it is") {
  std::ifstream page("docs/transitions.md");  // Tests run in the root of the repository.
  REQUIRE(page);
  std::vector<std::string> documented, rows;
  for (std::string line; std::getline(page, line);)
    if (line.starts_with("| ") && !line.starts_with("| from ")) documented.push_back(line);
  for (const Transition& t : transitions()) {
    std::string row = "| ";
    for (const std::string_view cell : {name(t.from), name(t.verb), name(t.least), name(t.to)})
      row.append(cell).append(" | ");
    row.pop_back();
    rows.push_back(row);
  }
  CHECK(documented == rows);
}

TEST_CASE("pending gives the capacity back and the next ticket comes at once") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 20});
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const TicketId next = w.ticket_from(a_mail_from("bob"));
  CHECK(w.offered_to(next) == AgentId{});
  SECTION("pending") { w.by(agent, SetPending{id}); }
  SECTION("on hold") { w.by(agent, SetOnHold{id}); }
  SECTION("resolved") { w.by(agent, ResolveTicket{id, "done"}); }
  CHECK(w.offered_to(next) == agent);
  CHECK(w.ticket(id).agent == agent);
}

TEST_CASE("what the table does not have is a wrong state") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  CHECK(refused(w.by(agent, SetPending{id}), Refusal::wrong_state));
  CHECK(refused(w.by(agent, ResolveTicket{id, {}}), Refusal::wrong_state));
  w.accept(agent, id);
  CHECK(refused(w.by(agent, ClaimTicket{id}), Refusal::wrong_state));
  w.by(agent, ResolveTicket{id, {}});
  CHECK(refused(w.by(agent, ResolveTicket{id, {}}), Refusal::wrong_state));
  CHECK(refused(w.by(agent, SetOnHold{id}), Refusal::wrong_state));
}

TEST_CASE("a supervisor resolves a waiting ticket and its offer goes") {
  World w;
  const AgentId agent = w.someone();
  const AgentId boss = w.someone_absent({.queues = {}, .role = Role::supervisor});
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  const Applied applied = w.by(boss, ResolveTicket{id, "spam"});
  CHECK(has<OfferRescinded>(applied));
  CHECK(w.ticket(id).state == TicketState::resolved);
  CHECK(w.ticket(id).disposition == "spam");
  CHECK(w.state().load_percent(agent) == 0);
}

TEST_CASE("a resolved ticket closes after its time, not a moment sooner") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, "done"});
  w.pass(days(7) - milliseconds(1));
  CHECK(w.ticket(id).state == TicketState::resolved);
  const auto events = w.pass(milliseconds(1));
  REQUIRE(all<TicketStateChanged>(events).size() == 1);
  CHECK(all<TicketStateChanged>(events)[0].to == TicketState::closed);
}

TEST_CASE("claiming takes a waiting ticket, beyond capacity if need be, and says so") {
  World w;
  const AgentId agent = w.someone({.capacity_percent = 20});
  w.ticket_with(agent, a_mail_from("ann"));
  const TicketId id = w.ticket_from(a_mail_from("bob"));
  w.by(agent, ClaimTicket{id});
  CHECK(w.ticket(id).agent == agent);
  CHECK(w.ticket(id).manual);
  CHECK(w.state().load_percent(agent) == 40);
}

TEST_CASE("of two agents who claim the same ticket one gets it") {
  World w;
  const AgentId first = w.someone_absent({});
  const AgentId second = w.someone_absent({});
  const TicketId id = w.ticket_from(a_mail_from("ann"));
  w.by(first, ClaimTicket{id});
  CHECK(refused(w.by(second, ClaimTicket{id}), Refusal::not_your_ticket));
}

TEST_CASE("a transfer to a queue keeps the age and takes the ticket from its agent") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const Instant queued_at = w.ticket(id).queued_at;
  w.pass(minutes(10));
  const AgentId biller = w.someone({.queues = {billing}});
  const Applied applied = w.by(agent, TransferTicket{id, billing, {}, text("please")});
  CHECK(has<NoteAdded>(applied));
  CHECK(has<TicketUnassigned>(applied));
  CHECK(w.ticket(id).queue == billing);
  CHECK(w.ticket(id).queued_at == queued_at);
  CHECK(w.offered_to(id) == biller);
  CHECK(refused(w.reply(agent, id), Refusal::not_your_ticket));
}

TEST_CASE("a ticket given back to its own queue goes to the colleague who waited longer") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.pass(seconds(1));
  const AgentId colleague = w.someone();
  w.pass(seconds(1));
  w.by(agent, TransferTicket{id, general, {}, {}});
  CHECK(w.offered_to(id) == colleague);
}

TEST_CASE("a transfer to an agent assigns at once and is marked beyond capacity") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const AgentId full = w.someone_absent({.capacity_percent = 10});
  w.by(agent, TransferTicket{id, {}, full, {}});
  CHECK(w.ticket(id).agent == full);
  CHECK(w.ticket(id).manual);
  CHECK(w.state().load_percent(agent) == 0);
  CHECK(w.ticket(id).last_agent == full);
}

TEST_CASE("a transfer wakes a resolved ticket") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, ResolveTicket{id, {}});
  w.by(agent, TransferTicket{id, {}, agent, {}});
  CHECK(w.ticket(id).state == TicketState::assigned);
  CHECK_FALSE(has<TicketStateChanged>(w.pass(days(8))));
}

TEST_CASE("a transfer names one place that exists") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  const AgentId gone = w.someone_absent({});
  w.put(gone, {}, false);
  CHECK(refused(w.by(agent, TransferTicket{id, {}, {}, {}}), Refusal::invalid_argument));
  CHECK(refused(w.by(agent, TransferTicket{id, general, agent, {}}), Refusal::invalid_argument));
  CHECK(refused(w.by(agent, TransferTicket{id, {9}, {}, {}}), Refusal::no_such_queue));
  CHECK(refused(w.by(agent, TransferTicket{id, {}, {99}, {}}), Refusal::no_such_agent));
  CHECK(refused(w.by(agent, TransferTicket{id, {}, gone, {}}), Refusal::agent_disabled));
}

TEST_CASE("load equals the sum of live assignments after any order of moves") {
  World w;
  const AgentId agent = w.someone();
  const TicketId id = w.ticket_with(agent, a_mail_from("ann"));
  w.by(agent, SetPending{id});
  w.by(agent, SetOnHold{id});
  w.by(agent, SetPending{id});
  w.by(agent, ResolveTicket{id, {}});
  CHECK(w.state().load_percent(agent) == 0);
  w.receive(a_mail_from("ann").id("1").in_reply_to("mail of ann"));
  w.receive(a_mail_from("ann").id("2").in_reply_to("mail of ann"));
  CHECK(w.state().load_percent(agent) == 20);
  w.by(agent, TransferTicket{id, billing, {}, {}});
  CHECK(w.state().load_percent(agent) == 0);
}

TEST_CASE("what is done to the desk is noted for whoever may do it") {
  World w;
  const AgentId agent = w.someone();
  const AgentId boss = w.someone();
  w.put(boss, {.role = Role::admin});
  CHECK(refused(w.by(agent, NoteAct{DeskAct::macro_saved, {}, 7}), Refusal::not_allowed));
  CHECK(refused(w.by(agent, NoteAct{DeskAct::password_set, boss, 0}), Refusal::not_allowed));
  CHECK(refused(w.by(boss, NoteAct{}), Refusal::invalid_argument));
  const auto own = all<ActNoted>(w.by(agent, NoteAct{DeskAct::password_set, agent, 0})).at(0);
  CHECK(own.whom == agent);
  CHECK(own.at == w.now);
  CHECK(all<ActNoted>(w.by(boss, NoteAct{DeskAct::macro_deleted, {}, 7})).at(0).thing == 7);
}
