// SPDX-License-Identifier: Apache-2.0
// Log-ins over the console socket: who may change whom, sessions, tokens, the second factor.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "auth/totp.hpp"
#include "desk/second_factor.hpp"
#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

struct Someone : ConsoleClient {
  Someone(Office& office, const std::string& user) : ConsoleClient(office.port) {
    token = log_in(user);
  }
  std::string token;
};

json::object log_in_with(Office& office, const json::object& params) {
  ConsoleClient client(office.port);
  return client.ask("session.login", params);
}

bool opens(Office& office, const std::string& user, const std::string& password) {
  return log_in_with(office, {{"user", user}, {"password", password}}).contains("result");
}

std::string refusal_of(const json::object& answer) {
  return std::string(answer.at("error").at("data").at("refusal").as_string());
}

}  // namespace

TEST_CASE("an admin adds somebody, who logs in with queues, skills and capacity") {
  Office office;
  Someone boss(office, "ada");
  const json::object params{
      {"user", "eve"},         {"add", true},
      {"name", "Eve Lee"},     {"password", "long enough"},
      {"queues", {"general"}}, {"skills", {{{"skill", "german"}, {"level", 3}}}},
      {"capacity_percent", 50}};
  const json::value eve = boss.call("user.put", params).at("user");
  CHECK(eve.at("name") == "Eve Lee");
  CHECK(eve.at("role") == "agent");
  CHECK(eve.at("queues") == json::array{"general"});
  CHECK(eve.at("skills").at(0).at("skill") == "german");
  CHECK(eve.at("capacity_percent") == 50);
  CHECK(opens(office, "eve", "long enough"));
  CHECK(boss.refusal("user.put", params) == "invalid_argument");  // There is one already.
  const json::array rows = boss.call("audit.list").at("items").as_array();
  const auto put = std::ranges::find(rows, json::value("PutAgent"),
                                     [](const json::value& row) { return row.at("command"); });
  REQUIRE(put != rows.end());
  CHECK(put->at("actor") == "ada");
  CHECK(boss.call("user.list").at("items").as_array().size() == 5);
}

TEST_CASE("what is not given of a user stays, and a disabled one is out") {
  Office office;
  Someone boss(office, "ada"), as_ann(office, "ann");
  const json::value before = boss.call("user.list").at("items").at(0);
  boss.call("user.put", {{"user", "ann"}, {"name", "Ann Other"}});
  const json::value after = boss.call("user.list").at("items").at(0);
  CHECK(after.at("name") == "Ann Other");
  CHECK(after.at("queues") == before.at("queues"));
  CHECK(after.at("skills") == before.at("skills"));
  boss.call("user.put", {{"user", "ann"}, {"enabled", false}});
  CHECK_FALSE(opens(office, "ann", "secret-ann"));
  boss.call("user.put", {{"user", "ann"}, {"enabled", true}});
  CHECK(opens(office, "ann", "secret-ann"));
}

TEST_CASE("users are changed by admins alone, with values that are some, and one admin stays") {
  Office office;
  Someone boss(office, "ada"), as_sue(office, "sue"), as_ann(office, "ann");
  CHECK(as_ann.refusal("user.list") == "not_allowed");
  CHECK(as_ann.refusal("user.put", {{"user", "bob"}, {"role", "admin"}}) == "not_allowed");
  CHECK(as_sue.refusal("user.put", {{"user", "sue"}, {"role", "admin"}}) == "not_allowed");
  CHECK(boss.refusal("user.put", {{"user", "ada"}, {"role", "agent"}}) == "invalid_argument");
  CHECK(boss.refusal("user.put", {{"user", "ada"}, {"enabled", false}}) == "invalid_argument");
  CHECK(boss.refusal("user.put", {{"user", "nobody"}, {"name", "x"}}) == "invalid_argument");
  CHECK(boss.refusal("user.put", {{"user", "ann"}, {"password", "short"}}) == "invalid_argument");
  CHECK(boss.error("user.put", {{"user", "ann"}, {"role", "king"}}) == -32602);
  CHECK(boss.error("user.put", {{"user", "ann"}, {"queues", {"nowhere"}}}) == -32602);
  CHECK(boss.error("user.put", {{"user", "ann"}, {"skills", {"german"}}}) == -32602);
}

TEST_CASE("one's own password is changed with the old one, and ends all sessions") {
  Office office;
  Someone as_ann(office, "ann"), elsewhere(office, "ann");
  CHECK(as_ann.refusal("user.password", {{"current", "wrong"}, {"password", "a new one!"}}) ==
        "invalid_argument");
  as_ann.call("user.password", {{"current", "secret-ann"}, {"password", "a new one!"}});
  CHECK_FALSE(opens(office, "ann", "secret-ann"));
  CHECK(opens(office, "ann", "a new one!"));
  CHECK_FALSE(log_in_with(office, {{"token", elsewhere.token}}).contains("result"));
}

TEST_CASE("one sees one's sessions and ends one, and nobody else's") {
  Office office;
  Someone as_ann(office, "ann"), elsewhere(office, "ann"), as_bob(office, "bob");
  const json::array mine = as_ann.call("session.list").at("items").as_array();
  REQUIRE(mine.size() == 2);
  const json::value& other = mine[mine[0].at("current").as_bool() ? 1 : 0];
  CHECK_FALSE(other.at("current").as_bool());
  CHECK(as_bob.refusal("session.revoke", {{"id", other.at("id")}}) == "invalid_argument");
  CHECK(as_bob.refusal("session.list", {{"all", true}}) == "not_allowed");
  as_ann.call("session.revoke", {{"id", other.at("id")}});
  CHECK(as_ann.call("session.list").at("items").as_array().size() == 1);
  CHECK_FALSE(log_in_with(office, {{"token", elsewhere.token}}).contains("result"));
  CHECK(elsewhere.ask("board.subscribe").empty());  // Its socket was closed.
}

TEST_CASE("a token for another system asks as its user until it is revoked") {
  Office office;
  Someone boss(office, "ada"), as_ann(office, "ann");
  CHECK(as_ann.refusal("token.list") == "not_allowed");
  CHECK(as_ann.refusal("token.create", {{"name", "x"}, {"user", "ada"}}) == "not_allowed");
  const json::object made = boss.call("token.create", {{"name", "billing"}, {"user", "bob"}});
  const std::string token(made.at("token").as_string());
  CHECK(token.starts_with("dwt_"));
  const json::object opened = log_in_with(office, {{"token", token}});
  CHECK(opened.at("result").at("user").at("user") == "bob");
  CHECK(json::serialize(boss.call("token.list")).find(token) == std::string::npos);
  CHECK(boss.call("token.list").at("items").at(0).at("name") == "billing");
  boss.call("token.revoke", {{"id", made.at("row").at("id")}});
  CHECK_FALSE(log_in_with(office, {{"token", token}}).contains("result"));
  CHECK(boss.refusal("token.revoke", {{"id", "none"}}) == "invalid_argument");
}

TEST_CASE("with an authenticator app a password alone opens nothing, and a code opens once") {
  Office office;
  Someone as_ann(office, "ann"), boss(office, "ada");
  const json::object begun = as_ann.call("totp.begin");
  const std::string secret(begun.at("secret").as_string());
  CHECK(opens(office, "ann", "secret-ann"));  // It counts only once it is confirmed.
  const auto code_in = [&](int steps) {
    return totp_code(secret, totp_step(office.core().clock().now()) + steps);
  };
  CHECK(as_ann.refusal("totp.confirm", {{"code", "000000x"}}) == "invalid_argument");
  const json::value codes =
      as_ann.call("totp.confirm", {{"code", code_in(-1)}}).at("recovery_codes");
  REQUIRE(codes.as_array().size() == 8);
  const auto try_code = [&](const json::value& code) {
    return log_in_with(office, {{"user", "ann"}, {"password", "secret-ann"}, {"code", code}});
  };
  CHECK(refusal_of(log_in_with(office, {{"user", "ann"}, {"password", "secret-ann"}})) ==
        "totp_required");
  CHECK(refusal_of(try_code("123")) == "totp_wrong");
  const std::string next = code_in(0);
  CHECK(try_code(json::value(next)).contains("result"));
  CHECK(refusal_of(try_code(json::value(next))) == "totp_wrong");
  CHECK(try_code(codes.at(0)).contains("result"));
  CHECK(refusal_of(try_code(codes.at(0))) == "totp_wrong");
  CHECK(as_ann.refusal("totp.begin") == "invalid_argument");
  CHECK(as_ann.call("totp.get") == json::object{{"enabled", true}, {"recovery_codes_left", 7}});
  CHECK(boss.call("totp.get").at("enabled") == false);
  CHECK(as_ann.refusal("totp.disable", {{"user", "bob"}}) == "not_allowed");
  boss.call("totp.disable", {{"user", "ann"}});
  CHECK(opens(office, "ann", "secret-ann"));
}

TEST_CASE("nobody turns off their own second factor without a code, however they say it") {
  OfficeSettings settings;
  settings.sign_in.per_user = {.burst = 3, .refill = hours(1)};
  Office office(std::move(settings));
  Someone boss(office, "ada");
  const std::string secret(boss.call("totp.begin").at("secret").as_string());
  const auto code_in = [&](int steps) {
    return totp_code(secret, totp_step(office.core().clock().now()) + steps);
  };
  boss.call("totp.confirm", {{"code", code_in(-1)}});
  CHECK(boss.refusal("totp.disable", {{"user", "ada"}}) == "invalid_argument");
  CHECK(boss.refusal("totp.disable") == "invalid_argument");
  for (int wrong = 0; wrong < 3; ++wrong)
    CHECK(boss.refusal("totp.disable", {{"user", "ada"}, {"code", "000000x"}}) ==
          "invalid_argument");
  // The right one comes too late: wrong ones count as wrong log-ins do.
  CHECK(boss.error("totp.disable", {{"code", code_in(0)}}) == -32029);
}

TEST_CASE("a recovery code that is sent twice at the same time opens once") {
  Office office;
  Someone as_ann(office, "ann");
  const std::string secret(as_ann.call("totp.begin").at("secret").as_string());
  const std::string now = totp_code(secret, totp_step(office.core().clock().now()));
  const json::object confirmed = as_ann.call("totp.confirm", {{"code", now}});
  const std::string code(confirmed.at("recovery_codes").at(0).as_string());
  SecondFactor factor(office.core().workers());
  int passed = 0, refused = 0;
  office.run([](auto& f, auto& o, std::string c, int& yes, int& no) -> asio::awaitable<void> {
    TaskGroup both(o.executor(), "two log-ins");
    const auto once = [](auto& second, auto& desk, std::string typed, int& y,
                         int& n) -> asio::awaitable<void> {
      try {
        const auto is = co_await second.check(ann, typed, desk.core().clock().now());
        ++(is == SecondFactor::Verdict::passed ? y : n);
      } catch (const Busy&) {
        ++n;
      }
    };
    both.spawn(once(f, o, c, yes, no));
    both.spawn(once(f, o, c, yes, no));
    co_await both.join();
  }(factor, office, code, passed, refused));
  CHECK(passed == 1);
  CHECK(refused == 1);
}

TEST_CASE("an open socket does not keep a role that its user has lost") {
  Office office;
  Someone boss(office, "ada"), other(office, "ada"), as_sue(office, "sue");
  boss.call("user.put", {{"user", "sue"}, {"role", "admin"}});
  CHECK_FALSE(as_sue.ask("user.list").contains("result"));  // The session goes on elsewhere.
  Someone promoted(office, "sue");
  promoted.call("token.list");
  promoted.call("user.put", {{"user", "ada"}, {"role", "agent"}});
  // Both sockets of the one who is no admin any more, also the one that says nothing.
  CHECK_FALSE(boss.ask("user.put", {{"user", "ada"}, {"role", "admin"}}).contains("result"));
  CHECK_FALSE(other.ask("board.subscribe").contains("result"));
  ConsoleClient again(office.port);
  CHECK(again.call("session.resume", {{"token", boss.token}, {"after", 0}}).at("user").at("role") ==
        "agent");
}

TEST_CASE("sockets end with the password and the token that opened them") {
  Office office;
  Someone boss(office, "ada"), as_ann(office, "ann");
  const json::object made = boss.call("token.create", {{"name", "billing"}, {"user", "bob"}});
  ConsoleClient machine(office.port);
  machine.call("session.login", {{"token", made.at("token")}});
  boss.call("token.revoke", {{"id", made.at("row").at("id")}});
  CHECK_FALSE(machine.ask("board.subscribe").contains("result"));
  boss.call("user.put", {{"user", "ann"}, {"password", "another one"}});
  CHECK_FALSE(as_ann.ask("board.subscribe").contains("result"));
  // One's own: the answer still comes.
  boss.call("user.put", {{"user", "ada"}, {"password", "another one"}});
  CHECK_FALSE(boss.ask("board.subscribe").contains("result"));
}

TEST_CASE("a socket that says nothing ends with its session") {
  OfficeSettings settings;
  settings.console.look_again_every = std::chrono::milliseconds(10);
  SignIn* sign_in = nullptr;
  settings.more = [&](HttpServer&, FrontDesk& desk, Core&) { sign_in = &desk.sign_in(); };
  Office office(std::move(settings));
  Someone as_ann(office, "ann");
  office.run(sign_in->log_out(as_ann.token));
  CHECK(as_ann.socket.read_close() == 4401);
}

TEST_CASE("the outbox and the journal are for those who may look, by ids") {
  Office office;
  Someone boss(office, "ada"), as_ann(office, "ann");
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  CHECK(as_ann.refusal("outbox.list") == "not_allowed");
  CHECK(as_ann.refusal("audit.list") == "not_allowed");
  CHECK(as_ann.refusal("quarantine.list") == "not_allowed");
  CHECK(as_ann.refusal("policy.get") == "not_allowed");
  CHECK(as_ann.refusal("policy.check", {{"text", ""}}) == "not_allowed");
  CHECK(boss.call("quarantine.list").at("items") == json::array());
  as_ann.call("ticket.claim", {{"ticket", ticket}});
  const json::object audit = boss.call("audit.list", {{"ticket", ticket}});
  const json::array& rows = audit.at("items").as_array();
  REQUIRE(rows.size() >= 2);
  CHECK(rows.front().at("command") == "ClaimTicket");
  CHECK(rows.front().at("actor") == "ann");
  CHECK(rows.back().at("command") == "ReceiveMessage");
  CHECK(json::serialize(audit).find("kim@") == std::string::npos);
  const auto commands = [&](bool connections) {
    return json::serialize(boss.call("audit.list", {{"connections", connections}}));
  };
  CHECK(commands(true).find("AgentConnected") != std::string::npos);
  CHECK(commands(false).find("AgentConnected") == std::string::npos);
  const json::object held = as_ann.call(
      "ticket.reply",
      {{"ticket", ticket}, {"client_id", "1"}, {"text", "Hello."}, {"hold_seconds", 60}});
  const json::value out = boss.call("outbox.list").at("items").at(0);
  CHECK(out.at("message") == held.at("message").at("id"));
  CHECK(out.at("to").at(0) == "kim@example.test");
}
