// SPDX-License-Identifier: Apache-2.0
// Forms, times and adapters against what nobody should send.
#include <catch2/catch.hpp>

#include "channels/sms/fields.hpp"
#include "channels/sms/hooks.hpp"
#include "channels/sms/times.hpp"
#include "deskwire/base/utf8.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

bool is_harmless(const Hook& hook) {
  for (const InboundText& text : hook.texts) {
    if (text.id.empty() || text.from.empty() || text.to.empty()) return false;
    for (const std::string* each : {&text.id, &text.from, &text.to, &text.text, &text.account})
      if (!is_utf8(*each) || each->size() > kMaxTextBytes) return false;
    if (text.media.size() > kMaxMedia) return false;
    for (const MediaLink& link : text.media)
      if (link.url.empty() || !is_utf8(link.url) || !is_utf8(link.type)) return false;
  }
  for (const Receipt& receipt : hook.receipts)
    if (!is_utf8(receipt.id) || !is_utf8(receipt.token) || !is_utf8(receipt.detail) ||
        receipt.detail.size() > kMaxDetailBytes)
      return false;
  return true;
}

std::vector<Posted> hostile_requests() {
  const std::string huge(1u << 20, 'x'), broken = "\xff\xfe\xc0\x80\xed\xa0\x80";
  const std::string nul("a\0b", 3);
  std::vector<Posted> out;
  for (const std::string& bad : {std::string(), huge, broken, nul, std::string("\r\nX: 1"),
                                 std::string("\xe2\x80\xae") + "evil", std::string(100'000, '[')}) {
    for (const bool with_ids : {true, false}) {
      const std::string id = with_ids ? "SM1" : bad, who = with_ids ? "+15550100002" : bad;
      out.push_back(form_post({{"MessageSid", id},
                               {"From", who},
                               {"To", who},
                               {"Body", bad},
                               {"NumMedia", "4294967295"},
                               {"MediaUrl0", bad},
                               {"AccountSid", bad}}));
      out.push_back(form_post({{"MessageSid", id},
                               {"MessageStatus", "failed"},
                               {"ErrorCode", bad},
                               {"ErrorMessage", bad}}));
      out.push_back(form_post({{"messageId", id}, {"msisdn", who}, {"to", who}, {"text", bad}}));
      out.push_back(form_post({{"messageId", id}, {"status", "failed"}, {"err-code", bad}}));
    }
    out.push_back(json_post(bad));
    out.push_back(
        json_post("{\"type\":\"message.received\",\"id\":\"1\",\"from\":\"a\",\"to\":\"b\","
                  "\"text\":\"" +
                  bad + "\"}"));
    Posted query;
    query.method = "GET";
    query.target = "/h?messageId=1&m=" + bad + "&text=" + bad;
    out.push_back(query);
    query.method = bad;
    query.target = bad;
    query.public_urls = {bad, "https://", "://", "https://[", "x://y:z:w/"};
    for (const char* name :
         {"authorization", "x-twilio-signature", "telnyx-signature-ed25519", "telnyx-timestamp",
          "webhook-id", "webhook-timestamp", "webhook-signature", "content-type"})
      query.headers.emplace_back(name, "Bearer " + bad);
    out.push_back(query);
  }
  for (const char* body :
       {"{}", "[]", "null", "1", "{\"data\":1}", "{\"data\":{\"payload\":1}}",
        "{\"data\":{\"event_type\":\"message.received\",\"payload\":{}}}",
        R"({"data":{"event_type":"message.received",
          "payload":{"id":{},"from":[],"to":{},"media":7}}})",
        R"({"data":{"event_type":"message.received","payload":{"id":"1","from":{"phone_number":"1"},
          "to":[7],"media":[7,{"url":7}],"text":["x"]}}})",
        R"({"data":{"event_type":"message.finalized","payload":{"to":[],"errors":[1]}}})",
        R"({"message_uuid":{},"status":[],"error":7})",
        R"({"message_uuid":"1","image":7,"content":[7]})", R"({"type":["message.received"]})",
        R"({"type":"message.status","id":1,"state":"sent"})"})
    out.push_back(json_post(body));
  return out;
}

}  // namespace

TEST_CASE("no adapter stumbles over hostile requests, nor believes one") {
  for (const Posted& request : hostile_requests())
    for (const std::string_view name : adapter_names()) {
      const Adapter& adapter = *find_adapter(name);
      CHECK_FALSE(adapter.verify(request.view(), a_line(), kNow));
      CHECK(is_utf8(adapter.recipient_account(request.view())));
      const auto hook = adapter.parse(request.view());
      if (hook)
        CHECK(is_harmless(*hook));
      else
        CHECK((!hook.error().empty() && hook.error().size() < 200));
    }
}

TEST_CASE("no adapter stumbles over hostile answers") {
  const std::string deep(100'000, '[');
  for (const std::string& body :
       {std::string(), deep, std::string("{}"), std::string("[]"), std::string("{\"sid\":{}}"),
        std::string("\xff"), std::string(1u << 20, '{'),
        std::string(R"({"messages":7,"records":7,"media_list":7,"data":7,"errors":7,"_links":7})"),
        std::string(R"({"messages":[7,{},{"sid":7,"direction":"inbound"}],"next_page_uri":7,
          "records":[7,{},{"client_ref":7}],"_links":{"next":7},"media_list":[7,{},{"uri":7}],
          "data":{"id":7},"errors":[7],"next":7})")})
    for (const unsigned status : {0u, 200u, 201u, 400u, 500u, 99999u})
      for (const std::string_view name : adapter_names()) {
        const Adapter& adapter = *find_adapter(name);
        const SendAnswer sent = adapter.read_send(answered(status, body));
        CHECK(sent.state != DeliveryState::none);
        CHECK((is_utf8(sent.detail) && sent.detail.size() <= kMaxDetailBytes));
        const auto listed = adapter.read_list(a_line(), answered(status, body), kNow, kNow);
        if (listed) CHECK(is_harmless({.texts = listed->texts, .receipts = {}}));
        const auto found =
            adapter.read_look_up(a_line(), a_message(), answered(status, body), kNow);
        if (found) CHECK_FALSE(found->sent);
        (void)adapter.read_media(a_line(), answered(status, body));
      }
}

TEST_CASE("a message that cannot be told from others is refused, not cut to fit") {
  const InboundText whole{.id = "1",
                          .from = "a",
                          .to = "b",
                          .text = {},
                          .sent_at = {},
                          .media = {},
                          .keyword = Keyword::none,
                          .account = {},
                          .unlisted_media = 0};
  CHECK(checked(whole));
  for (std::string InboundText::* field :
       {&InboundText::id, &InboundText::from, &InboundText::to}) {
    InboundText text = whole;
    text.*field = std::string(300, 'x');
    CHECK_FALSE(checked(text));
    text.*field = " \n";
    CHECK_FALSE(checked(text));
  }
  InboundText text = whole;
  for (int i = 0; i < 100; ++i) text.media.push_back({"https://x.example/1", "image/png"});
  text.media.front().url = "https://x.example/\r\nHost: y";
  CHECK(checked(text)->media.size() == kMaxMedia);
}

TEST_CASE("a form is decoded strictly and in order") {
  const auto form = parse_form("b=1&a=%C3%BC+x&&b=2&c&=d&e=f=g&%00=%0A");
  REQUIRE(form);
  REQUIRE(form->size() == 7);
  CHECK((*form)[1].value == "ü x");
  CHECK(param(*form, "b") == "1");
  CHECK((*form)[2].value == "2");
  CHECK(has_param(*form, "c"));
  CHECK((*form)[5].value == "f=g");
  CHECK((*form)[6].name == std::string(1, '\0'));
  for (const char* bad : {"a=%", "a=%1", "a=%zz", "%=1", "a=%%41"}) CHECK_FALSE(parse_form(bad));
  std::string many;
  for (std::size_t i = 0; i < kMaxParams; ++i) many += "a&";
  CHECK(parse_form(many)->size() == kMaxParams);
  CHECK_FALSE(parse_form(many + "a"));
  CHECK(parse_form("")->empty());
  CHECK(parse_form(write_form(*form))->size() == form->size());
  CHECK(query_param("/a?x=1&m=a%20b#m=c", "m") == "a b");
  CHECK(query_param("/a#?m=c", "m").empty());
}

TEST_CASE("the providers' times are read in all their forms") {
  constexpr Instant kThen{1'772'352'900'000};
  CHECK(read_mail_time("Sun, 01 Mar 2026 08:15:00 +0000") == kThen);
  CHECK(read_mail_time("1 Mar 2026 10:15:00 +0200") == kThen);
  for (const char* bad : {"", "x", ",", "Sun, 01 Foo 2026 08:15:00 +0000", "Sun, 01 Mar 2026",
                          "Sun, 99 Mar 2026 08:15:00 +0000", "Sun, 01 Mar 2026 08:15:00 +0000 x"})
    CHECK_FALSE(read_mail_time(bad));
  for (const char* good :
       {"2026-03-01T08:15:00Z", "2026-03-01 08:15:00", "2026-03-01T08:15:00+0000",
        "2026-03-01T10:15:00.000+02:00", "2026-03-01T08:15:00.000"})
    CHECK(read_loose_time(good) == kThen);
  for (const char* bad : {"", "2026-03-01", "2026-03-01T", "2026-03-01Tx", "2026-13-01T08:15:00"})
    CHECK_FALSE(read_loose_time(bad));
  CHECK(date_of(kThen) == "2026-03-01");
}

TEST_CASE("an error keeps its code and loses people's numbers") {
  CHECK(error_detail("30003", "Unreachable") == "30003 Unreachable");
  CHECK(error_detail("", "Call 555-0100 at 8.15") == "Call … at 8.15");
  CHECK(error_detail("", "to +49 (0) 30 / 123456.") == "to ….");
  CHECK(error_detail("", "limit 3/4, 160 characters") == "limit 3/4, 160 characters");
  CHECK(error_detail("", "12345678").size() == std::string("…").size());
  CHECK(error_detail("a\nb", std::string(500, 'y')).size() == kMaxDetailBytes);
  CHECK(error_detail({}, {}).empty());
}
