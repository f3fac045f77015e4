// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "channels/email/smtp_dialogue.hpp"

namespace deskwire::email {
namespace {

SmtpRules lmtp() {
  SmtpRules rules;
  rules.lmtp = true;
  return rules;
}

const std::string kBilling = "RCPT TO:<billing@demo.test>\r\n";
const std::string kNobody = "RCPT TO:<nobody@demo.test>\r\n";

TEST_CASE("LMTP speaks LHLO only") {
  Dialogue d(lmtp());
  CHECK(d.greeting == "220 mx.demo.test LMTP Deskwire\r\n");
  CHECK(d.say("EHLO c\r\n") == "500 5.5.1 This is LMTP: say LHLO\r\n");
  CHECK(d.say("HELO c\r\n") == "500 5.5.1 This is LMTP: say LHLO\r\n");
  CHECK(d.say(kMail) == "503 5.5.1 Say LHLO first\r\n");
  CHECK(d.say("LHLO c\r\n").starts_with("250-mx.demo.test greets c\r\n250-PIPELINING\r\n"));
}

TEST_CASE("LMTP answers a mail once for each accepted recipient, in their order") {
  Dialogue d(lmtp());
  CHECK(d.greeted(true).say(kMail + kBilling + kNobody + kRcpt + "DATA\r\nx\r\n.\r\n") ==
        "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n550 5.1.1 No such mailbox here\r\n250 2.1.5 Ok\r\n354 End "
        "data with <CR><LF>.<CR><LF>\r\n"
        "250 2.0.0 <billing@demo.test> Ok: queued\r\n250 2.0.0 <support@demo.test> Ok: queued\r\n");
  CHECK(d.mails.size() == 1);
}

TEST_CASE("LMTP answers DATA without recipients with one 503") {
  Dialogue d(lmtp());
  CHECK(d.greeted(true)
            .say(kMail + kNobody + "DATA\r\n")
            .ends_with("503 5.5.1 No valid recipients\r\n"));
}

TEST_CASE("LMTP refuses a mail for each recipient, and a middle chunk once") {
  SmtpRules rules = lmtp();
  rules.max_message_bytes = 4;
  Dialogue d(rules);
  CHECK(d.greeted(true)
            .say(kMail + kBilling + kRcpt + "DATA\r\nlonger\r\n.\r\n")
            .ends_with("552 5.3.4 <billing@demo.test> Message exceeds the size limit\r\n"
                       "552 5.3.4 <support@demo.test> Message exceeds the size limit\r\n"));
  CHECK(d.say(kMail + kBilling + kRcpt + "BDAT 6\r\nlongerNOOP\r\n")
            .ends_with(
                "250 2.1.5 Ok\r\n552 5.3.4 Message exceeds the size limit\r\n250 2.0.0 Ok\r\n"));
}

TEST_CASE("the same recipient twice gets two statuses") {
  Dialogue d(lmtp());
  CHECK(d.greeted(true)
            .say(kMail + kRcpt + kRcpt + "BDAT 3 LAST\r\nx\r\n")
            .ends_with("250 2.0.0 <support@demo.test> Ok: queued\r\n250 2.0.0 <support@demo.test> "
                       "Ok: queued\r\n"));
}

}  // namespace
}  // namespace deskwire::email
