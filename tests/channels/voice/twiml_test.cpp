// SPDX-License-Identifier: Apache-2.0
// Instructions to Twilio are well-formed, whatever they are made of.
#include <catch2/catch.hpp>

#include "channels/voice/phrases.hpp"
#include "channels/voice/twilio_fields.hpp"
#include "channels/voice/twiml.hpp"

using namespace deskwire::voice;

namespace {

std::string inside(const Twiml& twiml) {
  constexpr std::string_view kHead = R"(<?xml version="1.0" encoding="UTF-8"?><Response>)";
  constexpr std::string_view kTail = "</Response>";
  const std::string all = twiml.str();
  REQUIRE(all.starts_with(kHead));
  REQUIRE(all.ends_with(kTail));
  return all.substr(kHead.size(), all.size() - kHead.size() - kTail.size());
}

}  // namespace

TEST_CASE("hostile text stays text") {
  CHECK(escape_xml("</Say><Dial>+1900</Dial>") == "&lt;/Say&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;");
  CHECK(escape_xml(R"(" onclick='x' & co)") == "&quot; onclick=&apos;x&apos; &amp; co");
  CHECK(escape_xml("]]>") == "]]&gt;");
  CHECK(escape_xml("&amp;") == "&amp;amp;");
  CHECK(escape_xml("Grüße, Quý khách 👋") == "Grüße, Quý khách 👋");
}

TEST_CASE("what XML has no place for goes") {
  CHECK(escape_xml(std::string_view("a\0b\x01\x1f\x0b"
                                    "c",
                                    7)) == "abc");
  CHECK(escape_xml("a\tb\nc") == "a\tb\nc");
  CHECK(escape_xml("\xff\xc3(\xed\xa0\x80") == "(");
  CHECK(escape_xml("\xef\xbf\xbe\xef\xbf\xbf") == "");  // U+FFFE, U+FFFF
}

TEST_CASE("verbs come out in the order they were put in") {
  Twiml twiml("en-GB");
  twiml.say("a<b").pause(std::chrono::seconds(7)).play("https://x/y?a=1&b=2").redirect("/w");
  CHECK(
      inside(twiml.hang_up()) ==
      R"(<Say language="en-GB">a&lt;b</Say><Pause length="7"/><Play>https://x/y?a=1&amp;b=2</Play>)"
      R"(<Redirect method="POST">/w</Redirect><Hangup/>)");
  CHECK(inside(Twiml("en").say("")).empty());
}

TEST_CASE("a key is gathered while something is heard") {
  Twiml heard("de");
  heard.say("Hallo");
  CHECK(inside(Twiml("de").gather("/g", heard)) ==
        R"(<Gather input="dtmf" numDigits="1" timeout="1" action="/g" method="POST">)"
        R"(<Say language="de">Hallo</Say></Gather>)");
}

TEST_CASE("an agent's telephone is a number or an address") {
  const auto dialed = [](std::string_view to) {
    Twiml twiml("en");
    return inside(twiml.dial(
        {.to = to, .caller_id = "+15005550006", .action = "/d?n=1&x", .answered = "/a"}));
  };
  CHECK(dialed("+15005550010") ==
        R"(<Dial timeout="20" callerId="+15005550006" action="/d?n=1&amp;x" method="POST">)"
        R"(<Number statusCallbackEvent="answered" statusCallback="/a" statusCallbackMethod="POST">)"
        R"(+15005550010</Number></Dial>)");
  CHECK(dialed("sip:bob@pbx.test").find("<Sip ") != std::string::npos);
  CHECK(dialed("sips:bob@pbx.test").find("<Sip ") != std::string::npos);
}

TEST_CASE("callers hear their language, and English where there is none") {
  CHECK(phrases("de-AT").next == phrases("de").next);
  CHECK(phrases("vi-VN").next != phrases("en-US").next);
  CHECK(phrases("fr-FR").next == phrases("en-US").next);
  CHECK(phrases("").next == phrases("en-US").next);
  CHECK(place_in_line(phrases("en"), 3) == "You are number 3 in line.");
  for (const char* language : {"en", "de", "vi"})
    CHECK(place_in_line(phrases(language), 12).find("12") != std::string::npos);
}

TEST_CASE("Twilio's fields are read for what they are") {
  CHECK(read_number("12") == 12);
  for (const char* text : {"", "-1", "1x", " 1", "99999999999999999999"})
    CHECK(read_number(text) == 0);
  CHECK(is_sid("CA00000000000000000000000000000000"));
  for (const char* text : {"", "CA1:x", "../CA1", "CA 1"}) CHECK_FALSE(is_sid(text));
  CHECK_FALSE(is_sid(std::string(65, 'a')));
  CHECK(is_over("completed"));
  CHECK(is_over("no-answer"));
  CHECK_FALSE(is_over("in-progress"));
  CHECK_FALSE(is_over(""));
  CHECK(is_sound_url("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1"));
  for (const char* text : {"", "file:///etc/passwd", "javascript:x", "https://a b", "//x"})
    CHECK_FALSE(is_sound_url(text));
}
