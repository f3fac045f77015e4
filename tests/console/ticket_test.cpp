// SPDX-License-Identifier: Apache-2.0
// The agent's work over the console socket: offers, answers, moves, and who may see what.
#include <boost/asio/co_spawn.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "codec/wire.hpp"
#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

/// `user` available on a console of their own.
struct AtWork : ConsoleClient {
  AtWork(Office& office, const std::string& user) : ConsoleClient(office.port) {
    log_in(user);
    call("presence.set", {{"state", "available"}});
  }
};

Mail refund() { return a_mail_from("kim").about("Order 12").saying("I want a refund."); }

}  // namespace

TEST_CASE("a mail is offered, accepted, read, answered and resolved") {
  Office office;
  AtWork agent(office, "ann");
  office.receive(refund());
  const json::object offer = agent.event("offer.made").at("data").as_object();
  CHECK(offer.at("ticket").at("subject") == "Order 12");
  CHECK(offer.at("ticket").at("customer").at("name") == "kim");
  CHECK(offer.at("why").at("matched").at(0).at("skill") == "invoices");
  CHECK(offer.at("why").at("candidates").at(0).at("agent") == "ann");

  const json::object accepted = agent.call("offer.accept", {{"offer", offer.at("offer")}});
  CHECK(accepted.at("ticket").at("state") == "assigned");
  CHECK(accepted.at("ticket").at("agent") == "ann");
  CHECK(agent.event("offer.ended").at("data").at("reason") == "accepted");

  const json::value& id = accepted.at("ticket").at("id");
  const json::object whole = agent.call("ticket.get", {{"ticket", id}});
  CHECK(whole.at("ticket").at("queue") == "billing");
  CHECK(whole.at("ticket").at("deadlines").at(0).at("state") == "running");
  CHECK(whole.at("messages").at(0).at("text") == "I want a refund.");
  CHECK(whole.at("messages").at(0).at("delivery").is_null());
  CHECK(whole.at("customer").at("identities").at(0).at("value") == "kim@example.test");

  const json::object params{
      {"ticket", id}, {"client_id", "c1"}, {"text", "Done."}, {"expected_seq", 1}};
  const json::object sent = agent.call("ticket.reply", params);
  CHECK(sent.at("message").at("direction") == "out");
  CHECK(sent.at("message").at("to").at(0).at("address") == "kim@example.test");
  CHECK(sent.at("message").at("subject") == "Re: Order 12");
  CHECK(sent.at("message").at("author").at("name") == "The ann");
  CHECK(sent.at("message").at("delivery").at("state") == "queued");
  CHECK(agent.call("ticket.reply", params).at("message").at("id") == sent.at("message").at("id"));
  CHECK(agent.event("message.added").at("data").at("message").at("direction") == "in");
  CHECK(agent.event("message.added").at("data").at("message").at("id") ==
        sent.at("message").at("id"));

  CHECK(agent.call("ticket.resolve", {{"ticket", id}, {"disposition", "paid"}})
            .at("ticket")
            .at("state") == "resolved");
  CHECK(agent.call("ticket.get", {{"ticket", id}}).at("ticket").at("disposition") == "paid");
}

TEST_CASE("a declined offer comes back as a refusal to nobody and can be accepted no more") {
  Office office;
  AtWork agent(office, "ann");
  office.receive(refund());
  const json::value offer = agent.event("offer.made").at("data").at("offer");
  CHECK(agent.call("offer.decline", {{"offer", offer}, {"reason", "lunch"}}).empty());
  CHECK(agent.event("offer.ended").at("data").at("reason") == "declined");
  CHECK(agent.refusal("offer.accept", {{"offer", offer}}) == "offer_ended");
  CHECK(agent.refusal("offer.accept", {{"offer", 999}}) == "no_such_offer");
}

TEST_CASE("an offer is its agent's alone, and a ticket its queue's") {
  Office office;
  AtWork ann_client(office, "ann"), bob_client(office, "bob");
  const TicketId ticket = office.receive(refund()).receipt.ticket;
  const json::value offer = ann_client.event("offer.made").at("data").at("offer");
  CHECK(bob_client.refusal("offer.accept", {{"offer", offer}}) == "not_offered_to_you");
  const json::object of_ticket{{"ticket", ticket.value}};
  CHECK(bob_client.refusal("ticket.get", of_ticket) == "not_your_ticket");
  CHECK(bob_client.refusal("ticket.explain", of_ticket) == "not_your_ticket");
  CHECK(bob_client.refusal("ticket.reply",
                           {{"ticket", ticket.value}, {"client_id", "x"}, {"text", "y"}}) ==
        "not_your_ticket");
  CHECK(bob_client.refusal("ticket.note",
                           {{"ticket", ticket.value}, {"client_id", "x"}, {"text", "y"}}) ==
        "not_your_ticket");
  CHECK(bob_client.refusal("ticket.resolve", of_ticket) == "not_your_ticket");
  CHECK(bob_client.refusal("ticket.list", {{"queue", "billing"}}) == "no_such_queue");
  CHECK(bob_client.call("ticket.list").at("items").as_array().empty());
  CHECK(ann_client.call("ticket.list", {{"queue", "billing"}}).at("items").as_array().size() == 1);
  CHECK(ann_client.refusal("ticket.get", {{"ticket", 4711}}) == "no_such_ticket");
  // What bob did see is about the general queue only.
  office.receive(a_mail_from("lee").about("Hello"));
  for (;;) {
    const json::object event = bob_client.event("ticket.changed");
    CHECK(event.at("data").at("ticket").at("queue") == "general");
    if (event.at("data").at("ticket").at("subject") == "Hello") break;
  }
}

TEST_CASE("a supervisor sees every queue and may set another's presence") {
  Office office;
  AtWork ann_client(office, "ann");
  ConsoleClient boss(office.port);
  boss.log_in("sue");
  office.receive(refund());
  CHECK(boss.event("ticket.changed").at("data").at("ticket").at("queue") == "billing");
  const json::object away{{"state", "away"}, {"reason", "training"}, {"agent", "ann"}};
  CHECK(boss.call("presence.set", away).at("state") == "away");
  for (;;) {
    const json::object changed = ann_client.event("agent.changed");
    if (changed.at("data").at("agent").at("reason") == "training") break;
  }
  CHECK(ann_client.refusal("presence.set", {{"state", "away"}, {"agent", "bob"}}) == "not_allowed");
  CHECK(ann_client.refusal("presence.set", {{"state", "away"}, {"agent", "zoe"}}) ==
        "no_such_agent");
  CHECK(ann_client.error("presence.set", {{"state", "asleep"}}) == -32602);
}

TEST_CASE("a late answer is told that the customer wrote meanwhile") {
  Office office;
  AtWork agent(office, "bob");
  const TicketId ticket = office.receive(a_mail_from("kim")).receipt.ticket;
  const json::value offer = agent.event("offer.made").at("data").at("offer");
  agent.call("offer.accept", {{"offer", offer}});
  Mail more = a_mail_from("kim").id("second");
  more.in_reply_to("mail of kim");
  CHECK(office.receive(more).receipt.ticket == ticket);
  const json::object late{
      {"ticket", ticket.value}, {"client_id", "l"}, {"text", "x"}, {"expected_seq", 1}};
  CHECK(agent.refusal("ticket.reply", late) == "ticket_changed");
}

TEST_CASE("tickets move: pending, hold, priority, to a queue, to an agent, claimed") {
  Office office;
  AtWork ann_client(office, "ann");
  ConsoleClient boss(office.port);
  boss.log_in("sue");
  office.receive(refund());
  const json::value offer = ann_client.event("offer.made").at("data").at("offer");
  const json::value id = ann_client.call("offer.accept", {{"offer", offer}}).at("ticket").at("id");
  const json::object of_ticket{{"ticket", id}};
  CHECK(ann_client.call("ticket.pending", of_ticket).at("ticket").at("state") == "pending");
  CHECK(ann_client.call("ticket.hold", of_ticket).at("ticket").at("state") == "on_hold");
  CHECK(boss.call("ticket.priority", {{"ticket", id}, {"priority", "urgent"}})
            .at("ticket")
            .at("priority") == "urgent");
  CHECK(ann_client.error("ticket.transfer", {{"ticket", id}}) == -32602);
  CHECK(ann_client.refusal("ticket.transfer", {{"ticket", id}, {"queue", "nowhere"}}) ==
        "no_such_queue");
  const json::object handed =
      ann_client.call("ticket.transfer", {{"ticket", id}, {"agent", "bob"}, {"note", "yours"}});
  CHECK(handed.at("ticket").at("agent") == "bob");
  ConsoleClient bob_client(office.port);
  bob_client.log_in("bob");
  const json::object mine = bob_client.call("ticket.list", {{"mine", true}});
  CHECK(mine.at("items").at(0).at("id") == id);
  CHECK(bob_client.call("ticket.get", of_ticket).at("messages").at(1).at("direction") == "note");
  CHECK(bob_client.call("ticket.transfer", {{"ticket", id}, {"queue", "general"}})
            .at("ticket")
            .at("queue") == "general");
  const json::object explained = boss.call("ticket.explain", of_ticket);
  CHECK(explained.at("queue") == "general");
  CHECK(explained.at("agents").as_array().size() == 4);
  CHECK_FALSE(explained.at("offers").as_array().empty());
}

TEST_CASE("an agent opens a ticket by mail, once") {
  Office office;
  AtWork agent(office, "bob");
  const json::object params{
      {"channel", "email"},   {"channel_name", "support"}, {"to", "Kim <Kim@Example.test>"},
      {"queue", "general"},   {"subject", "Your parcel"},  {"text", "It is here."},
      {"client_id", "open-1"}};
  const json::object made = agent.call("ticket.create", params);
  CHECK(made.at("ticket").at("state") == "assigned");
  CHECK(made.at("ticket").at("agent") == "bob");
  CHECK(agent.call("ticket.create", params).at("ticket").at("id") == made.at("ticket").at("id"));
  const json::object whole = agent.call("ticket.get", {{"ticket", made.at("ticket").at("id")}});
  CHECK(whole.at("messages").at(0).at("to").at(0).at("address") == "Kim@Example.test");
  const json::object again{{"channel", "email"},
                           {"channel_name", "support"},
                           {"customer", whole.at("customer").at("id")},
                           {"subject", "And now"},
                           {"text", "Hello"},
                           {"client_id", "open-2"}};
  const json::object second = agent.call("ticket.create", again);
  CHECK(second.at("ticket").at("customer").at("id") == whole.at("customer").at("id"));

  json::object wrong = params;
  wrong["to"] = "no address";
  CHECK(agent.error("ticket.create", wrong) == -32602);
  wrong = params;
  wrong["channel"] = "sms";
  CHECK(agent.error("ticket.create", wrong) == -32602);
}

TEST_CASE("a reply carries uploads of one's own and no one else's") {
  Office office;
  AtWork agent(office, "bob");
  office.receive(a_mail_from("kim"));
  const json::value id = agent.event("offer.made").at("data").at("ticket").at("id");
  const auto upload = [&](AgentId owner) {
    const auto put = [owner](Store& store) {
      const auto blob = store.blobs().keep("bytes");
      return store.put_upload({.id = 0,
                               .user = owner,
                               .name = "a.txt",
                               .type = "text/plain",
                               .size_bytes = 5,
                               .blob_sha256 = blob->sha256,
                               .created_at = monday_nine},
                              *blob);
    };
    std::promise<std::uint64_t> done;
    office.on_loop([&] {
      boost::asio::co_spawn(office.executor(), office.core().workers().store(put),
                            [&done](std::exception_ptr, std::uint64_t n) { done.set_value(n); });
    });
    return done.get_future().get();
  };
  const std::uint64_t mine = upload(bob), foreign = upload(ann);
  const json::object sent = agent.call(
      "ticket.reply",
      {{"ticket", id}, {"client_id", "f"}, {"text", "see"}, {"attachments", json::array{mine}}});
  CHECK(sent.at("message").at("attachments").at(0).at("name") == "a.txt");
  CHECK(agent.error("ticket.reply", {{"ticket", id},
                                     {"client_id", "g"},
                                     {"text", "see"},
                                     {"attachments", json::array{foreign}}}) == -32602);
  CHECK(agent.error("ticket.note", {{"ticket", id}, {"client_id", "h"}, {"text", ""}}) == -32602);
  CHECK(agent.error("ticket.note",
                    {{"ticket", id}, {"client_id", "h"}, {"text", std::string(70'000, 'x')}}) ==
        -32602);
}

TEST_CASE("lists go page by page and by state") {
  Office office;
  ConsoleClient boss(office.port);
  boss.log_in("sue");
  for (const char* who : {"a", "b", "c"}) office.receive(a_mail_from(who));
  const json::object first = boss.call("ticket.list", {{"limit", 2}});
  CHECK(first.at("items").as_array().size() == 2);
  CHECK(first.at("items").at(0).at("id").to_number<int>() >
        first.at("items").at(1).at("id").to_number<int>());
  const json::object second = boss.call("ticket.list", {{"limit", 2}, {"after", first.at("next")}});
  CHECK(second.at("items").as_array().size() == 1);
  CHECK(second.at("next").is_null());
  CHECK(boss.call("ticket.list", {{"state", "resolved"}}).at("items").as_array().empty());
  CHECK(boss.error("ticket.list", {{"state", "asleep"}}) == -32602);
  CHECK(boss.error("ticket.list", {{"limit", 201}}) == -32602);
  CHECK(boss.error("ticket.get", {{"ticket", -1}}) == -32602);
  CHECK(boss.error("ticket.get", {{"ticket", "1"}}) == -32602);
}

TEST_CASE("lists go by whose it is, by priority and by what is due") {
  Office office;
  ConsoleClient boss(office.port), as_ann(office.port);
  boss.log_in("sue");
  as_ann.log_in("ann");
  const json::value hers = office.receive(a_mail_from("a")).receipt.ticket.value;
  const json::value urgent = office.receive(a_mail_from("b")).receipt.ticket.value;
  as_ann.call("ticket.claim", {{"ticket", hers}});
  boss.call("ticket.priority", {{"ticket", urgent}, {"priority", "urgent"}});
  const auto listed = [&boss](const json::object& params) {
    json::array out;
    for (const json::value& row : boss.call("ticket.list", params).at("items").as_array())
      out.push_back(row.at("id"));
    return out;
  };
  CHECK(listed({{"agent", "ann"}}) == json::array{hers});
  CHECK(listed({{"agent", "bob"}}).empty());
  CHECK(boss.refusal("ticket.list", {{"agent", "nobody"}}) == "no_such_agent");
  CHECK(listed({{"priority", "urgent"}}) == json::array{urgent});
  CHECK(listed({{"priority", "normal"}}) == json::array{hers});
  CHECK(boss.error("ticket.list", {{"priority", "highest"}}) == -32602);
  const Instant now = office.core().clock().now();
  // The urgent one is due in an hour, the other in four.
  CHECK(listed({{"due_before", wire::time(now + hours(2))}}) == json::array{urgent});
  CHECK(listed({{"due_before", wire::time(now + hours(100))}}) == json::array{urgent, hers});
  CHECK(listed({{"due_before", wire::time(now)}}).empty());
  CHECK(boss.error("ticket.list", {{"due_before", "tomorrow"}}) == -32602);
}
