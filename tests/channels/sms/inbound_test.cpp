// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/inbound.hpp"

#include <catch2/catch.hpp>

#include "auth/phone_keys.hpp"
#include "channels/sms/hooks.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

const KeyHasher kKeys{KeyHasher::Secret{7}};

SmsLine texts() {
  return {.channel = ChannelId{5},
          .name = "texts",
          .adapter = find_adapter("twilio"),
          .line = a_line(),
          .region = "VN",
          .help_reply = "Write to us.",
          .max_media_bytes = 1000};
}

InboundText a_text(std::string words = "Hello") {
  InboundText out;
  out.id = "SM1";
  out.from = "0912 345 678";
  out.to = "+15550100001";
  out.text = std::move(words);
  return out;
}

ReceiveMessage received(const InboundText& text, const SmsLine& line = texts()) {
  return std::get<ReceiveMessage>(inbound_command(kKeys, line, text, kNow, kHookSpan).body);
}

}  // namespace

TEST_CASE("a text's sender is a phone in E.164, or a sender if it is none") {
  const ReceiveMessage phone = received(a_text());
  CHECK(phone.sender.kind == "phone");
  CHECK(phone.sender.value == "+84912345678");
  CHECK(phone.sender.key == phone_identity(kKeys, "+84912345678").key);
  CHECK(phone.content->from.address == "+84912345678");
  CHECK(phone.content->to.at(0).address == "+15550100001");
  for (const char* name : {"40404", "MyBank"}) {
    InboundText text = a_text();
    text.from = name;
    const ReceiveMessage other = received(text);
    CHECK(other.sender.kind == "sender");
    CHECK(other.sender.value == name);
    CHECK(other.sender.key);
  }
}

TEST_CASE("a conversation is who writes to whom, however the number is written") {
  InboundText other = a_text();
  other.from = "+84 912 345 678";
  other.id = "SM2";
  CHECK(received(a_text()).references == received(other).references);
  CHECK(received(a_text()).references.at(0) ==
        sms_conversation_key(kKeys, "+15550100001", "+84912345678"));
  CHECK(received(a_text()).dedupe != received(other).dedupe);
  SmsLine second = texts();
  second.line.number = "+15550100009";
  CHECK(received(a_text()).references != received(a_text(), second).references);
}

TEST_CASE("an id counts within its account, and within its channel where there is none") {
  SmsLine sibling = texts();
  sibling.name = "more texts";
  CHECK(received(a_text()).dedupe == received(a_text(), sibling).dedupe);
  SmsLine stranger = texts();
  stranger.line.account = "AC2";
  CHECK(received(a_text()).dedupe != received(a_text(), stranger).dedupe);
  SmsLine bridge = texts(), other_bridge = texts();
  bridge.line.account = other_bridge.line.account = "";
  other_bridge.name = "other";
  CHECK(received(a_text(), bridge).dedupe != received(a_text(), other_bridge).dedupe);
}

TEST_CASE("a text counts as received when its provider had it, within reason") {
  InboundText text = a_text();
  CHECK(received(text).received_at == kNow);
  text.sent_at = kNow - minutes(3);
  CHECK(received(text).received_at == kNow - minutes(3));
  text.sent_at = kNow + hours(1);
  CHECK(received(text).received_at == kNow);
  text.sent_at = kNow - days(400);
  CHECK(received(text).received_at == kNow - kHookSpan);
}

TEST_CASE("words of consent are facts, and a plain yes is an answer") {
  const auto said = [](std::string words) { return received(a_text(std::move(words))); };
  CHECK(said("STOP").consent == Consent::withdrawn);
  CHECK(said("STOP").machine == Machine::keyword);
  CHECK(said(" start! ").consent == Consent::granted);
  CHECK(said("UNSTOP").machine == Machine::keyword);
  CHECK(said("Yes").consent == Consent::unsaid);
  CHECK(said("Yes").machine == Machine::none);
  CHECK(said("HELP").machine == Machine::none);
  CHECK(said("Please stop by").consent == Consent::unsaid);
  InboundText by_provider = a_text("yes");
  by_provider.keyword = Keyword::start;
  CHECK(received(by_provider).consent == Consent::granted);
  by_provider.keyword = Keyword::stop;
  CHECK(received(by_provider).consent == Consent::withdrawn);
}

TEST_CASE("the subject is the text's first words, on one line") {
  CHECK(received(a_text("Where is\nmy parcel?")).content->subject == "Where is my parcel?");
  const std::string subject = received(a_text(std::string(30, 'a') + " " + std::string(30, 'b') +
                                              " " + std::string(60, 'c')))
                                  .content->subject;
  CHECK(subject == std::string(30, 'a') + " " + std::string(30, 'b') + "…");
  CHECK_FALSE(received(a_text()).subject_key);
  InboundText picture = a_text("");
  picture.media = {{.url = "https://x.example/1", .type = "image/jpeg"}};
  CHECK(received(picture).content->subject == "Media");
}

TEST_CASE("media are attachments that are still at their provider") {
  InboundText text = a_text();
  text.media = {{.url = "https://x.example/1", .type = "Image/JPEG; q=1"},
                {.url = "https://x.example/2", .type = "text/html\r\nx"},
                {.url = "https://x.example/3", .type = ""}};
  const auto list = received(text).content->attachments;
  REQUIRE(list.size() == 3);
  CHECK(list[0].n == 1);
  CHECK(list[0].name == "media-1.jpg");
  CHECK(list[0].type == "image/jpeg");
  CHECK(list[0].source_url == "https://x.example/1");
  CHECK(list[1].type == "application/octet-stream");
  CHECK(list[1].name == "media-2");
  CHECK(list[2].type == "application/octet-stream");
}

TEST_CASE("a receipt's token is ours or none") {
  const std::string token = delivery_token(kKeys, MessageId{1042});
  CHECK(token.starts_with("m1042."));
  CHECK(read_delivery_token(kKeys, token, false) == MessageId{1042});
  CHECK_FALSE(read_delivery_token(kKeys, "m1043" + token.substr(5), false));
  CHECK_FALSE(read_delivery_token(kKeys, "m1042", false));
  CHECK(read_delivery_token(kKeys, "m1042", true) == MessageId{1042});
  const KeyHasher other{KeyHasher::Secret{8}};
  for (const std::string& bad :
       {std::string(), std::string("m"), std::string("m1042."), std::string("x1042"),
        std::string("m99999999999999999999"), delivery_token(other, MessageId{1042})})
    CHECK_FALSE(read_delivery_token(kKeys, bad, true));
}

TEST_CASE(
    "a request is for the lines of the account it names, a text for the one with its number") {
  SmsLine first = texts(), second = texts(), third = texts(), bridge = texts();
  second.line.number = "+15550100009";
  third.line.account = "AC3";
  bridge.adapter = find_adapter("generic");
  bridge.name = "a b";
  const SmsLines lines({first, second, third, bridge}, "https://desk.example.com");
  const Adapter& twilio = *first.adapter;
  CHECK(lines.candidates(twilio, "AC1").size() == 2);
  CHECK(lines.candidates(twilio, "AC3").size() == 1);
  CHECK(lines.candidates(twilio, "AC9").size() == 3);
  CHECK(lines.candidates(twilio, "").size() == 3);
  CHECK(lines.generic("a b") == &lines.all()[3]);
  CHECK(lines.generic("texts") == nullptr);
  const auto believed = lines.candidates(twilio, "AC1");
  CHECK(&receiver(believed, "+1 555-010-0009") == &lines.all()[1]);
  CHECK(&receiver(believed, "+15559999999") == &lines.all()[0]);
  CHECK(lines.status_url(first, "m1.x") == "https://desk.example.com/hooks/twilio/status?m=m1.x");
  CHECK(lines.status_url(bridge, "m1.x") == "https://desk.example.com/hooks/sms/a%20b?m=m1.x");
}
