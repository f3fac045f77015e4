// SPDX-License-Identifier: Apache-2.0
// MIME bombs: every technique of the public list, made here at its full size. What is checked is
// that they end, stay within the bounds, and keep what a person could read of them.
#include <catch2/catch.hpp>
#include <functional>

#include "deskwire/base/utf8.hpp"
#include "mime/limits.hpp"
#include "mime/parsed_mail.hpp"
#include "support/corpus_facts.hpp"

using namespace deskwire;
using namespace deskwire::mime;

namespace {

const std::string kHead =
    "From: a@example.org\r\nTo: b@example.org\r\nSubject: t\r\nMessage-ID: "
    "<x@example.org>\r\nMIME-Version: 1.0\r\n";

std::string repeat(int times, const std::function<std::string(int)>& piece) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece(i);
  return out;
}

/// Everything an entrance would do with the mail.
ParsedMail use(const std::string& raw) {
  const ParsedMail mail = parse(raw);
  REQUIRE(mail.tree.parts.size() <= kLimits.parts);
  for (const Part& part : mail.tree.parts) {
    REQUIRE(part.depth <= kLimits.depth);
    REQUIRE(part.header.fields().size() <= kLimits.fields);
    REQUIRE(part.begin <= part.body);
    REQUIRE(part.body <= part.end);
    REQUIRE(part.end <= raw.size());
  }
  for (const std::uint32_t body : mail.text_bodies) REQUIRE(is_utf8(part_text(mail, body)));
  for (const Attachment& a : list_attachments(mail)) {
    REQUIRE(is_utf8(a.name));
    REQUIRE(a.name.find_first_of("/\\\r\n") == std::string::npos);
  }
  REQUIRE(mail.to.size() <= kLimits.addresses);
  REQUIRE(mail.references.size() <= kLimits.message_ids);
  REQUIRE(is_utf8(mail.subject));
  return mail;
}

std::string nested_multiparts(int depth) {
  std::string mail = kHead + "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n";
  for (int i = 0; i < depth; ++i)
    mail += "--b" + std::to_string(i) + "\r\nContent-Type: multipart/mixed; boundary=\"b" +
            std::to_string(i + 1) + "\"\r\n\r\n";
  mail += "--b" + std::to_string(depth) + "\r\n\r\nx\r\n";
  for (int i = depth; i >= 0; --i) mail += "--b" + std::to_string(i) + "--\r\n";
  return mail;
}

}  // namespace

TEST_CASE("multiparts inside each other end at the depth bound") {
  const std::string twenty = nested_multiparts(20);
  const ParsedMail readable = use(twenty);
  CHECK_FALSE(readable.tree.cut);
  REQUIRE(readable.text_bodies.size() == 1);
  CHECK(part_text(readable, readable.text_bodies[0]) == "x");
  for (const int depth : {100, 1'000, 20'000}) CHECK(use(nested_multiparts(depth)).tree.cut);
  CHECK(use(kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
            repeat(20'000,
                   [](int) { return "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"; }))
            .tree.cut);
}

TEST_CASE("mails inside mails are one attachment, however deep") {
  const std::string raw =
      kHead + "Content-Type: message/rfc822\r\n\r\n" + repeat(2'000, [](int i) {
        return "Subject: l" + std::to_string(i) + "\r\nContent-Type: message/rfc822\r\n\r\n";
      });
  CHECK(use(raw).attachments.size() == 1);
}

TEST_CASE("a hundred thousand parts end at the bound on parts") {
  const std::string raw = kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
                          repeat(100'000, [](int) { return "--b\r\n\r\nx\r\n"; });
  const ParsedMail mail = use(raw);
  CHECK(mail.tree.cut);
  CHECK(mail.tree.parts.size() == kLimits.parts);
}

TEST_CASE("headers beyond the bounds are cut, the body is kept") {
  const std::string body = "\r\nbody\r\n";
  const auto check = [&](const std::string& raw) {
    const ParsedMail mail = use(raw);
    REQUIRE(mail.text_bodies.size() == 1);
    CHECK(part_text(mail, 0) == "body\r\n");
  };
  check(kHead + "X-Long: " + std::string(2'000'000, 'x') + "\r\n" + body);
  check(kHead + repeat(200'000, [](int) { return "X: y\r\n"; }) + body);
  check(kHead + "X-Folded: a\r\n" + repeat(200'000, [](int) { return " a\r\n"; }) + body);
  check(kHead + "Subject:" + repeat(100'000, [](int) { return " =?utf-8?q?a?="; }) + "\r\n" + body);
  check(kHead + "Subject: " + repeat(100'000, [](int) { return "=?utf-8?q?"; }) + "\r\n" + body);
  check("From: " + std::string(100'000, '(') + "a" + std::string(100'000, ')') + " <a@b.test>\r\n" +
        body);
  check(kHead +
        "Cc: " + repeat(100'000, [](int i) { return "u" + std::to_string(i) + "@x.test, "; }) +
        "\r\n" + body);
  check(kHead + "Content-Disposition: inline;" +
        repeat(100'000, [](int i) { return " f*" + std::to_string(i) + "=\"abc\";"; }) + "\r\n" +
        body);
}

TEST_CASE("of a hundred thousand references the root and the newest are kept") {
  const std::string raw =
      kHead + "References: " +
      repeat(100'000, [](int i) { return "<" + std::to_string(i) + "@example.org> "; }) +
      "\r\n\r\nx";
  const ParsedMail mail = use(raw);
  REQUIRE(mail.references.size() == kLimits.message_ids);
  CHECK(mail.references.front() == "0@example.org");
  CHECK(mail.references.back() == "99999@example.org");
}

TEST_CASE("megabytes of rubbish are only rubbish") {
  std::string garbage;
  std::uint32_t seed = 1;
  for (int i = 0; i < 5'000'000; ++i) {
    seed = seed * 1'664'525 + 1'013'904'223;
    garbage += static_cast<char>(seed >> 24);
  }
  use(kHead + "Content-Transfer-Encoding: base64\r\n\r\n" + garbage);
  use(kHead + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + garbage);
  use(kHead + "Content-Transfer-Encoding: x-uuencode\r\n\r\n" + garbage);
  use(kHead + "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + garbage);
  use(garbage);
  use(std::string(5'000'000, '\n'));
  use(std::string(5'000'000, '-'));
  use(repeat(500'000, [](int) { return "begin 644 a\r\n"; }));
  use("");
}

TEST_CASE("a missing last boundary loses nothing") {
  // The parsed mail looks into these bytes: they must outlive it.
  const std::string raw =
      kHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx";
  const ParsedMail mail = use(raw);
  REQUIRE(mail.tree.parts.size() == 2);
  CHECK(part_text(mail, 1) == "x");
  CHECK(is_damaged(mail, 1));
}

TEST_CASE("NUL bytes cut nothing off") {
  const std::string raw = kHead + "X: a\r\n\r\nbo" + std::string(1, '\0') + "dy\r\n";
  CHECK(part_text(use(raw), 0).size() == 7);
}

TEST_CASE("file names are names, not paths and not header lines") {
  const auto name = [](const std::string& disposition) {
    const std::string raw =
        kHead +
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n" +
        "Content-Disposition: attachment; " + disposition + "\r\n\r\nx\r\n--b--\r\n";
    return list_attachments(parse(raw)).at(0).name;
  };
  CHECK(name("filename=\"../../../../etc/cron.d/x\"") == "x");
  CHECK(name("filename=\"C:\\temp\\bill.pdf\"") == "bill.pdf");
  CHECK(name("filename*=utf-8''a%0d%0aSet-Cookie:%20x=y") == "a Set-Cookie x=y");
  CHECK(name("filename=\"..\"") == "attachment-1.txt");
  CHECK(name("filename=\".htaccess\"") == "htaccess");
  CHECK(name("filename=\"" + std::string(1'000, 'a') + ".pdf\"").size() == 200);
  CHECK(name("filename=\"" + std::string(1'000, 'a') + ".pdf\"").ends_with(".pdf"));
  CHECK(name("filename=\"=?utf-8?b?w7wucGRm?=\"") == "ü.pdf");
  CHECK(name("filename*0*=utf-8''%e2%82; filename*1*=%ac.txt") == "€.txt");
}

TEST_CASE("the small bombs of the corpus do no harm") {
  const auto corpus = test::corpus("hostile/mime");
  if (!corpus) return;
  for (const auto& entry : std::filesystem::directory_iterator(*corpus))
    if (entry.path().extension() == ".eml") use(test::read_file(entry.path()));
}
