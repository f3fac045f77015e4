// SPDX-License-Identifier: Apache-2.0
// Real reports and real mails: which of them are bounces, feedback or automatic replies, and that
// every one is kept.
#include <catch2/catch.hpp>

#include "channels/email/bounce.hpp"
#include "channels/email/inbound_fixture.hpp"
#include "deskwire/base/utf8.hpp"
#include "support/corpus_facts.hpp"

using namespace deskwire;
using namespace deskwire::email;
using deskwire::email::test::crlf;
using deskwire::email::test::Desk;
namespace json = boost::json;

TEST_CASE_METHOD(Desk, "sisimai's reports are told apart") {
  const auto corpus = deskwire::test::corpus("email");
  if (!corpus) return;
  deskwire::test::Tally kinds("sisimai kinds"), status("sisimai first status");
  envelope.mail_from.clear();
  for (const json::value& line : deskwire::test::read_jsonl(*corpus / "sisimai.expect.jsonl")) {
    const std::string file(line.at("file").as_string());
    const std::string raw = crlf(deskwire::test::read_file(*corpus / file));
    if (!line.as_object().contains("expect")) continue;
    const json::value& expect = line.at("expect");
    const std::string kind(expect.at("kind").as_string());
    const ReceiveMessage m = take(raw);
    const auto bounce = read_bounce(mime::parse(raw), true);
    const bool feedback = bounce && bounce->kind == Bounce::Kind::feedback;
    std::string got = feedback                       ? "feedback_report"
                      : m.machine == Machine::bounce ? "bounce"
                                                     : std::string(name(m.machine));
    const auto says = [&](const char* key) {
      const json::value* const value = expect.as_object().if_contains(key);
      return value != nullptr && value->is_bool() && value->as_bool();
    };
    if (says("is_auto_reply")) {
      kinds.check(m.machine != Machine::none && m.machine != Machine::bounce, file, got, kind);
    } else if (kind == "feedback_report") {
      kinds.check(feedback, file, got, kind);
    } else if (says("is_bounce")) {
      kinds.check(m.machine == Machine::bounce && !feedback, file, got + " " + m.content->subject,
                  kind);
    } else {
      kinds.check(m.machine != Machine::none, file, got, kind);
    }
    if (!says("is_bounce") || !bounce || expect.at("recipients").as_array().empty())
      continue;
    const json::value& first = expect.at("recipients").as_array().front();
    const std::string wanted(first.at("status").as_string());
    if (!wanted.starts_with("5.0.9") && !wanted.starts_with("4.0.9") && !wanted.empty())
      status.check(bounce->status == wanted, file + " status", bounce->status, wanted);
  }
  CHECK(kinds.rate() >= 95.0);
}

TEST_CASE_METHOD(Desk, "every mail of the corpus becomes a command with its raw bytes kept") {
  const auto corpus = deskwire::test::corpus("email");
  if (!corpus) return;
  std::size_t mails = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus)) {
    if (entry.path().extension() != ".eml") continue;
    const std::string raw = crlf(deskwire::test::read_file(entry.path()));
    const ReceiveMessage m = take(raw);
    INFO(entry.path());
    REQUIRE(m.content->raw->size_bytes == raw.size());
    REQUIRE(is_utf8(m.content->text));
    REQUIRE(is_utf8(m.content->html));
    REQUIRE(is_utf8(m.content->subject));
    for (const Attachment& a : m.content->attachments) {
      REQUIRE(is_utf8(a.name));
      REQUIRE(a.name.find_first_of("/\\\r\n") == std::string::npos);
      const auto bytes = mime::extract_part(raw, a.part);
      REQUIRE(bytes);
      REQUIRE(bytes->size() == a.size_bytes);
    }
    ++mails;
  }
  CHECK(mails > 500);
}
