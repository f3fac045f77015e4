// SPDX-License-Identifier: Apache-2.0
#include "channels/email/inbound.hpp"

#include <catch2/catch.hpp>

#include "channels/email/inbound_fixture.hpp"
#include "mime/parsed_mail.hpp"

using namespace deskwire;
using namespace deskwire::email;
using test::crlf;
using test::Desk;

namespace {
const std::string kPlain = crlf(
    "From: =?utf-8?q?Ann_B=C3=B6ll?= <Ann@Customer.Test>\n"
    "To: support@demo.test\n"
    "Subject: Re: My invoice\n"
    "Message-ID: <m1@customer.test>\n"
    "In-Reply-To: <parent@demo.test>\n"
    "References: <root@x.test> <parent@demo.test>\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "\n"
    "Dear team, the invoice that you sent to me in June is wrong, please have a look.\n");
}  // namespace

TEST_CASE_METHOD(Desk, "a person's mail becomes a whole command") {
  const ReceiveMessage m = take(kPlain);
  CHECK(m.channel == Channel::email);
  CHECK(m.addressed == std::vector<ChannelId>{{1}});
  CHECK(m.received_at == envelope.received_at);
  CHECK(m.sender.value == "ann@customer.test");
  CHECK(m.sender.name == "Ann Böll");
  CHECK(m.sender.key == email_identity(hasher, "", "ann@customer.test").key);
  CHECK(m.machine == Machine::none);
  CHECK(m.own_key == message_id_key(hasher, "m1@customer.test"));
  CHECK(m.references == std::vector<Key>{message_id_key(hasher, "parent@demo.test"),
                                         message_id_key(hasher, "root@x.test")});
  CHECK(m.reply_subject);
  CHECK(m.subject_key == subject_key(hasher, "my invoice"));
  CHECK(m.dedupe);
  CHECK(m.dedupe_for == days(90));
  const MessageContent& c = *m.content;
  CHECK(c.subject == "Re: My invoice");
  CHECK(c.from == MailAddress{"Ann Böll", "Ann@Customer.Test"});
  CHECK(c.text ==
        "Dear team, the invoice that you sent to me in June is wrong, please have a look.");
  CHECK(c.html.empty());
  CHECK(c.language == "en");
  CHECK(c.message_id == "m1@customer.test");
  REQUIRE(c.raw);
  CHECK(c.raw->size_bytes == kPlain.size());
}

TEST_CASE_METHOD(Desk, "one mail to two of our addresses is addressed to both") {
  envelope.rcpt_to = {"billing@demo.test", "SUPPORT@demo.test", "billing+x@demo.test"};
  CHECK(take(kPlain).addressed == std::vector<ChannelId>{{2}, {1}});
}

TEST_CASE_METHOD(Desk,
                 "the same mail delivered twice has one dedupe key, another body has another") {
  const Key first = take(kPlain).dedupe;
  CHECK(take("Received: from elsewhere\r\n" + kPlain).dedupe == first);
  CHECK(take(kPlain + "\r\n").dedupe == first);
  CHECK(take(kPlain + "PS: hurry\r\n").dedupe != first);
}

TEST_CASE_METHOD(Desk, "a mail without Message-ID is compared for ten minutes only") {
  const ReceiveMessage m = take("From: a@b.test\r\nSubject: x\r\n\r\nhello\r\n");
  CHECK_FALSE(m.own_key);
  CHECK(m.dedupe);
  CHECK(m.dedupe_for == minutes(10));
}

TEST_CASE_METHOD(Desk, "a signed token names the ticket wherever it comes back") {
  const std::string address = "support+" + ticket_token(hasher, {1042}) + "@demo.test";
  SECTION("as the recipient") {
    envelope.rcpt_to = {address};
    CHECK(take(kPlain).token_ticket == TicketId{1042});
  }
  SECTION("in To, when a forwarder rewrote the recipient") {
    CHECK(take("From: a@b.test\r\nTo: <" + address + ">\r\n\r\nhi").token_ticket == TicketId{1042});
  }
  SECTION("in our own Message-ID that is referred to") {
    const std::string id = draw_message_id(hasher, "demo.test", {1042});
    CHECK(take("From: a@b.test\r\nReferences: <x@y> <" + id + ">\r\n\r\nhi").token_ticket ==
          TicketId{1042});
  }
  SECTION("but not when its signature is wrong") {
    envelope.rcpt_to = {"support+t1042.aaaaaaaaaaaaaaaa@demo.test"};
    const ReceiveMessage m = take(kPlain);
    CHECK_FALSE(m.token_ticket);
    CHECK(m.addressed == std::vector<ChannelId>{{1}});
  }
}

TEST_CASE_METHOD(Desk, "HTML alone gives text and is kept beside it") {
  const ReceiveMessage m = take(
      "From: a@b.test\r\nContent-Type: text/html\r\n\r\n"
      "<html><head><style>p{}</style></head><body><p>Hello <b>there</b>,</p><p>see <a "
      "href=\"https://x.test/a\">this</a></p>");
  CHECK(m.content->text == "Hello there,\n\nsee this <https://x.test/a>");
  CHECK(m.content->html.find("<p>Hello") != std::string::npos);
}

TEST_CASE_METHOD(Desk, "attachments refer into the raw mail and come out of it again") {
  const std::string raw = crlf(
      "From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n"
      "--x\nContent-Type: text/plain\n\nSee attached.\n"
      "--x\nContent-Type: image/png; name=\"../../etc/pic.png\"\nContent-Transfer-Encoding: "
      "base64\n\naGVsbG8=\n"
      "--x--\n");
  const ReceiveMessage m = take(raw);
  REQUIRE(m.content->attachments.size() == 1);
  const Attachment& a = m.content->attachments[0];
  CHECK(a.name == "pic.png");
  CHECK(a.type == "image/png");
  CHECK(a.size_bytes == 5);
  CHECK(a.n == 1);
  CHECK(mime::extract_part(raw, a.part) == "hello");
  CHECK(m.content->text == "See attached.");
}

TEST_CASE_METHOD(Desk, "a mail that breaks off still shows its text") {
  const ReceiveMessage m =
      take(crlf("From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: "
                "text/plain\n\nCut he"));
  CHECK(m.content->text == "Cut he");
  CHECK(m.content->attachments.empty());
}

TEST_CASE_METHOD(Desk, "any bytes become a command") {
  for (const std::string& raw :
       {std::string(), std::string("\r\n"), std::string(3, '\0'),
        std::string("no header at all\r\n"), std::string("\xff\xfe\x80 broken"),
        std::string("From:\r\n\r\n"), std::string(100'000, '\n')}) {
    const ReceiveMessage m = take(raw);
    CHECK(m.addressed.size() == 1);
    CHECK(m.dedupe);
    CHECK(m.content->raw->size_bytes == raw.size());
  }
}

TEST_CASE_METHOD(Desk, "without a usable From the return path is the sender") {
  CHECK(take("Subject: hi\r\n\r\nhello").sender.value == "ann@customer.test");
  CHECK(take("From: nobody\r\n\r\nhello").sender.value == "ann@customer.test");
  envelope.mail_from.clear();
  CHECK_FALSE(take("From: nobody\r\n\r\nhello").sender.key);
}

TEST_CASE_METHOD(Desk, "a mail that broke the parser before is kept unread") {
  const Command command = inbound.opaque_command(envelope, kPlain);
  const auto& m = std::get<ReceiveMessage>(command.body);
  CHECK(m.sender.value == "ann@customer.test");
  CHECK(m.content->raw->size_bytes == kPlain.size());
  CHECK(m.machine == Machine::none);
  CHECK(m.dedupe);
}

TEST_CASE_METHOD(Desk, "text is bounded and never cut inside a character") {
  std::string long_text = "From: a@b.test\r\n\r\n";
  for (int i = 0; i < 50'000; ++i) long_text += "ä";
  const std::string text = take(long_text).content->text;
  CHECK(text.size() <= 64 * 1024);
  CHECK(text.size() > 64 * 1024 - 4);
  CHECK(text.ends_with("ä"));
}
