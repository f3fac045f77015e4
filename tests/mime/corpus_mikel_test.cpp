// SPDX-License-Identifier: Apache-2.0
// What the Ruby library "mail" says about its fixtures, and mails of Python's tests, which only
// have to be survived.
#include <algorithm>
#include <catch2/catch.hpp>

#include "deskwire/base/utf8.hpp"
#include "mime/parsed_mail.hpp"
#include "support/corpus_facts.hpp"

using namespace deskwire;
using namespace deskwire::mime;
namespace json = boost::json;

namespace {

/// An assertion's value is a text or a list of texts.
std::string joined(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  std::string out;
  if (const auto* array = value.if_array())
    for (const json::value& part : *array) out += (out.empty() ? "" : " ") + joined(part);
  return out;
}

std::string addresses(const std::vector<MailAddress>& list) {
  std::string out;
  for (const MailAddress& a : list)
    if (!a.address.empty()) out += (out.empty() ? "" : " ") + a.address;
  return out;
}

std::string ids(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& id : list) out += (out.empty() ? "" : " ") + id;
  return out;
}

}  // namespace

TEST_CASE("what the mail library says about its fixtures holds") {
  const auto corpus = test::corpus("email");
  if (!corpus) return;
  test::Tally facts("mikel-mail facts");
  for (const json::value& line : test::read_jsonl(*corpus / "mikel-mail.expect.jsonl")) {
    const std::string file(line.at("file").as_string());
    const std::string raw = test::read_file(*corpus / file);
    const ParsedMail mail = parse(raw);
    const auto* expect = line.as_object().if_contains("expect");
    if (expect == nullptr) continue;
    const auto check = [&](const char* key, const std::string& got) {
      if (const json::value* wanted = expect->as_object().if_contains(key);
          wanted != nullptr && !wanted->is_null())
        facts.check(got == joined(*wanted), file + " " + key, got, joined(*wanted));
    };
    check("from", addresses(mail.from));
    check("to", addresses(mail.to));
    check("cc", addresses(mail.cc));
    check("reply_to", addresses(mail.reply_to));
    check("subject", mail.subject);
    check("message_id", mail.message_id);
    check("in_reply_to", ids(mail.in_reply_to));
    check("references", ids(mail.references));
    const auto list = list_attachments(mail);
    if (const json::value* wanted = expect->as_object().if_contains("attachment_count"))
      facts.check(static_cast<std::int64_t>(list.size()) == wanted->to_number<std::int64_t>(),
                  file + " attachment_count", std::to_string(list.size()),
                  json::serialize(*wanted));
    for (const json::value& assertion : expect->at("assertions").as_array()) {
      const std::string expr(assertion.at("expr").as_string());
      if (assertion.at("op").as_string() != "eq" || !expr.ends_with("filename")) continue;
      const std::size_t which = expr.find("[1]") != std::string::npos ? 1 : 0;
      const std::string got = which < list.size() ? list[which].name : "";
      facts.check(got == joined(assertion.at("expected")), file + " " + expr, got,
                  joined(assertion.at("expected")));
    }
  }
  CHECK(facts.rate() >= 90.0);
}

TEST_CASE("every mail of the corpus is read and its parts come out again") {
  const auto corpus = test::corpus("email");
  if (!corpus) return;
  std::size_t mails = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus)) {
    if (entry.path().extension() != ".eml") continue;
    const std::string raw = test::read_file(entry.path());
    INFO(entry.path());
    const ParsedMail mail = parse(raw);
    for (const std::uint32_t part : mail.text_bodies) REQUIRE(is_utf8(part_text(mail, part)));
    for (const std::uint32_t part : mail.html_bodies) REQUIRE(is_utf8(part_text(mail, part)));
    for (const Attachment& a : list_attachments(mail)) {
      const auto bytes = extract_part(raw, a.part);
      REQUIRE(bytes);
      REQUIRE(bytes->size() == a.size_bytes);
    }
    ++mails;
  }
  CHECK(mails > 500);
}
