// SPDX-License-Identifier: Apache-2.0
// Calls that are announced: to whom, and how much of them.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

CallNotice a_call(std::vector<AgentId> to, bool everyone) {
  CallNotice notice;
  notice.state = "ringing";
  notice.call = "c1";
  notice.channel_name = "pbx";
  notice.from = "+84912345678";
  notice.from_shown = "+84 912 345 678";
  notice.agent = to.empty() ? AgentId{} : to.front();
  notice.at = monday_nine;
  notice.queue = billing;
  notice.to = std::move(to);
  notice.everyone = everyone;
  return notice;
}

/// The notification that came next, or nothing if an answer came first.
json::object heard(ConsoleClient& client) {
  client.socket.send_text(R"({"jsonrpc":"2.0","id":99,"method":"board.subscribe","params":{}})");
  json::object found;
  for (;;) {
    const json::object frame = json::parse(client.socket.read_text()).as_object();
    if (frame.contains("id")) return found;
    if (frame.at("method") == "call") found = frame.at("params").as_object();
  }
}

}  // namespace

TEST_CASE("a call for one agent is told to that agent alone") {
  Office office;
  ConsoleClient first(office.port), second(office.port);
  first.log_in("ann");
  second.log_in("bob");
  office.run(office.console().announce(a_call({ann}, false)));
  const json::object call = heard(first);
  CHECK(call.at("state") == "ringing");
  CHECK(call.at("agent") == "ann");
  CHECK(call.at("from_shown") == "+84 912 345 678");
  CHECK(call.at("customer").is_null());
  CHECK(heard(second).empty());
}

TEST_CASE("a call for nobody in particular is told to all who see its queue") {
  Office office;
  ConsoleClient first(office.port), second(office.port), boss(office.port);
  first.log_in("ann");
  second.log_in("bob");
  boss.log_in("sue");
  office.run(office.console().announce(a_call({}, true)));
  CHECK(heard(first).at("agent").is_null());
  CHECK(heard(second).empty());
  CHECK_FALSE(heard(boss).empty());
}

TEST_CASE("each agent is told those of the caller's tickets that they may see") {
  Office office;
  const TicketId seen = office.receive(a_mail_from("x")).receipt.ticket;
  const TicketId hidden = office.receive(a_mail_from("y").to({billing_address})).receipt.ticket;
  CallNotice notice = a_call({ann, bob}, false);
  notice.customer = CustomerId{1};
  for (const TicketId id : {seen, hidden}) {
    TicketRow row;
    row.ticket = office.on_loop([&] { return *office.core().engine().state().ticket(id); });
    row.subject = "help";
    notice.tickets.push_back(row);
  }
  ConsoleClient first(office.port), second(office.port);
  first.log_in("ann");
  second.log_in("bob");
  office.run(office.console().announce(notice));
  CHECK(heard(first).at("tickets").as_array().size() == 2);
  const json::object call = heard(second);
  REQUIRE(call.at("tickets").as_array().size() == 1);
  CHECK(call.at("tickets").at(0).at("id").to_number<std::uint64_t>() == seen.value);
  CHECK(call.at("customer").at("name").is_null());
}
