// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "channels/email/inbound_fixture.hpp"

using namespace deskwire;
using namespace deskwire::email;
using test::crlf;
using test::Desk;

namespace {
std::string with(const std::string& fields) { return fields + "\r\nSubject: hi\r\n\r\nhello\r\n"; }
}  // namespace

TEST_CASE_METHOD(Desk, "machine mail is told from people's mail") {
  const std::string from = "From: ann@customer.test\r\n";
  CHECK(take(with(from + "X-Mailer: Mutt")).machine == Machine::none);
  CHECK(take(with(from + "Auto-Submitted: no")).machine == Machine::none);
  CHECK(take(with(from + "Precedence: first-class")).machine == Machine::none);
  CHECK(take(with(from + "Auto-Submitted: auto-replied (vacation)")).machine ==
        Machine::auto_reply);
  CHECK(take(with(from + "Auto-Submitted: auto-generated")).machine == Machine::auto_reply);
  CHECK(take(with(from + "X-Auto-Response-Suppress: OOF, AutoReply")).machine ==
        Machine::auto_reply);
  CHECK(take(with(from + "X-Autoreply: yes")).machine == Machine::auto_reply);
  CHECK(take(with(from + "Precedence: bulk")).machine == Machine::bulk);
  CHECK(take(with(from + "Precedence: LIST")).machine == Machine::bulk);
  CHECK(take(with(from + "List-Id: <x.y>")).machine == Machine::bulk);
  CHECK(take(with(from + "X-Loop: a@b")).machine == Machine::bulk);
  CHECK(take(with("From: No-Reply@shop.test")).machine == Machine::no_reply);
  CHECK(take(with("From: donotreply@shop.test")).machine == Machine::no_reply);
  CHECK(take(with("From: Postmaster@shop.test")).machine == Machine::no_reply);
  CHECK(take(with("From: billing+t1.x@demo.test")).machine == Machine::own_address);
}

TEST_CASE_METHOD(Desk, "the null return path is machine mail") {
  envelope.mail_from.clear();
  CHECK(take(with("From: ann@customer.test")).machine == Machine::auto_reply);
}

namespace {
const std::string kReport = crlf(
    "From: MAILER-DAEMON@mx.test\n"
    "Subject: Undelivered Mail Returned to Sender\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"
    "\n"
    "--b\n\nThe mail system\n\n<ann@customer.test>: user unknown\n"
    "--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx.test\n\n"
    "Final-Recipient: rfc822; ann@customer.test\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 user unknown\n"
    "\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <ours@demo.test>\nSubject: x\n\nbody\n"
    "--b--\n");
}  // namespace

TEST_CASE_METHOD(Desk, "a delivery status names the message that failed") {
  envelope.mail_from.clear();
  ReceiveMessage m = take(kReport);
  CHECK(m.machine == Machine::bounce);
  REQUIRE(m.bounce);
  CHECK(m.bounce->message_key == message_id_key(hasher, "ours@demo.test"));
  CHECK_FALSE(m.bounce->message);
  CHECK(m.bounce->permanent);
  CHECK(m.bounce->detail == "5.1.1 <ann@customer.test>: 550 5.1.1 user unknown");
  CHECK(m.bounce->dead_address == email_identity(hasher, {}, "ann@customer.test").key);
  SECTION("and the return path's token names it, too") {
    envelope.rcpt_to = {"support+" + bounce_token(hasher, {77}) + "@demo.test"};
    m = take(kReport);
    REQUIRE(m.bounce);
    CHECK(m.bounce->message == MessageId{77});
  }
  SECTION("delayed is not failed") {
    std::string delayed = kReport;
    delayed.replace(delayed.find("Action: failed"), 14, "Action: delayed");
    REQUIRE(take(delayed).bounce);
    CHECK_FALSE(take(delayed).bounce->permanent);
  }
  SECTION("delivered is no bounce") {
    std::string delivered = kReport;
    delivered.replace(delivered.find("Action: failed"), 14, "Action: delivered");
    CHECK_FALSE(take(delivered).bounce);
    CHECK(take(delivered).machine == Machine::bounce);
  }
}

TEST_CASE_METHOD(Desk, "a vacation reply to the return path is no bounce") {
  envelope.mail_from.clear();
  envelope.rcpt_to = {"support+" + bounce_token(hasher, {77}) + "@demo.test"};
  const ReceiveMessage m = take(with("From: ann@customer.test\r\nAuto-Submitted: auto-replied"));
  CHECK(m.machine == Machine::auto_reply);
  CHECK_FALSE(m.bounce);
}

TEST_CASE_METHOD(Desk,
                 "a report with an unverifiable token falls back on the returned Message-ID") {
  envelope.mail_from.clear();
  envelope.rcpt_to = {"support+b77.aaaaaaaaaaaaaaaa@demo.test"};
  const ReceiveMessage m = take(kReport);
  REQUIRE(m.bounce);
  CHECK_FALSE(m.bounce->message);
  CHECK(m.bounce->message_key == message_id_key(hasher, "ours@demo.test"));
}

TEST_CASE_METHOD(Desk, "only a trusted server's Authentication-Results count") {
  const std::string from = "From: ann@customer.test\r\n";
  const auto authenticated = [&](const std::string& fields) {
    return take(with(from + fields)).sender_authenticated;
  };
  CHECK(
      authenticated("Authentication-Results: mx.demo.test; dmarc=pass header.from=customer.test"));
  CHECK(
      authenticated("Authentication-Results: mx.demo.test;\r\n spf=fail smtp.mailfrom=x.test;\r\n "
                    "dkim=pass (2048) header.d=customer.test"));
  CHECK(authenticated(
      "Authentication-Results: MX.demo.test 1; spf=pass smtp.mailfrom=bounce@mail.customer.test"));
  CHECK_FALSE(
      authenticated("Authentication-Results: mx.evil.test; dmarc=pass header.from=customer.test"));
  CHECK_FALSE(authenticated("Authentication-Results: mx.demo.test; dkim=pass header.d=evil.test"));
  CHECK_FALSE(
      authenticated("Authentication-Results: mx.demo.test; spf=pass smtp.mailfrom=evil.test"));
  CHECK_FALSE(authenticated(
      "Authentication-Results: mx.demo.test; dmarc=fail (dmarc=pass) header.from=customer.test"));
  CHECK_FALSE(authenticated("Authentication-Results: mx.demo.test; none"));
  CHECK_FALSE(authenticated("X-Nothing: 1"));
  // What stands below was in the mail already when the trusted server wrote its own verdict on top.
  CHECK_FALSE(
      authenticated("Authentication-Results: mx.demo.test; dmarc=fail header.from=customer.test\r\n"
                    "Authentication-Results: mx.demo.test; dmarc=pass header.from=customer.test"));
}
