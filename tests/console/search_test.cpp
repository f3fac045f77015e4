// SPDX-License-Identifier: Apache-2.0
// ticket.search over the console socket: what it answers, and who sees what.
#include <boost/json/array.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

OfficeSettings with_search() {
  OfficeSettings settings;
  settings.with_search = [](TicketSearch&) {};
  settings.console.calls.burst = 1'000'000;  // The tests ask until the index has caught up.
  return settings;
}

struct Finder : ConsoleClient {
  Finder(Office& office, const std::string& user) : ConsoleClient(office.port) { log_in(user); }

  json::object search(const std::string& text) { return call("ticket.search", {{"query", text}}); }
  /// Subjects, in the order they are found.
  std::string found(const std::string& text) {
    std::string out;
    for (const json::value& item : search(text).at("items").as_array())
      out += (out.empty() ? "" : ", ") + std::string(item.at("ticket").at("subject").as_string());
    return out;
  }
  /// Asks until it is found: the index follows commits, it does not hold them up.
  std::string awaited(const std::string& text, const std::string& wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::string last = found(text);
    while (last != wanted && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      last = found(text);
    }
    return last;
  }
};

Mail mail(const std::string& who, const std::string& subject, const std::string& text) {
  return a_mail_from(who).id(subject).about(subject).saying(text);
}

}  // namespace

TEST_CASE("a search shows tickets with the place where the words are") {
  Office office(with_search());
  office.receive(mail("kim", "Hóa đơn", "Tôi cần hóa đơn đỏ"));
  Finder agent(office, "ann");
  agent.call("presence.set", {{"state", "available"}});
  REQUIRE(agent.awaited("hoa don do ", "Hóa đơn") == "Hóa đơn");
  const json::object answer = agent.search("hoa don do ");
  const json::value& item = answer.at("items").at(0);
  CHECK(item.at("ticket").at("customer").at("name") == "kim");
  CHECK(item.at("field") == "message");
  CHECK(item.at("message").is_int64());
  CHECK(item.at("snippet").at(1) == json::object({{"text", "hóa"}, {"hit", true}}));
  CHECK(answer.at("next").is_null());
  CHECK(answer.at("hints").as_array().empty());
}

TEST_CASE("each finds only the tickets that they may see") {
  Office office(with_search());
  office.receive(mail("kim", "one", "any news of my parcel"));
  office.receive(mail("lan", "two", "a refund for my parcel"));  // Goes to billing.
  Finder supervisor(office, "sue"), as_ann(office, "ann"), as_bob(office, "bob"),
      admin(office, "ada");
  CHECK(supervisor.awaited("parcel ", "two, one") == "two, one");
  CHECK(admin.found("parcel ") == "two, one");
  CHECK(as_ann.found("parcel ") == "two, one");
  CHECK(as_bob.found("parcel ") == "one");
  CHECK(as_bob.found("refund ").empty());
  CHECK(as_bob.found("#2").empty());
  CHECK(as_bob.found("from:lan ").empty());
  CHECK(as_ann.found("#2") == "two");
}

TEST_CASE("a ticket handed to someone is found by them, and no more by those it left") {
  Office office(with_search());
  const Submission in = office.receive(mail("lan", "two", "a refund"));
  Finder supervisor(office, "sue"), as_bob(office, "bob");
  REQUIRE(supervisor.awaited("refund ", "two") == "two");
  supervisor.call("ticket.transfer", {{"ticket", in.receipt.ticket.value}, {"agent", "bob"}});
  CHECK(as_bob.awaited("refund agent:me ", "two") == "two");
  supervisor.call("ticket.transfer", {{"ticket", in.receipt.ticket.value}, {"queue", "billing"}});
  CHECK(as_bob.found("refund ").empty());
}

TEST_CASE("filters name states, queues, agents and channels") {
  Office office(with_search());
  office.receive(mail("kim", "one", "any news of my parcel"));
  const Submission two = office.receive(mail("lan", "two", "a refund for my parcel"));
  Finder as_sue(office, "sue");
  REQUIRE(as_sue.awaited("parcel ", "two, one") == "two, one");
  CHECK(as_sue.found("parcel queue:billing ") == "two");
  CHECK(as_sue.found("parcel queue:billing,General ") == "two, one");
  CHECK(as_sue.found("parcel -queue:billing ") == "one");
  CHECK(as_sue.found("queue:billing") == "two");
  CHECK(as_sue.found("parcel channel:email ") == "two, one");
  CHECK(as_sue.found("parcel channel:support ") == "two, one");
  CHECK(as_sue.found("parcel channel:sms ").empty());
  CHECK(as_sue.found("parcel agent:none ") == "two, one");
  Finder as_ann(office, "ann");
  as_ann.call("ticket.claim", {{"ticket", two.receipt.ticket.value}});
  CHECK(as_sue.awaited("parcel agent:ann ", "two") == "two");
  CHECK(as_sue.found("parcel state:assigned ") == "two");
  CHECK(as_sue.found("parcel state:open ") == "two, one");
  CHECK(as_sue.found("parcel -state:open ").empty());
}

TEST_CASE("a filter that means nothing finds nothing and says so") {
  Office office(with_search());
  office.receive(mail("kim", "one", "any news of my parcel"));
  Finder as_bob(office, "bob");
  REQUIRE(as_bob.awaited("parcel ", "one") == "one");
  const auto hint = [&as_bob](const std::string& text) {
    const json::object answer = as_bob.search(text);
    CHECK(answer.at("items").as_array().empty());
    return std::string(answer.at("hints").at(0).as_string());
  };
  CHECK(hint("parcel state:resolvd ") ==
        "There is no state \"resolvd\"; did you mean \"resolved\"?");
  CHECK(hint("parcel queue:billing ") == "There is no queue \"billing\".");
  CHECK(hint("parcel agent:nobody-at-all ") == "There is no agent \"nobody-at-all\".");
}

TEST_CASE("pages of a search go on where the last one ended") {
  Office office(with_search());
  for (int i = 0; i < 7; ++i)
    office.receive(mail("kim" + std::to_string(i), std::to_string(i), "parcel"));
  Finder as_bob(office, "bob");
  REQUIRE(as_bob.awaited("parcel ", "6, 5, 4, 3, 2, 1, 0").size() == 19);
  std::string all;
  json::value after = nullptr;
  do {
    const json::object page =
        as_bob.call("ticket.search", {{"query", "parcel "}, {"limit", 3}, {"after", after}});
    for (const json::value& item : page.at("items").as_array())
      all += std::string(item.at("ticket").at("subject").as_string());
    after = page.at("next");
  } while (!after.is_null());
  CHECK(all == "6543210");
}

TEST_CASE("a question that is none is refused, and an empty one finds nothing") {
  Office office(with_search());
  Finder as_bob(office, "bob");
  CHECK(as_bob.error("ticket.search") == -32602);
  CHECK(as_bob.error("ticket.search", {{"query", 7}}) == -32602);
  CHECK(as_bob.error("ticket.search", {{"query", std::string(513, 'x')}}) == -32602);
  CHECK(as_bob.error("ticket.search", {{"query", "x"}, {"limit", 51}}) == -32602);
  CHECK(as_bob.search("  ").at("items").as_array().empty());
  ConsoleClient stranger(office.port);
  CHECK(stranger.error("ticket.search", {{"query", "x"}}) == -32001);
}
