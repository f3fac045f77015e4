// SPDX-License-Identifier: Apache-2.0
// Whom a note calls, over the console socket; and what the desk says of itself.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

json::object note(ConsoleClient& writer, const json::value& ticket, std::string_view text) {
  const json::object params{{"ticket", ticket}, {"client_id", "1"}, {"text", text}};
  return writer.call("ticket.note", params).at("message").as_object();
}

}  // namespace

TEST_CASE("a note tells those whom it names and who may see the ticket") {
  Office office;
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  ConsoleClient as_sue(office.port), as_ann(office.port);
  as_sue.log_in("sue");
  as_ann.log_in("ann");
  const std::string words = "@ann, look; not @nobody, nor me, @sue.";
  CHECK(note(as_sue, ticket, words).at("mentions") == json::array{"ann"});
  const json::value told = as_ann.event("mention").at("data");
  CHECK(told.at("ticket") == ticket);
  CHECK(told.at("by") == "The sue");
  CHECK(told.at("text").as_string() == words);
}

TEST_CASE("a note that is sent twice calls once") {
  Office office;
  const json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  ConsoleClient as_sue(office.port), as_ann(office.port);
  as_sue.log_in("sue");
  as_ann.log_in("ann");
  CHECK(note(as_sue, ticket, "@ann").at("id") == note(as_sue, ticket, "@ann").at("id"));
  as_ann.event("mention");
  for (const json::object& said : as_ann.events()) CHECK(said.at("type") != "mention");
}

TEST_CASE("the desk says which channels can be written to first and whose queues one sees") {
  Office office;
  ConsoleClient asker(office.port);
  asker.log_in("ann");
  const json::value desk = asker.call("desk.get", {});
  REQUIRE_FALSE(desk.at("channels").as_array().empty());
  for (const json::value& row : desk.at("channels").as_array()) {
    const json::value& kind = row.at("channel");
    CHECK(row.at("writes_first").as_bool() == (kind == "email" || kind == "sms"));
  }
  REQUIRE_FALSE(desk.at("queues").as_array().empty());
}
