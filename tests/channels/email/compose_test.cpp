// SPDX-License-Identifier: Apache-2.0
#include "channels/email/compose.hpp"

#include <catch2/catch.hpp>

#include "auth/mail_keys.hpp"
#include "channels/email/inbound_fixture.hpp"
#include "channels/email/mail_composer.hpp"
#include "mime/parsed_mail.hpp"

using namespace deskwire;
using namespace deskwire::email;
using deskwire::email::test::Desk;

namespace {

MessageRow from_customer(const std::string& address, const std::string& id,
                         bool unverified = false) {
  MessageRow row;
  row.message.direction = Direction::in;
  row.message.unverified = unverified;
  row.content.from = {"Ann", address};
  row.content.message_id = id;
  return row;
}

struct Reply : Desk {
  OutboundMessage outbound;
  std::vector<MessageRow> earlier{from_customer("ann@customer.test", "m1@customer.test")};
  ComposeSettings settings{.desk_name = "Demo Desk", .max_file_bytes = 1'000};
  FileReader files = [](const Attachment&) {
    return std::optional(std::string("\x00\x01\xff file", 8));
  };

  Reply() {
    outbound.item.message = {77};
    outbound.item.ticket = {1042};
    outbound.item.channel_name = {1};
    outbound.ticket.subject = "AW: My invoice";
    outbound.message.message.at = {1'700'000'000'000};
    outbound.message.content.text = "Hello Ann,\n\nit is mended.\n.\nBest";
    outbound.message.content.message_id = "drawn@demo.test";
    outbound.message.content.from.name = "Bob";
  }
  std::expected<ComposedMail, std::string> compose() const {
    return email::compose(outbound, earlier, *mailboxes->of({1}), hasher, settings, files);
  }
};

void check_is_proper(const std::string& bytes) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    CHECK(static_cast<unsigned char>(c) < 0x80);
    if (c == '\n') CHECK((i > 0 && bytes[i - 1] == '\r'));
    if (c == '\r') CHECK((i + 1 < bytes.size() && bytes[i + 1] == '\n'));
    column = c == '\n' ? 0 : column + 1;
    CHECK(column <= 999);
  }
}

}  // namespace

TEST_CASE_METHOD(Reply, "a reply goes to the customer, threaded under the customer's mail") {
  const auto sent = compose();
  REQUIRE(sent);
  CHECK(sent->rcpt_to == std::vector<std::string>{"ann@customer.test"});
  CHECK(sent->mail_from == "support+" + bounce_token(hasher, {77}) + "@demo.test");
  check_is_proper(sent->bytes);
  const mime::ParsedMail mail = mime::parse(sent->bytes);
  CHECK(mail.from == std::vector<MailAddress>{{"Bob via Demo", "support@demo.test"}});
  CHECK(mail.to == std::vector<MailAddress>{{"Ann", "ann@customer.test"}});
  CHECK(mail.subject == "Re: My invoice");
  CHECK(mail.message_id == "drawn@demo.test");
  CHECK(mail.in_reply_to == std::vector<std::string>{"m1@customer.test"});
  CHECK(mail.references == std::vector<std::string>{"m1@customer.test"});
  REQUIRE(mail.reply_to.size() == 1);
  CHECK(mailboxes->find(mail.reply_to[0].address)->ticket == TicketId{1042});
  REQUIRE(mail.date);
  CHECK(mime::to_instant(*mail.date) == outbound.message.message.at);
  CHECK(mail.header("MIME-Version") == " 1.0");
  CHECK(mail.header("Auto-Submitted").empty());
  REQUIRE(mail.text_bodies.size() == 1);
  CHECK(mime::part_text(mail, mail.text_bodies[0]) ==
        "Hello Ann,\r\n\r\nit is mended.\r\n.\r\nBest\r\n");
}

TEST_CASE_METHOD(Reply,
                 "our reply comes back to its ticket, by the address and by the Message-ID") {
  outbound.message.content.message_id = draw_message_id(hasher, "demo.test", {1042});
  const auto sent = compose();
  REQUIRE(sent);
  const mime::ParsedMail mail = mime::parse(sent->bytes);
  envelope.rcpt_to = {mail.reply_to[0].address};
  CHECK(take("From: ann@customer.test\r\n\r\nthanks").token_ticket == TicketId{1042});
  envelope.rcpt_to = {"support@demo.test"};
  CHECK(take("From: ann@customer.test\r\nIn-Reply-To: <" + mail.message_id + ">\r\n\r\nthanks")
            .token_ticket == TicketId{1042});
}

TEST_CASE_METHOD(Reply, "References keep the root and the newest, twenty at most") {
  for (int i = 99; i > 0; --i)
    earlier[0].content.references.push_back("r" + std::to_string(i) + "@x.test");
  const auto sent = compose();
  REQUIRE(sent);
  check_is_proper(sent->bytes);
  const auto references = mime::parse(sent->bytes).references;
  REQUIRE(references.size() == 20);
  CHECK(references.front() == "r1@x.test");
  CHECK(references[18] == "r99@x.test");
  CHECK(references.back() == "m1@customer.test");
}

TEST_CASE_METHOD(Reply, "an unverified participant is never written to") {
  earlier.push_back(from_customer("eve@evil.test", "e1@evil.test", true));
  auto sent = compose();
  REQUIRE(sent);
  CHECK(sent->rcpt_to == std::vector<std::string>{"ann@customer.test"});
  CHECK(mime::parse(sent->bytes).in_reply_to == std::vector<std::string>{"m1@customer.test"});
  outbound.message.content.to = {{"", "eve@evil.test"}};
  CHECK_FALSE(compose());
  outbound.message.content.to = {{"", "ann@customer.test"}};
  outbound.message.content.cc = {
      {"", "EVE@evil.test"}, {"", "carl@customer.test"}, {"", "ANN@customer.test"}};
  sent = compose();
  REQUIRE(sent);
  CHECK(sent->rcpt_to == std::vector<std::string>{"ann@customer.test", "carl@customer.test"});
}

TEST_CASE_METHOD(Reply, "an answer goes where the customer asked for it") {
  earlier[0].content.reply_to = {{"", "ann@private.test"}};
  REQUIRE(compose());
  CHECK(compose()->rcpt_to == std::vector<std::string>{"ann@private.test"});
}

TEST_CASE_METHOD(Reply, "the first mail of a ticket has its own subject and no parent") {
  earlier.clear();
  outbound.message.content.to = {{"Ann", "ann@customer.test"}};
  outbound.message.content.subject = "Your order";
  const auto sent = compose();
  REQUIRE(sent);
  const mime::ParsedMail mail = mime::parse(sent->bytes);
  CHECK(mail.subject == "Your order");
  CHECK(mail.references.empty());
  CHECK(mail.in_reply_to.empty());
}

TEST_CASE_METHOD(Reply, "attachments travel whole, with their names in any script") {
  Attachment bill, evil;
  bill.n = 1;
  bill.name = "Rechnung für März 发票.pdf";
  bill.type = "application/pdf";
  evil.n = 2;
  evil.name = "../x\r\nBcc: a@b\".txt";
  evil.type = "text/plain\r\nX: y";
  outbound.message.content.attachments = {bill, evil};
  auto sent = compose();
  REQUIRE(sent);
  check_is_proper(sent->bytes);
  const mime::ParsedMail mail = mime::parse(sent->bytes);
  const auto list = mime::list_attachments(mail);
  REQUIRE(list.size() == 2);
  CHECK(list[0].name == "Rechnung für März 发票.pdf");
  CHECK(list[0].type == "application/pdf");
  CHECK(mime::extract_part(sent->bytes, list[0].part) == files({}));
  CHECK(mail.header("Bcc").empty());
  SECTION("and too many of them are refused with a reason") {
    settings.max_file_bytes = 10;
    CHECK(compose().error() == "the attachments are over 10 bytes together");
  }
  SECTION("and one that cannot be read is named") {
    files = [](const Attachment&) { return std::optional<std::string>(); };
    CHECK(compose().error() == "attachment 1 cannot be read");
  }
}

TEST_CASE_METHOD(Reply, "nothing in a message can add a header or a recipient") {
  const std::string evil = "x\r\nBcc: victim@x.test\r\n\r\nbody\r\n.\r\n";
  outbound.message.content.subject = evil;
  outbound.message.content.from.name = evil;
  outbound.message.content.text =
      "a\rb\r\n.\r\nBcc: c@d\r\n" + std::string(5'000, 'z') + std::string(1, '\0');
  outbound.message.content.message_id = "i\r\nBcc: v@x";
  outbound.message.content.to = {{evil, "ann@customer.test"}, {"", "v@x.test\r\nBcc: w@x.test"}};
  earlier[0].content.message_id = evil;
  const auto sent = compose();
  REQUIRE(sent);
  check_is_proper(sent->bytes);
  CHECK(sent->rcpt_to == std::vector<std::string>{"ann@customer.test"});
  const mime::ParsedMail mail = mime::parse(sent->bytes);
  CHECK_FALSE(mail.tree.parts[0].header.has("Bcc"));
  CHECK(mail.tree.parts.size() == 1);
}

TEST_CASE_METHOD(Reply, "text in any script arrives as it was written") {
  for (const std::string text :
       {"Xin chào, tôi đã nhận được hoá đơn.", "您好，发票已经更正。\n谢谢", "Grüße\n\n-- \nBob",
        "= not =3D quoted\n\ttab "}) {
    outbound.message.content.text = text;
    const auto sent = compose();
    REQUIRE(sent);
    check_is_proper(sent->bytes);
    const mime::ParsedMail mail = mime::parse(sent->bytes);
    std::string got = mime::part_text(mail, 0);
    std::erase(got, '\r');
    CHECK(got == text + "\n");
  }
}

TEST_CASE_METHOD(Reply, "a second attempt is the same mail") {
  CHECK(compose()->bytes == compose()->bytes);
  outbound.message.content.message_id.clear();
  CHECK(mime::parse(compose()->bytes).message_id == mime::parse(compose()->bytes).message_id);
}

TEST_CASE_METHOD(Reply, "an address that mail came back from is written to once it wrote again") {
  const KeyHasher keys = KeyHasher::from_hex(std::string(64, '7'));
  const MailComposer ready = make_mail_composer(settings, mailboxes, hasher, keys);
  MailMaterial material;
  material.outbound = outbound;
  material.history = earlier;
  material.history[0].message.id = {10};
  CHECK(ready(material).recipients == std::vector<std::string>{"ann@customer.test"});
  KeyRow dead;
  dead.key = email_identity(keys, {}, "ann@customer.test").key;
  dead.message = {20};
  material.dead = {dead};
  CHECK_THROWS_WITH(ready(material), Catch::Contains("mail to ann@customer.test came back"));
  SECTION("as it did since") {
    material.history.push_back(from_customer("Ann@Customer.test", "m2@customer.test"));
    material.history.back().message.id = {21};
    CHECK(ready(material).recipients == std::vector<std::string>{"Ann@Customer.test"});
  }
  SECTION("while others on the mail still get it") {
    material.outbound.message.content.to = {{"", "ann@customer.test"}, {"", "bob@customer.test"}};
    CHECK(ready(material).recipients == std::vector<std::string>{"bob@customer.test"});
  }
}
