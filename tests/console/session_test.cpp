// SPDX-License-Identifier: Apache-2.0
// Log-in, limits, errors and the end of sessions on the console socket.
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

/// What the desk says back to one frame.
std::string said(ConsoleClient& client, std::string_view frame) {
  client.socket.send_text(frame);
  return client.socket.read_text();
}

bool connected(Office& office, AgentId agent) {
  return office.on_loop([&] { return office.core().engine().state().agent(agent)->connected; });
}

}  // namespace

TEST_CASE("an agent logs in by password, and by the token that this gave") {
  Office office;
  ConsoleClient first(office.port);
  CHECK(first.socket.handshake.headers.at("sec-websocket-protocol") == "deskwire.console.v1");
  const json::object result =
      first.call("session.login", {{"user", "Ann"}, {"password", "secret-ann"}});
  CHECK(result.at("user") ==
        json::object({{"id", 1}, {"user", "ann"}, {"name", "The ann"}, {"role", "agent"}}));
  ConsoleClient second(office.port);
  CHECK(second.call("session.login", {{"token", result.at("token")}}).at("user").at("id") == 1);
  ConsoleClient third(office.port,
                      "Cookie: deskwire_session=" + std::string(result.at("token").as_string()) +
                          "\r\nOrigin: http://127.0.0.1\r\n");
  CHECK(third.call("session.login").at("user").at("id") == 1);
}

TEST_CASE("nothing but a log-in is possible before the log-in") {
  Office office;
  ConsoleClient client(office.port);
  CHECK(client.error("ticket.list") == -32001);
  CHECK(client.error("session.login", {{"user", "ann"}, {"password", "wrong"}}) == -32001);
  CHECK(client.error("session.login", {{"user", "nobody"}, {"password", "x"}}) == -32001);
  CHECK(client.error("session.login", {{"token", "rubbish"}}) == -32001);
  CHECK(client.error("session.resume", {{"token", "rubbish"}, {"after", 0}}) == -32001);
  client.log_in("ann");
  CHECK(client.error("session.login", {{"user", "ann"}, {"password", "secret-ann"}}) == -32003);
}

TEST_CASE("who does not log in in time is closed with 4401") {
  OfficeSettings settings;
  settings.console.log_in_within = std::chrono::milliseconds(1);
  Office office(std::move(settings));
  ConsoleClient client(office.port);
  CHECK(client.socket.read_close() == 4401);
}

TEST_CASE("too many wrong passwords are told when to try again, for one user and one address") {
  OfficeSettings settings;
  settings.sign_in.per_user = {.burst = 2, .refill = hours(1)};
  settings.sign_in.per_address = {.burst = 4, .refill = hours(1)};
  Office office(std::move(settings));
  ConsoleClient client(office.port);
  const auto attempt = [&](const char* user, const char* password) {
    return client.ask("session.login", {{"user", user}, {"password", password}}).at("error");
  };
  CHECK(attempt("ann", "no").at("code") == -32001);
  CHECK(attempt("ann", "no").at("code") == -32001);
  const json::value limited = attempt("ann", "secret-ann");
  CHECK(limited.at("code") == -32029);
  CHECK(limited.at("data").at("retry_after_ms").to_number<int>() > 0);
  CHECK(attempt("bob", "no").at("code") == -32001);
  CHECK(attempt("bob", "no").at("code") == -32001);
  CHECK(attempt("sue", "no").at("code") == -32029);
}

TEST_CASE("right passwords count against no limit") {
  OfficeSettings settings;
  settings.sign_in.per_user = {.burst = 1, .refill = hours(1)};
  settings.sign_in.per_address = {.burst = 1, .refill = hours(1)};
  Office office(std::move(settings));
  for (int i = 0; i < 3; ++i) ConsoleClient(office.port).log_in("ann");
}

TEST_CASE("frames that are no call are answered with the codes of JSON-RPC") {
  Office office;
  ConsoleClient client(office.port);
  CHECK(
      said(client, "{") ==
      R"({"jsonrpc":"2.0","id":null,"error":)"
        R"({"code":-32700,"message":"not valid JSON: incomplete JSON"}})");
  const auto code = [&](std::string_view frame) {
    const std::string answer = said(client, frame);
    const auto at = answer.find("\"code\":");
    return std::stoi(answer.substr(at + 7));
  };
  CHECK(code("[]") == -32600);
  CHECK(code(R"([{"jsonrpc":"2.0","id":1,"method":"ticket.list"}])") == -32600);
  CHECK(code("7") == -32600);
  CHECK(code(R"({"id":1,"method":"x"})") == -32600);
  CHECK(code(R"({"jsonrpc":"2.0","id":{},"method":"x"})") == -32600);
  CHECK(code(R"({"jsonrpc":"2.0","id":1})") == -32600);
  CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"x","params":[1]})") == -32602);
  CHECK(code(R"({"jsonrpc":"2.0","id":1,"method":"nothing.like.it"})") == -32601);
  CHECK(code(R"({"jsonrpc":"2.0","id":"a","method":"session.login","params":{"user":5}})") ==
        -32602);
  CHECK(code(std::string(100, '[')) == -32700);
  client.socket.send_text(R"({"jsonrpc":"2.0","method":"nothing.like.it"})");
  CHECK(client.error("still.here") == -32601);
}

TEST_CASE("a session that calls faster than a person is slowed down") {
  OfficeSettings settings;
  settings.console.calls = {.burst = 3, .refill = hours(1), .max_keys = 1};
  Office office(std::move(settings));
  ConsoleClient client(office.port);
  client.log_in("ann");
  CHECK(client.ask("ticket.list").contains("result"));
  CHECK(client.ask("ticket.list").contains("result"));
  const json::object answer = client.ask("ticket.list");
  CHECK(answer.at("error").at("code") == -32029);
  CHECK(answer.at("error").at("data").at("retry_after_ms").to_number<int>() > 0);
}

TEST_CASE("an agent is connected from the first session to the end of the last") {
  Office office;
  ConsoleClient watcher(office.port);
  watcher.log_in("sue");
  {
    ConsoleClient one(office.port);
    one.log_in("ann");
    CHECK(connected(office, ann));
    {
      ConsoleClient two(office.port);
      two.log_in("ann");
    }
    // A later call is answered after the second socket's end was noticed, or not: either way the
    // first one still stands for the agent.
    CHECK(one.ask("ticket.list").contains("result"));
    CHECK(connected(office, ann));
  }
  for (;;) {
    const json::object changed = watcher.event("agent.changed");
    const json::value& agent = changed.at("data").at("agent");
    if (agent.at("user") == "ann" && !agent.at("connected").as_bool()) break;
  }
  CHECK_FALSE(connected(office, ann));
}

TEST_CASE("a logged-out session opens nothing any more") {
  Office office;
  ConsoleClient client(office.port);
  const std::string token = client.log_in("ann");
  CHECK(client.call("session.logout").empty());
  CHECK(client.socket.read_close() == 1000);
  CHECK(ConsoleClient(office.port).error("session.login", {{"token", token}}) == -32001);
}

TEST_CASE("disabling an agent ends the sessions") {
  Office office;
  ConsoleClient client(office.port);
  const std::string token = client.log_in("bob");
  PutAgent put;
  put.agent = bob;
  put.enabled = false;
  CHECK(office.submit({.actor = {}, .body = put}).kind == Submission::Kind::done);
  CHECK(client.socket.read_close() == 4401);
  CHECK(ConsoleClient(office.port).error("session.login", {{"token", token}}) == -32003);
}

TEST_CASE("one user has only so many sessions") {
  OfficeSettings settings;
  settings.console.sessions_per_user = 1;
  Office office(std::move(settings));
  ConsoleClient one(office.port);
  one.log_in("ann");
  ConsoleClient two(office.port);
  CHECK(two.error("session.login", {{"user", "ann"}, {"password", "secret-ann"}}) == -32029);
}
