// SPDX-License-Identifier: Apache-2.0
// ticket.viewing over the console socket: who is told of whom, and for how long.
#include <boost/json/array.hpp>
#include <catch2/catch.hpp>
#include <memory>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

/// "ann bob*": who, and who of them writes.
std::string shown(const json::value& agents) {
  std::string out;
  for (const json::value& agent : agents.as_array())
    out += (out.empty() ? "" : " ") + std::string(agent.at("user").as_string()) +
           (agent.at("writing").as_bool() ? "*" : "");
  return out;
}

struct Looker : ConsoleClient {
  Looker(Office& office, const std::string& user) : ConsoleClient(office.port) { log_in(user); }

  std::string look(const json::value& ticket, bool writing = false) {
    return shown(call("ticket.viewing", {{"ticket", ticket}, {"writing", writing}}).at("agents"));
  }
  /// What the next notification says.
  std::string told() { return shown(event("viewers").at("data").at("agents")); }
};

}  // namespace

TEST_CASE("those who look at a ticket are told of each other and of nobody else") {
  Office office;
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  const json::value other = office.receive(a_mail_from("lan")).receipt.ticket.value;
  Looker as_ann(office, "ann"), as_bob(office, "bob"), boss(office, "sue");
  CHECK(as_ann.look(ticket).empty());
  CHECK(as_ann.told().empty());
  CHECK(as_bob.look(ticket, true) == "ann");
  CHECK(as_ann.told() == "bob*");
  CHECK(boss.look(other).empty());
  CHECK(as_bob.look(ticket, true) == "ann");  // Nothing new: nobody is told.
  CHECK(as_bob.look(ticket, false) == "ann");
  CHECK(as_ann.told() == "bob");
  CHECK(as_bob.look(other) == "sue");
  CHECK(as_ann.told().empty());
  CHECK(as_bob.look(nullptr).empty());
  CHECK(boss.told().empty());  // Its own coming,
  CHECK(boss.told() == "bob");
  CHECK(boss.told().empty());
}

TEST_CASE("a person with two pages is one, and gone when the last of them is") {
  Office office;
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  Looker as_ann(office, "ann");
  as_ann.look(ticket);
  CHECK(as_ann.told().empty());
  auto one = std::make_unique<Looker>(office, "bob");
  auto two = std::make_unique<Looker>(office, "bob");
  CHECK(one->look(ticket) == "ann");
  CHECK(two->look(ticket, true) == "ann");
  CHECK(as_ann.told() == "bob");
  CHECK(as_ann.told() == "bob*");
  two.reset();
  CHECK(as_ann.told() == "bob");
  one.reset();
  CHECK(as_ann.told().empty());
}

TEST_CASE("who falls silent is gone after a while") {
  OfficeSettings settings;
  settings.console.viewing_sweep = std::chrono::milliseconds(1);
  Office office(std::move(settings));
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  Looker as_ann(office, "ann"), as_bob(office, "bob");
  as_ann.look(ticket);
  for (std::string seen = as_bob.look(ticket); !seen.empty();) seen = as_bob.look(ticket);
  CHECK(as_bob.look(nullptr).empty());
}

TEST_CASE("a ticket that one may not see cannot be looked at") {
  Office office;
  const Submission in = office.receive(a_mail_from("kim").saying("a refund please"));
  const std::uint64_t hers = in.receipt.ticket.value;
  const std::uint64_t open = office.receive(a_mail_from("lan")).receipt.ticket.value;
  Looker as_ann(office, "ann"), as_bob(office, "bob");
  as_ann.look(open);
  CHECK(as_bob.look(open) == "ann");
  CHECK(as_bob.refusal("ticket.viewing", {{"ticket", hers}}) == "not_your_ticket");
  CHECK(as_bob.refusal("ticket.viewing", {{"ticket", 4711}}) == "no_such_ticket");
  CHECK(as_ann.look(open).empty());  // Who was refused looks at nothing.
  CHECK(as_ann.look(hers).empty());
  CHECK(as_bob.error("ticket.viewing", {{"ticket", open}, {"writing", 1}}) == -32602);
}
