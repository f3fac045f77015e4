// SPDX-License-Identifier: Apache-2.0
// Mail that a colleague passes on belongs to whoever wrote it first.
#include <catch2/catch.hpp>

#include "channels/email/forwarded.hpp"
#include "channels/email/inbound_fixture.hpp"

using namespace deskwire;
using namespace deskwire::email;
using deskwire::email::test::crlf;
using deskwire::email::test::Desk;

namespace {

struct Forwarding : Desk {
  Forwarding() { believe({}); }

  void believe(std::vector<std::string> authserv_ids) {
    inbound.replace({.trusted_authserv_ids = std::move(authserv_ids),
                     .forwarders = {"boss@other.test", "@Sales.test"}},
                    mailboxes);
  }
  ReceiveMessage forward(std::string_view subject, std::string_view body,
                         std::string_view from = "Tom <tom@sales.test>",
                         std::string_view more = "") const {
    return take(crlf("From: " + std::string(from) + "\nSubject: " + std::string(subject) + "\n" +
                     std::string(more) + "\n" + std::string(body)));
  }
  [[nodiscard]] bool is_from(const ReceiveMessage& m, std::string_view address) const {
    return m.content->from.address == address &&
           m.sender.key == email_identity(hasher, {}, address).key;
  }
};

constexpr std::string_view kGmail =
    "Please help her.\n\n---------- Forwarded message ---------\nFrom: Ann B <ann@customer.test>\n"
    "Date: Mon, 3 Mar 2025 at 10:00\nSubject: My order\nTo: <tom@sales.test>\n\nWhere is it?\n";
constexpr std::string_view kOutlook =
    "Bitte antworten.\n\nVon: Ann B [mailto:ann@customer.test]\nGesendet: Montag, 3. März 2025\n"
    "An: Tom\nBetreff: Bestellung\n\nWo bleibt sie?\n";

}  // namespace

TEST_CASE_METHOD(Forwarding, "a mail that a colleague forwards is its author's") {
  const ReceiveMessage m = forward("Fwd: My order", kGmail);
  CHECK(is_from(m, "ann@customer.test"));
  CHECK(m.content->from.name == "Ann B");
  CHECK(m.content->forwarded_by == MailAddress{"Tom", "tom@sales.test"});
  CHECK(m.content->text.starts_with("Please help her."));
  CHECK(is_from(forward("WG: Bestellung", kOutlook), "ann@customer.test"));
  CHECK(is_from(forward("FW: Bestellung", kOutlook, "boss@Other.test"), "ann@customer.test"));
}

TEST_CASE_METHOD(Forwarding, "so is one that is attached whole") {
  const std::string body =
      "--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nFrom: Ann <ann@customer.test>\n"
      "Subject: My order\n\nWhere is it?\n--b--\n";
  const std::string_view type = "Content-Type: multipart/mixed; boundary=b\n";
  CHECK(is_from(forward("see below", body, "tom@sales.test", type), "ann@customer.test"));
  CHECK(is_from(
      forward("Re: x", body, "tom@sales.test", "In-Reply-To: <a@b.test>\n" + std::string(type)),
      "tom@sales.test"));
}

TEST_CASE_METHOD(Forwarding, "strangers make nobody a customer, nor do answers") {
  CHECK(is_from(forward("Fwd: My order", kGmail, "eve@evil.test"), "eve@evil.test"));
  CHECK(is_from(forward("Re: My order", kGmail), "tom@sales.test"));
  CHECK(is_from(forward("Fwd: hello", "no mail in here"), "tom@sales.test"));
  std::string ours(kGmail);
  ours.replace(ours.find("ann@customer.test"), 17, "support@demo.test");
  CHECK(is_from(forward("Fwd: My order", ours), "tom@sales.test"));
}

TEST_CASE_METHOD(Forwarding, "where mail is authenticated a colleague must be") {
  believe({"mx.demo.test"});
  CHECK(is_from(forward("Fwd: My order", kGmail), "tom@sales.test"));
  const std::string_view passed =
      "Authentication-Results: mx.demo.test; dmarc=pass header.from=sales.test\n";
  CHECK(is_from(forward("Fwd: My order", kGmail, "tom@sales.test", passed), "ann@customer.test"));
}
