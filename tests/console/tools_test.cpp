// SPDX-License-Identifier: Apache-2.0
// Snooze, tags and taking an answer back, over the console socket.
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

/// Ann, to whom a ticket was offered that she took.
struct Desk {
  Office office;
  json::value ticket = office.receive(a_mail_from("kim")).receipt.ticket.value;
  ConsoleClient as_ann{office.port};

  Desk() {
    as_ann.log_in("ann");
    as_ann.call("ticket.claim", {{"ticket", ticket}});
  }
  json::object row(std::string_view method, json::object params = {}) {
    params["ticket"] = ticket;
    return as_ann.call(method, params).at("ticket").as_object();
  }
  std::size_t listed(const json::object& params) {
    return as_ann.call("ticket.list", params).at("items").as_array().size();
  }
  json::object answer(int hold_seconds, std::string_view id = "1") {
    return as_ann
        .call("ticket.reply", {{"ticket", ticket},
                               {"client_id", id},
                               {"text", "It is on its way."},
                               {"hold_seconds", hold_seconds}})
        .at("message")
        .as_object();
  }
};

}  // namespace

TEST_CASE("a snoozed ticket shows until when, and is found among the snoozed") {
  Desk desk;
  const json::value until = wire::time(desk.office.core().clock().now() + hours(3));
  CHECK(desk.row("ticket.snooze", {{"until", until}}).at("snoozed_until") == until);
  CHECK(desk.listed({{"snoozed", true}}) == 1);
  CHECK(desk.listed({{"snoozed", false}}) == 0);
  CHECK(desk.row("ticket.unsnooze").at("snoozed_until").is_null());
  CHECK(desk.as_ann.error("ticket.snooze",
                          {{"ticket", desk.ticket}, {"until", "2001-01-01T00:00:00Z"}}) == -32602);
}

TEST_CASE("tags come and go, and are looked for") {
  Desk desk;
  const json::object tagged = desk.row("ticket.tag", {{"add", {"vip", "lost_parcel"}}});
  CHECK(tagged.at("tags") == json::array{"lost_parcel", "vip"});
  CHECK(desk.listed({{"tag", "vip"}}) == 1);
  CHECK(desk.listed({{"tag", "other"}}) == 0);
  CHECK(desk.row("ticket.tag", {{"remove", {"vip"}}}).at("tags") == json::array{"lost_parcel"});
  CHECK(desk.as_ann.error("ticket.tag", {{"ticket", desk.ticket}, {"add", {"No Tag"}}}) == -32602);
  CHECK(desk.as_ann.error("ticket.tag", {{"ticket", desk.ticket}, {"add", "vip"}}) == -32602);
}

TEST_CASE("a held answer can be taken back, once, and its words come back") {
  Desk desk;
  const json::object held = desk.answer(60);
  CHECK(held.at("held_until").is_string());
  const json::object params{{"ticket", desk.ticket}, {"message", held.at("id")}};
  const json::object undone = desk.as_ann.call("message.undo", params);
  CHECK(undone.at("text") == "It is on its way.");
  CHECK(undone.at("message").at("delivery").at("state") == "withdrawn");
  CHECK(desk.as_ann.event("message.changed").at("data").at("message").at("delivery").at("state") ==
        "withdrawn");
  CHECK(desk.as_ann.call("message.undo", params).at("text") == "It is on its way.");
}

TEST_CASE("an answer that was not held cannot be taken back") {
  Desk desk;
  const json::object sent = desk.answer(0);
  CHECK(sent.at("held_until").is_null());
  CHECK(desk.as_ann.refusal("message.undo", {{"ticket", desk.ticket},
                                             {"message", sent.at("id")}}) == "already_sent");
  CHECK(desk.as_ann.error(
            "ticket.reply",
            {{"ticket", desk.ticket}, {"client_id", "2"}, {"text", "x"}, {"hold_seconds", 61}}) ==
        -32602);
}

TEST_CASE("an answer does not overlook what a colleague wrote meanwhile") {
  Desk desk;
  ConsoleClient as_sue(desk.office.port);
  as_sue.log_in("sue");
  as_sue.call("ticket.note",
              {{"ticket", desk.ticket}, {"client_id", "n"}, {"text", "Call first."}});
  const json::object params{
      {"ticket", desk.ticket}, {"client_id", "r"}, {"text", "Hello."}, {"expected_seq", 1}};
  CHECK(desk.as_ann.refusal("ticket.reply", params) == "ticket_changed");
}

TEST_CASE("a snooze is refused to a colleague, beyond a year, and of a ticket that waits") {
  Desk desk;
  ConsoleClient as_bob(desk.office.port);
  as_bob.log_in("bob");
  const json::value until = wire::time(desk.office.core().clock().now() + hours(3));
  const json::object params{{"ticket", desk.ticket}, {"until", until}};
  CHECK(as_bob.refusal("ticket.snooze", params) == "not_your_ticket");
  CHECK(desk.as_ann.refusal("ticket.snooze",
                            {{"ticket", desk.ticket}, {"until", "2999-01-01T00:00:00Z"}}) ==
        "invalid_argument");
  desk.row("ticket.pending");
  CHECK(desk.as_ann.refusal("ticket.snooze", params) == "wrong_state");
}

TEST_CASE("a ticket has twenty tags at most") {
  Desk desk;
  json::array many;
  for (int n = 0; n < 20; ++n) many.emplace_back("t" + std::to_string(n));
  CHECK(desk.row("ticket.tag", {{"add", many}}).at("tags").as_array().size() == 20);
  CHECK(desk.as_ann.refusal("ticket.tag", {{"ticket", desk.ticket}, {"add", {"more"}}}) ==
        "too_many_tags");
}

TEST_CASE(
    "a colleague cannot take an answer back, a supervisor can, and nobody what is not there") {
  Desk desk;
  const json::object params{{"ticket", desk.ticket}, {"message", desk.answer(60).at("id")}};
  ConsoleClient as_bob(desk.office.port), as_sue(desk.office.port);
  as_bob.log_in("bob");
  as_sue.log_in("sue");
  CHECK(as_bob.refusal("message.undo", params) == "not_allowed");
  CHECK(as_sue.refusal("message.undo", {{"ticket", desk.ticket}, {"message", 4711}}) ==
        "no_such_message");
  CHECK(as_sue.call("message.undo", params).at("text") == "It is on its way.");
}
