// SPDX-License-Identifier: Apache-2.0
// Macros over the console socket: who keeps them, who sees them, and what they say for a ticket.
#include <boost/json/array.hpp>
#include <catch2/catch.hpp>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

struct Someone : ConsoleClient {
  Someone(Office& office, const std::string& user) : ConsoleClient(office.port) { log_in(user); }

  json::object put(const json::object& macro) {
    return call("macro.put", macro).at("macro").as_object();
  }
  /// Names, in the order they are listed.
  std::string names() {
    std::string out;
    const json::object listed = call("macro.list");
    for (const json::value& item : listed.at("items").as_array())
      out += (out.empty() ? "" : ", ") + std::string(item.at("name").as_string());
    return out;
  }
  std::string complaint(const json::object& macro) {
    const json::object answer = ask("macro.put", macro);
    return std::string(answer.at("error").at("data").at("detail").as_string());
  }
};

}  // namespace

TEST_CASE("supervisors keep macros, and agents see those of their queues") {
  Office office;
  Someone boss(office, "sue"), as_ann(office, "ann"), as_bob(office, "bob");
  const json::object actions{
      {"state", "pending"}, {"tags_add", {"vip", "vip"}}, {"priority", "high"}};
  const json::object money = boss.put({{"name", "Money"},
                                       {"text", "Soon."},
                                       {"scope", "queue"},
                                       {"queue", "billing"},
                                       {"channel", "email"},
                                       {"actions", actions}});
  CHECK(money.at("scope") == "queue");
  CHECK(
      money.at("actions") ==
      json::object({{"state", "pending"}, {"tags_add", json::array{"vip"}}, {"priority", "high"}}));
  const json::object hello = boss.put({{"name", "Hello"}, {"text", "Hello."}});
  CHECK(hello.at("scope") == "all");
  CHECK(hello.at("id") != money.at("id"));
  CHECK(as_ann.names() == "Hello, Money");
  CHECK(as_bob.names() == "Hello");
  boss.put({{"id", hello.at("id")}, {"name", "Greeting"}, {"text", "Hello."}});
  CHECK(as_bob.names() == "Greeting");
  CHECK(boss.call("macro.delete", {{"id", hello.at("id")}}).empty());
  CHECK(boss.names() == "Money");
  CHECK(boss.refusal("macro.delete", {{"id", hello.at("id")}}) == "no_such_macro");
  CHECK(boss.refusal("macro.put", {{"id", hello.at("id")}, {"name", "x"}, {"text", "x"}}) ==
        "no_such_macro");
  CHECK(as_ann.refusal("macro.put", {{"name", "x"}, {"text", "x"}}) == "not_allowed");
  CHECK(as_ann.refusal("macro.delete", {{"id", money.at("id")}}) == "not_allowed");
}

TEST_CASE("a macro is filled for a ticket that its user may see") {
  Office office;
  Someone boss(office, "sue"), as_ann(office, "ann"), as_bob(office, "bob");
  const Submission in = office.receive(a_mail_from("kim").about("Order 12").saying("a refund"));
  const std::uint64_t ticket = in.receipt.ticket.value;
  const json::value all = boss.put({{"name", "All"},
                                    {"text",
                                     "{{customer.first_name}}: {{ticket.subject}}, "
                                     "{{ ticket.queue }}, {{agent.name}}"}})
                              .at("id");
  const json::object rendered = as_ann.call("macro.render", {{"macro", all}, {"ticket", ticket}});
  CHECK(rendered.at("text") == "kim: Order 12, billing, The ann");
  CHECK(rendered.at("missing").as_array().empty());
  CHECK(as_bob.refusal("macro.render", {{"macro", all}, {"ticket", ticket}}) == "not_your_ticket");
  const json::value hers =
      boss.put({{"name", "B"}, {"text", "x"}, {"scope", "queue"}, {"queue", "billing"}}).at("id");
  CHECK(as_bob.refusal("macro.render", {{"macro", hers}, {"ticket", ticket}}) == "no_such_macro");
  CHECK(as_ann.refusal("macro.render", {{"macro", hers}, {"ticket", 4711}}) == "no_such_ticket");
}

TEST_CASE("a macro that could not be used is refused with the reason") {
  Office office;
  Someone boss(office, "sue");
  CHECK(boss.complaint({{"name", "x"}, {"text", "Hi\n {{customer.nme}}"}})
            .find("{{customer.nme}}, at line 2, column 2") != std::string::npos);
  CHECK(boss.complaint({{"name", " "}, {"text", "x"}}).find("name") != std::string::npos);
  CHECK(boss.complaint({{"name", "x"}}).find("text") != std::string::npos);
  const auto wrong = [&](const char* key, const json::value& value) {
    return boss.error("macro.put", {{"name", "x"}, {"text", "x"}, {key, value}}) == -32602;
  };
  CHECK(wrong("id", 0));
  CHECK(wrong("scope", "some"));
  CHECK(wrong("scope", "queue"));
  CHECK(wrong("queue", "billing"));
  CHECK(wrong("channel", "pigeon"));
  CHECK(wrong("actions", json::array{}));
  CHECK(wrong("actions", json::object{{"state", "closed"}}));
  CHECK(wrong("actions", json::object{{"priority", 7}}));
  CHECK(wrong("actions", json::object{{"tags_add", json::array{"Bad Tag"}}}));
  CHECK(wrong("actions", json::object{{"delete", true}}));
  CHECK(boss.call("macro.put", {{"name", "x"}, {"actions", {{"state", "resolve"}}}})
            .at("macro")
            .at("text") == "");
}
