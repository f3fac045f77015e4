// SPDX-License-Identifier: Apache-2.0
// Drafts over the console socket: whose they are, and when they go.
#include <boost/json/array.hpp>
#include <catch2/catch.hpp>

#include "support/console_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

struct Writer : ConsoleClient {
  Writer(Office& office, const std::string& user, TicketId on)
      : ConsoleClient(office.port), ticket(on.value) {
    log_in(user);
  }

  json::object save(const std::string& kind, const std::string& text) {
    return call("draft.save",
                {{"ticket", ticket}, {"kind", kind}, {"text", text}, {"base_seq", 1}});
  }
  /// "reply:Dear note:Angry"
  std::string drafts() {
    std::string out;
    const json::object got = call("ticket.get", {{"ticket", ticket}});
    for (const json::value& draft : got.at("drafts").as_array())
      out += (out.empty() ? "" : " ") + std::string(draft.at("kind").as_string()) + ":" +
             std::string(draft.at("text").as_string());
    return out;
  }

  std::uint64_t ticket;
};

}  // namespace

TEST_CASE("drafts are kept for their writer alone, one of each kind") {
  Office office;
  const TicketId ticket = office.receive(a_mail_from("kim")).receipt.ticket;
  Writer as_ann(office, "ann", ticket), as_bob(office, "bob", ticket);
  const json::object saved = as_ann.save("reply", "Dea");
  CHECK(saved.at("saved_at").is_string());
  as_ann.save("reply", "Dear");
  as_ann.save("note", "Angry");
  as_bob.save("note", "Mine");
  CHECK(as_ann.drafts() == "reply:Dear note:Angry");
  CHECK(as_bob.drafts() == "note:Mine");
  Writer elsewhere(office, "ann", ticket);
  const json::object whole = elsewhere.call("ticket.get", {{"ticket", ticket.value}});
  CHECK(whole.at("drafts").at(0).at("base_seq") == 1);
  CHECK(whole.at("drafts").at(0).at("saved_at").is_string());
  as_ann.save("reply", "");
  CHECK(elsewhere.drafts() == "note:Angry");
}

TEST_CASE("what is sent is a draft no more, and the other kind stays") {
  Office office;
  const TicketId ticket = office.receive(a_mail_from("kim")).receipt.ticket;
  Writer as_bob(office, "bob", ticket);
  as_bob.call("ticket.claim", {{"ticket", ticket.value}});
  as_bob.save("reply", "Dear");
  as_bob.save("note", "Angry");
  as_bob.call("ticket.reply", {{"ticket", ticket.value}, {"client_id", "1"}, {"text", "Dear"}});
  CHECK(as_bob.drafts() == "note:Angry");
  as_bob.call("ticket.note", {{"ticket", ticket.value}, {"client_id", "2"}, {"text", "Angry"}});
  CHECK(as_bob.drafts().empty());
}

TEST_CASE("a draft is refused on a ticket that one may not see, and when it is none") {
  Office office;
  const Submission in = office.receive(a_mail_from("kim").saying("a refund please"));
  const TicketId hers = in.receipt.ticket;
  Writer as_ann(office, "ann", hers), as_bob(office, "bob", hers);
  const auto draft = [&](std::uint64_t ticket, const json::value& kind, const json::value& text) {
    return json::object{{"ticket", ticket}, {"kind", kind}, {"text", text}, {"base_seq", 0}};
  };
  CHECK(as_bob.refusal("draft.save", draft(hers.value, "note", "x")) == "not_your_ticket");
  CHECK(as_ann.refusal("draft.save", draft(4711, "note", "x")) == "no_such_ticket");
  CHECK(as_ann.error("draft.save", draft(hers.value, "letter", "x")) == -32602);
  CHECK(as_ann.error("draft.save", draft(hers.value, "note", nullptr)) == -32602);
  const std::string full(64u << 10, 'x');
  CHECK(as_ann.error("draft.save", draft(hers.value, "note", json::value(full + "x"))) == -32602);
  as_ann.save("note", full);
  CHECK(as_ann.drafts() == "note:" + full);
  // One's own can be given up wherever the ticket went.
  CHECK(as_bob.call("draft.save", draft(hers.value, "note", "")).contains("saved_at"));
  CHECK(as_ann.drafts() == "note:" + full);
}
