// SPDX-License-Identifier: Apache-2.0
// Events without gaps: order, resume at any point, overflow, and the board.
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

/// What tells one event from another: everything but `prev`.
std::string identity(json::object event) {
  event.erase("prev");
  event.erase("data");
  return json::serialize(event);
}

/// Events up to the one that adds a message with this text.
std::vector<json::object> until_message(ConsoleClient& client, const std::string& text) {
  std::vector<json::object> out;
  for (;;) {
    json::object event = client.next_event();
    out.push_back(event);
    if (event.at("type") == "message.added" &&
        event.at("data").at("message").at("text") == json::value(text))
      return out;
  }
}

Mail mail(int n) {
  return a_mail_from("c" + std::to_string(n)).saying("mail " + std::to_string(n));
}

}  // namespace

TEST_CASE("each event names the one before it, and sequence numbers only grow") {
  Office office;
  ConsoleClient boss(office.port);
  const json::object result =
      boss.call("session.login", {{"user", "sue"}, {"password", "secret-sue"}});
  for (int n = 0; n < 5; ++n) office.receive(mail(n));
  std::uint64_t last = result.at("seq").to_number<std::uint64_t>();
  for (const json::object& event : until_message(boss, "mail 4")) {
    CHECK(event.at("prev").to_number<std::uint64_t>() == last);
    CHECK(event.at("seq").to_number<std::uint64_t>() > last);
    last = event.at("seq").to_number<std::uint64_t>();
  }
}

TEST_CASE("a session resumes after any event with exactly what it missed") {
  Office office;
  ConsoleClient steady(office.port);
  const json::object first =
      steady.call("session.login", {{"user", "sue"}, {"password", "secret-sue"}});
  for (int n = 0; n < 6; ++n) office.receive(mail(n));
  const std::vector<json::object> all = until_message(steady, "mail 5");
  const auto resumed_after = [&](const json::value& seq) {
    ConsoleClient client(office.port);
    client.call("session.resume", {{"token", first.at("token")}, {"after", seq}});
    // A connection of the watched person is an event of its own, after all those compared here.
    std::vector<std::string> out;
    for (const json::object& event : until_message(client, "mail 5"))
      out.push_back(identity(event));
    return out;
  };
  const auto expected_from = [&](std::size_t i) {
    std::vector<std::string> out;
    for (; i < all.size(); ++i) out.push_back(identity(all[i]));
    return out;
  };
  CHECK(resumed_after(first.at("seq")) == expected_from(0));
  for (std::size_t i = 0; i + 1 < all.size(); ++i)
    CHECK(resumed_after(all[i].at("seq")) == expected_from(i + 1));
}

TEST_CASE("what is committed while a session resumes is neither lost nor doubled") {
  Office office;
  ConsoleClient first(office.port);
  const json::object result =
      first.call("session.login", {{"user", "sue"}, {"password", "secret-sue"}});
  std::thread sender([&] {
    for (int n = 0; n < 200; ++n) office.receive(mail(n));
  });
  std::vector<std::unique_ptr<ConsoleClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<ConsoleClient>(office.port));
    clients.back()->call("session.resume",
                         {{"token", result.at("token")}, {"after", result.at("seq")}});
  }
  sender.join();
  for (const auto& client : clients) {
    std::set<std::string> texts;
    std::size_t count = 0;
    for (const json::object& event : until_message(*client, "mail 199")) {
      if (event.at("type") != "message.added") continue;
      ++count;
      texts.insert(std::string(event.at("data").at("message").at("text").as_string()));
    }
    CHECK(count == 200);
    CHECK(texts.size() == 200);
  }
}

TEST_CASE("who is too far behind, or ahead of the journal, is told to resync and goes on live") {
  OfficeSettings settings;
  settings.console.replay_rows = 3;
  Office office(std::move(settings));
  ConsoleClient first(office.port);
  const std::string token = first.log_in("sue");
  for (int n = 0; n < 6; ++n) office.receive(mail(n));
  for (const std::uint64_t after : {std::uint64_t{0}, std::uint64_t{1} << 40}) {
    ConsoleClient client(office.port);
    client.call("session.resume", {{"token", token}, {"after", after}});
    CHECK(client.event("resync").at("data").at("reason") == "too far behind");
    office.receive(a_mail_from("later" + std::to_string(after)).saying("later"));
    CHECK(client.event("message.added").at("data").at("message").at("text") == "later");
  }
}

TEST_CASE("an offer that still counts down is told again at log-in") {
  Office office;
  ConsoleClient one(office.port);
  one.log_in("bob");
  one.call("presence.set", {{"state", "available"}});
  office.receive(mail(1));
  const json::value offer = one.event("offer.made").at("data").at("offer");
  ConsoleClient two(office.port);
  two.log_in("bob");
  CHECK(two.event("offer.made").at("data").at("offer") == offer);
}

TEST_CASE("a console that does not read is told to resync and closed, others go on") {
  OfficeSettings settings;
  settings.http.socket_queue_bytes = 32u << 10;
  settings.http.socket_send_buffer = 4096;
  Office office(std::move(settings));
  ConsoleClient slow(office.port, "", 4096), quick(office.port);
  slow.log_in("sue");
  quick.log_in("sue");
  for (int n = 0; n < 200; ++n) {
    office.receive(mail(n));
    until_message(quick, "mail " + std::to_string(n));
  }
  std::string last;
  Frame frame;
  while ((frame = slow.socket.read_frame()).opcode == 1 || frame.opcode == 9) last = frame.payload;
  CHECK(last == R"({"jsonrpc":"2.0","method":"resync","params":{"reason":"overflow"}})");
  CHECK(frame.close_code() == 4009);
}

TEST_CASE("the board is a snapshot and then every change") {
  Office office;
  ConsoleClient boss(office.port), agent(office.port);
  boss.log_in("sue");
  agent.log_in("bob");
  const json::object board = boss.call("board.subscribe");
  CHECK(board.at("queues").as_array().size() == 2);
  CHECK(board.at("agents").as_array().size() == 4);
  const json::object& line = board.at("queues").at(0).as_object();
  CHECK(line.at("queue") == "general");
  CHECK(line.at("waiting") == 0);
  CHECK(line.at("level").at("percent").is_null());
  CHECK(line.at("arrivals").as_array().size() == 24);
  CHECK(board.at("totals").at("waiting") == 0);
  CHECK(board.at("at_risk") == json::array());
  CHECK(board.at("alerts") == json::array());
  office.receive(mail(1));
  const json::object waiting = boss.event("board.queue").at("data").as_object();
  CHECK(waiting.at("queue") == "general");
  CHECK(waiting.at("waiting") == 1);
  CHECK(waiting.at("next_due_at").is_string());
  agent.call("presence.set", {{"state", "available"}});
  for (;;) {
    const json::object row = boss.event("board.agent").at("data").as_object();
    if (row.at("user") == "bob" && row.at("load_percent") == 20) break;
  }
  const json::value offer = agent.event("offer.made").at("data").at("offer");
  agent.call("offer.accept", {{"offer", offer}});
  CHECK(boss.event("board.queue").at("data").at("waiting") == 0);
  CHECK(agent.call("board.subscribe").at("queues").as_array().size() == 1);
}

TEST_CASE("the totals follow every change and are the sums of the queues") {
  Office office;
  ConsoleClient boss(office.port);
  boss.log_in("sue");
  boss.call("board.subscribe");
  office.receive(mail(1));
  CHECK(boss.event("board.queue").at("data").at("arrivals").as_array().back() == 1);
  CHECK(boss.event("board.totals").at("data").at("waiting") == 1);
  office.receive(mail(2));
  CHECK(boss.event("board.totals").at("data").at("waiting") == 2);
  const json::object listed = boss.call("board.list", {{"figure", "waiting"}});
  CHECK(listed.at("total") == 2);
  CHECK(listed.at("items").as_array().size() == 2);
  CHECK(boss.call("board.list", {{"figure", "waiting"}, {"queue", "billing"}}).at("total") == 0);
  CHECK(boss.error("board.list", {{"figure", "weather"}}) == -32602);
  CHECK(boss.refusal("board.list", {{"figure", "waiting"}, {"queue", "x"}}) == "no_such_queue");
}

TEST_CASE("what a figure counts is shown only to those who see the queue") {
  Office office;
  ConsoleClient as_bob(office.port);
  as_bob.log_in("bob");
  office.receive(mail(1));
  CHECK(as_bob.call("board.list", {{"figure", "waiting"}}).at("total") == 1);
  CHECK(as_bob.refusal("board.list", {{"figure", "waiting"}, {"queue", "billing"}}) ==
        "no_such_queue");
  CHECK(as_bob.call("board.subscribe").at("at_risk") == json::array());
}

TEST_CASE("an agent is told where a ticket went that leaves their queues") {
  Office office;
  ConsoleClient agent(office.port), boss(office.port);
  agent.log_in("bob");
  boss.log_in("sue");
  const TicketId ticket = office.receive(mail(1)).receipt.ticket;
  CHECK(agent.event("ticket.changed").at("data").at("ticket").at("queue") == "general");
  boss.call("ticket.transfer", {{"ticket", ticket.value}, {"queue", "billing"}});
  CHECK(agent.event("ticket.changed").at("data").at("ticket").at("queue") == "billing");
  boss.call("ticket.priority", {{"ticket", ticket.value}, {"priority", "urgent"}});
  office.receive(mail(2));
  for (const json::object& event : until_message(agent, "mail 2"))
    if (event.at("type") == "ticket.changed")
      CHECK(event.at("data").at("ticket").at("queue") == "general");
}
