// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "channels/email/smtp_dialogue.hpp"

namespace deskwire::email {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find("\r\n")); }

TEST_CASE("an ordinary conversation delivers one mail") {
  Dialogue d;
  CHECK(d.greeting == "220 mx.demo.test ESMTP Deskwire\r\n");
  CHECK(d.say("EHLO client.test\r\n") ==
        "250-mx.demo.test greets client.test\r\n250-PIPELINING\r\n250-SIZE "
        "26214400\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
        "250-CHUNKING\r\n250-HELP\r\n250 ENHANCEDSTATUSCODES\r\n");
  CHECK(d.say("MAIL FROM:<ann@example.org> SIZE=100 BODY=8BITMIME\r\n") == "250 2.1.0 Ok\r\n");
  CHECK(d.say("RCPT TO:<support@demo.test>\r\n") == "250 2.1.5 Ok\r\n");
  CHECK(d.say("DATA\r\n") == "354 End data with <CR><LF>.<CR><LF>\r\n");
  CHECK(d.machine.receiving());
  CHECK(d.say("Subject: hi\r\n\r\nhello\r\n.\r\n") == "250 2.0.0 Ok: queued\r\n");
  CHECK_FALSE(d.machine.receiving());
  CHECK(d.say("QUIT\r\n") == "221 2.0.0 Bye\r\n");
  CHECK(d.machine.want() == Dialogue::Want::close);
  REQUIRE(d.mails.size() == 1);
  CHECK(d.mails[0].envelope.sender == "ann@example.org");
  CHECK(d.mails[0].envelope.recipients[0].address == "support@demo.test");
  CHECK(d.mails[0].body == "Subject: hi\r\n\r\nhello\r\n");
}

TEST_CASE("HELO and the null return path are understood") {
  Dialogue d;
  CHECK(d.say("HELO old.test\r\n") == "250 mx.demo.test\r\n");
  CHECK_FALSE(d.machine.extended());
  CHECK(d.say("mail from:<>\r\nrcpt to:<support@demo.test>\r\ndata\r\n.\r\n") ==
        "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: "
        "queued\r\n");
  REQUIRE(d.mails.size() == 1);
  CHECK(d.mails[0].envelope.sender.empty());
  CHECK(d.mails[0].body.empty());
}

TEST_CASE("several mails pipelined in one piece are answered in order") {
  Dialogue d;
  const std::string mail = kMail + kRcpt + "DATA\r\nSubject: one\r\n\r\n1\r\n.\r\n";
  const std::string answer =
      "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: "
      "queued\r\n";
  CHECK(d.greeted().say(mail + mail + mail + "QUIT\r\n") ==
        answer + answer + answer + "221 2.0.0 Bye\r\n");
  CHECK(d.mails.size() == 3);
}

TEST_CASE("each verb in each state has one answer") {
  struct Row {
    const char* verb;
    const char* at_start;
    const char* after_hello;
    const char* after_mail;
    const char* after_rcpt;
  };
  const Row rows[] = {
      {"EHLO c", "250", "250", "250", "250"},
      {"HELO c", "250", "250", "250", "250"},
      {"LHLO c", "500 5.5.1", "500 5.5.1", "500 5.5.1", "500 5.5.1"},
      {"MAIL FROM:<a@b.c>", "503 5.5.1", "250 2.1.0", "503 5.5.1", "503 5.5.1"},
      {"RCPT TO:<support@demo.test>", "503 5.5.1", "503 5.5.1", "250 2.1.5", "250 2.1.5"},
      {"DATA", "503 5.5.1", "503 5.5.1", "503 5.5.1", "354"},
      {"BDAT 0 LAST", "503 5.5.1", "503 5.5.1", "503 5.5.1", "250 2.0.0"},
      {"RSET", "250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0"},
      {"NOOP", "250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0"},
      {"NOOP words", "250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0"},
      {"VRFY ann", "252 2.0.0", "252 2.0.0", "252 2.0.0", "252 2.0.0"},
      {"VRFY", "501 5.5.4", "501 5.5.4", "501 5.5.4", "501 5.5.4"},
      {"HELP", "214 2.0.0", "214 2.0.0", "214 2.0.0", "214 2.0.0"},
      {"STARTTLS", "503 5.5.1", "220 2.0.0", "220 2.0.0", "220 2.0.0"},
      {"EXPN list", "502 5.5.1", "502 5.5.1", "502 5.5.1", "502 5.5.1"},
      {"AUTH PLAIN", "502 5.5.1", "502 5.5.1", "502 5.5.1", "502 5.5.1"},
      {"QUIT", "221 2.0.0", "221 2.0.0", "221 2.0.0", "221 2.0.0"},
      {"FROBNICATE", "500 5.5.2", "500 5.5.2", "500 5.5.2", "500 5.5.2"},
      {"", "500 5.5.2", "500 5.5.2", "500 5.5.2", "500 5.5.2"},
      {"DATA now", "501 5.5.4", "501 5.5.4", "501 5.5.4", "501 5.5.4"},
      {"GET / HTTP/1.1", "554 5.5.1", "554 5.5.1", "554 5.5.1", "554 5.5.1"},
  };
  const std::string before[] = {"", "EHLO c\r\n", "EHLO c\r\n" + kMail,
                                "EHLO c\r\n" + kMail + kRcpt};
  for (const Row& row : rows) {
    const char* wanted[] = {row.at_start, row.after_hello, row.after_mail, row.after_rcpt};
    for (int i = 0; i < 4; ++i) {
      SmtpRules rules;
      rules.tls_offered = true;
      Dialogue d(rules);
      if (!before[i].empty()) d.say(before[i]);
      INFO(row.verb << " in state " << i);
      const std::string heard = d.say(std::string(row.verb) + "\r\n");
      CHECK(heard.starts_with(wanted[i]));
      CHECK((heard.starts_with("250-") || heard.find("\r\n") + 2 == heard.size()));
    }
  }
}

TEST_CASE("recipients are checked one by one and no mail is relayed") {
  Dialogue d;
  d.greeted().say(kMail);
  CHECK(d.say("RCPT TO:<nobody@demo.test>\r\n") == "550 5.1.1 No such mailbox here\r\n");
  CHECK(d.say("RCPT TO:<ann@elsewhere.test>\r\n") ==
        "550 5.7.1 Not our domain, and we do not relay\r\n");
  CHECK(d.say("RCPT TO:<>\r\n").starts_with("501 5.1.3"));
  CHECK(d.say("DATA\r\n") == "503 5.5.1 No valid recipients\r\n");
  CHECK(d.say("RCPT TO:<Postmaster>\r\n")
            .starts_with("550"));  // The fake host knows it in lower case only.
  CHECK(d.say("RCPT TO:<postmaster>\r\n") == "250 2.1.5 Ok\r\n");
  CHECK(d.machine.transaction().recipients.at(0).address == "support@demo.test");
  CHECK(d.say("RCPT TO:<@relay.test,@other.test:billing@demo.test>\r\n") == "250 2.1.5 Ok\r\n");
  CHECK(d.machine.transaction().recipients.at(1).given == "billing@demo.test");
}

TEST_CASE("a hundred recipients fit and the next is put off") {
  Dialogue d;
  d.greeted().say(kMail);
  for (int i = 0; i < 100; ++i) REQUIRE(d.say(kRcpt) == "250 2.1.5 Ok\r\n");
  CHECK(d.say(kRcpt).starts_with("452 4.5.3"));
  CHECK(d.say("DATA\r\n").starts_with("354"));
}

TEST_CASE("paths are read as senders write them") {
  struct Row {
    const char* argument;
    const char* sender;  ///< Null: refused.
  };
  const Row rows[] = {
      {"FROM:<a@b.c>", "a@b.c"},
      {"from: <a@b.c>", "a@b.c"},
      {"FROM:a@b.c", "a@b.c"},
      {"FROM:<\"a >b\"@b.c>", "\"a >b\"@b.c"},
      {"FROM:<\"a\\\"b\"@b.c>", "\"a\\\"b\"@b.c"},
      {"FROM:<root>", "root"},
      {"FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]"},
      {"FROM:<a+b=c.d@b-c.e>", "a+b=c.d@b-c.e"},
      {"FROM:<>", ""},
      {"FROM:", nullptr},
      {"FROM", nullptr},
      {"TO:<a@b.c>", nullptr},
      {"FROM:<a@b.c", nullptr},
      {"FROM:<a@b.c>x", nullptr},
      {"FROM:<a b@c.d>", nullptr},
      {"FROM:<a@@b.c>", nullptr},
      {"FROM:<@>", nullptr},
      {"FROM:<a@>", nullptr},
      {"FROM:<@b.c>", nullptr},
      {"FROM:<a@b..c>", nullptr},
      {"FROM:<a@-b>", nullptr},
      {"FROM:<\"a@b.c>", nullptr},
      {"FROM:<a@b.c> =x", nullptr},
      {"FROM:<a@b.c> SIZE=x", nullptr},
      {"FROM:<a@b.c> SIZE=", nullptr},
      {"FROM:<a@b.c> BODY=BINARYMIME", nullptr},
      {"FROM:<a@b.c> SMTPUTF8=1", nullptr},
      {"FROM:<a@b.c> RET=FULL", nullptr},
      {"FROM:<<a@b.c>>", nullptr},
  };
  for (const Row& row : rows) {
    Dialogue d;
    INFO(row.argument);
    const std::string heard = d.greeted().say("MAIL " + std::string(row.argument) + "\r\n");
    if (row.sender) {
      CHECK(heard == "250 2.1.0 Ok\r\n");
      CHECK(d.machine.transaction().sender == row.sender);
    } else {
      CHECK(heard.starts_with("5"));
    }
  }
}

TEST_CASE("a path over the limit is refused, one below is taken") {
  Dialogue d;
  d.greeted();
  CHECK(d.say("MAIL FROM:<" + std::string(600, 'a') + "@b.c>\r\n").starts_with("501 5.1.7"));
  CHECK(d.say("MAIL FROM:<" + std::string(400, 'a') + "@b.c>\r\n") == "250 2.1.0 Ok\r\n");
}

TEST_CASE("addresses beyond ASCII need SMTPUTF8 and well-formed UTF-8") {
  Dialogue d;
  d.greeted();
  CHECK(d.say("MAIL FROM:<jörg@example.org>\r\n").starts_with("553 5.6.7"));
  CHECK(d.say("MAIL FROM:<j\xC3@example.org> SMTPUTF8\r\n").starts_with("501 5.1.7"));
  CHECK(d.say("MAIL FROM:<ann@example.org>\r\nRCPT TO:<büro@demo.test>\r\nRSET\r\n")
            .find("553 5.6.7") != std::string::npos);
  CHECK(d.say("MAIL FROM:<jörg@example.org> SMTPUTF8\r\n") == "250 2.1.0 Ok\r\n");
  CHECK(d.say("RCPT TO:<büro@demo.test>\r\n") == "250 2.1.5 Ok\r\n");
  CHECK(d.machine.transaction().smtputf8);
}

TEST_CASE("a declared or real size over the limit is refused with 552") {
  SmtpRules rules;
  rules.max_message_bytes = 100;
  Dialogue d(rules);
  d.greeted();
  CHECK(d.say("MAIL FROM:<a@b.c> SIZE=101\r\n").starts_with("552 5.3.4"));
  CHECK(d.say("MAIL FROM:<a@b.c> SIZE=100\r\n") == "250 2.1.0 Ok\r\n");
  d.say(kRcpt + "DATA\r\n");
  CHECK(d.say(std::string(99, 'x') + "\r\n.\r\n").starts_with("552 5.3.4"));
  CHECK(d.say(kMail + kRcpt + "DATA\r\n" + std::string(98, 'x') + "\r\n.\r\n")
            .ends_with("250 2.0.0 Ok: queued\r\n"));
  CHECK(d.mails.size() == 1);
}

TEST_CASE("the text of a refused mail is not kept in memory") {
  SmtpRules rules;
  rules.max_message_bytes = 1000;
  Dialogue d(rules);
  d.greeted().say(kMail + kRcpt + "DATA\r\n");
  for (int i = 0; i < 100; ++i) {
    d.say(std::string(998, 'x') + "\r\n");
    REQUIRE(d.body.size() <= 2000);
  }
  CHECK(d.say(".\r\n").starts_with("552"));
}

TEST_CASE("a mail without room is read to its end and put off") {
  Dialogue d;
  d.greeted().say(kMail + kRcpt + "DATA\r\n");
  d.machine.refuse_body({452, "4.3.1", "No room"});
  CHECK(d.say("a\r\nMAIL FROM:<x@y.z>\r\n.\r\n") == "452 4.3.1 No room\r\n");
  CHECK(d.mails.empty());
  CHECK(d.say(kMail) == "250 2.1.0 Ok\r\n");
}

TEST_CASE("while intake is refused MAIL says so and costs the client nothing") {
  Dialogue d;
  d.host.full = SmtpReply{452, "4.3.1", "No room"};
  d.greeted();
  for (int i = 0; i < 50; ++i) REQUIRE(d.say(kMail) == "452 4.3.1 No room\r\n");
  d.host.full.reset();
  CHECK(d.say(kMail) == "250 2.1.0 Ok\r\n");
}

TEST_CASE("a command line over the bound is answered once, however long it is") {
  Dialogue d;
  d.greeted();
  CHECK(d.say("NOOP " + std::string(4089, 'x') + "\r\n") == "250 2.0.0 Ok\r\n");
  CHECK(d.say("NOOP " + std::string(4090, 'x') + "\r\n") == "500 5.5.2 Line too long\r\n");
  CHECK(d.say("NOOP " + std::string(300'000, 'x') + "\r\n", 1000) == "500 5.5.2 Line too long\r\n");
  CHECK(d.say("NOOP\r\n") == "250 2.0.0 Ok\r\n");
}

TEST_CASE("command lines end with CR LF and hold no controls") {
  Dialogue d;
  d.greeted();
  CHECK(d.say("NOOP\n").starts_with("500 5.5.2 Lines must end"));
  CHECK(d.say("NOOP a\rb\r\n").starts_with("500 5.5.2 Control"));
  CHECK(d.say(std::string_view("NO\0OP\r\n", 7)).starts_with("500 5.5.2 Control"));
  CHECK(d.say("\xFF\xFE\x80\r\n").starts_with("500 5.5.2"));
  CHECK(d.say("EHLO \xFF\xFE\r\n").starts_with("501"));
  CHECK(d.say("EHLO two words\r\n").starts_with("501"));
  CHECK(d.say("NOOP  \t \r\n") == "250 2.0.0 Ok\r\n");
}

TEST_CASE("a client that does nothing right is sent away") {
  SmtpRules rules;
  rules.max_errors = 3;
  Dialogue d(rules);
  CHECK(d.say("x\r\nx\r\nx\r\nNOOP\r\n")
            .ends_with("421 4.7.0 mx.demo.test Too many errors, closing\r\n"));
  CHECK(d.machine.want() == Dialogue::Want::close);
}

TEST_CASE("an accepted mail clears the count of errors and of commands") {
  SmtpRules rules;
  rules.max_errors = 3;
  rules.max_commands = 10;
  Dialogue d(rules);
  d.greeted();
  for (int i = 0; i < 5; ++i) d.say("x\r\nx\r\n" + kMail + kRcpt + "DATA\r\n.\r\n");
  CHECK(d.mails.size() == 5);
  for (int i = 0; i < 10; ++i) d.say("NOOP\r\n");
  CHECK(d.say("NOOP\r\n").starts_with("421 4.7.0"));
}

TEST_CASE("the verdict about a mail reaches the client as it is") {
  Dialogue d;
  d.greeted();
  d.verdict = {451, "4.3.2", "Busy"};
  CHECK(d.say(kMail + kRcpt + "DATA\r\nx\r\n.\r\n").ends_with("451 4.3.2 Busy\r\n"));
  CHECK(d.say(kMail) == "250 2.1.0 Ok\r\n");
}

TEST_CASE("RSET and a new EHLO drop the mail in hand") {
  Dialogue d;
  d.greeted().say(kMail + kRcpt);
  CHECK(d.say("RSET\r\nDATA\r\n").ends_with("503 5.5.1 MAIL and RCPT come first\r\n"));
  d.say(kMail + kRcpt + "EHLO again\r\n");
  CHECK(d.say("DATA\r\n").starts_with("503"));
  CHECK(d.say(kMail) == "250 2.1.0 Ok\r\n");
}

TEST_CASE("what was sent in the clear behind STARTTLS is never executed") {
  SmtpRules rules;
  rules.tls_offered = true;
  Dialogue d(rules);
  CHECK(d.say("EHLO c\r\n").find("250-STARTTLS\r\n") != std::string::npos);
  CHECK(d.say("STARTTLS\r\n" + kMail + kRcpt + "DATA\r\n") == "220 2.0.0 Ready to start TLS\r\n");
  REQUIRE(d.machine.want() == Dialogue::Want::tls);
  d.machine.tls_started();
  CHECK(d.unread.empty());
  CHECK(d.say("NOOP\r\n") == "250 2.0.0 Ok\r\n");
  CHECK(d.say(kMail) == "503 5.5.1 Say EHLO or HELO first\r\n");
  const std::string hello = d.say("EHLO c\r\n");
  CHECK(hello.find("STARTTLS") == std::string::npos);
  CHECK(d.say("STARTTLS\r\n").starts_with("503 5.5.1"));
}

TEST_CASE("TLS can be demanded, missing or busy") {
  SmtpRules rules;
  CHECK(Dialogue(rules).greeted().say("STARTTLS\r\n").starts_with("502 5.5.1"));
  rules.tls_offered = rules.tls_required = true;
  Dialogue d(rules);
  CHECK(d.greeted().say(kMail) == "530 5.7.0 Say STARTTLS first\r\n");
  d.host.tls_free = false;
  CHECK(d.say("STARTTLS\r\n") == "454 4.7.0 TLS is busy; try again soon\r\n");
}

TEST_CASE("a mail may come in chunks") {
  Dialogue d;
  d.greeted();
  CHECK(d.say(kMail + kRcpt + "BDAT 9\r\nSubject: BDAT 8 LAST\r\n1\r\n\r\n.\r\n") ==
        "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.0.0 9 octets received\r\n250 2.0.0 Ok: queued\r\n");
  REQUIRE(d.mails.size() == 1);
  CHECK(d.mails[0].body == "Subject: 1\r\n\r\n.\r\n");
}

TEST_CASE("a mail in chunks keeps its dots and knows no end mark") {
  Dialogue d;
  const std::string body = "a\r\n.\r\n..b\r\n";
  d.greeted().say(kMail + kRcpt);
  CHECK(d.say("BDAT 0\r\n") == "250 2.0.0 0 octets received\r\n");
  CHECK(d.say("NOOP\r\n") == "250 2.0.0 Ok\r\n");
  CHECK(d.say("DATA\r\n").starts_with("503 5.5.1 BDAT has begun"));
  CHECK(d.say(kRcpt).starts_with("503"));
  CHECK(d.say("BDAT " + std::to_string(body.size()) + "\r\n" + body).starts_with("250 2.0.0"));
  CHECK(d.say("BDAT 0 last\r\n") == "250 2.0.0 Ok: queued\r\n");
  REQUIRE(d.mails.size() == 1);
  CHECK(d.mails[0].body == body);
}

TEST_CASE("octets of a misplaced BDAT are skipped, not executed") {
  Dialogue d;
  const std::string octets = "QUIT\r\n";
  CHECK(d.say("BDAT 6\r\n" + octets + "EHLO c\r\n")
            .starts_with("503 5.5.1 MAIL and RCPT come first\r\n250-"));
  CHECK(d.say(kMail + "BDAT 6 LAST\r\n" + octets + "NOOP\r\n") ==
        "250 2.1.0 Ok\r\n503 5.5.1 No valid recipients\r\n250 2.0.0 Ok\r\n");
}

TEST_CASE("a BDAT whose count cannot be read ends the session") {
  for (const char* argument : {"x", "-1", "", "5 FIRST", "99999999999999999999", "2000000000"}) {
    Dialogue d;
    INFO(argument);
    CHECK(d.greeted()
              .say(kMail + kRcpt + "BDAT " + argument + "\r\nNOOP\r\n")
              .ends_with("501 5.5.4 Syntax: BDAT octets [LAST]\r\n"));
    CHECK(d.machine.want() == Dialogue::Want::close);
  }
}

TEST_CASE(
    "a chunked mail over the limit is refused at the chunk and its later chunks are skipped") {
  SmtpRules rules;
  rules.max_message_bytes = 10;
  Dialogue d(rules);
  d.greeted().say(kMail + kRcpt);
  CHECK(d.say("BDAT 8\r\n12345678BDAT 8\r\n12345678BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n") ==
        "250 2.0.0 8 octets received\r\n552 5.3.4 Message exceeds the size limit\r\n503 5.5.1 MAIL "
        "and RCPT come first\r\n250 2.0.0 Ok\r\n");
}

TEST_CASE("a timeout says 421 and closes") {
  Dialogue d;
  d.greeted();
  CHECK(d.machine.end({421, "4.4.2", "mx.demo.test Timeout, closing"}) == Dialogue::Want::close);
  CHECK(first_line(d.machine.take_replies()) == "421 4.4.2 mx.demo.test Timeout, closing");
}

}  // namespace
}  // namespace deskwire::email
