// SPDX-License-Identifier: Apache-2.0
// Callers at Twilio against a whole desk that is busy, or asked twice at once.
#include <catch2/catch.hpp>
#include <future>

#include "channels/voice/voice_office.hpp"

using namespace deskwire;
using namespace deskwire::test;

namespace {

const std::string kHook = "/hooks/twilio/voice/hotline";

bool has(const Answer& answer, std::string_view text) {
  return answer.body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a call whose first request comes twice at once is one ticket") {
  VoiceOffice desk;
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 8; ++i)
    answers.push_back(std::async(
        std::launch::async, [&desk] { return desk.twilio(kHook, {{"CallStatus", "ringing"}}); }));
  for (auto& answer : answers) {
    const Answer got = answer.get();
    CHECK(got.status == 200);
    CHECK(got.headers.at("content-type").starts_with("text/xml"));
    CHECK(has(got, "<Redirect method=\"POST\">" + kPublicUrl + kHook + "/wait</Redirect>"));
  }
  CHECK(desk.tickets().size() == 1);
}

TEST_CASE("nobody is thrown out of the line while the desk is busy, and no message is lost") {
  VoiceOffice desk;
  desk.twilio(kHook, {});
  desk.be_busy(true);
  const Answer waits = desk.twilio(kHook + "/wait", {});
  CHECK(waits.status == 200);
  CHECK(has(waits, "<Pause length=\"3\"/><Redirect method=\"POST\">" + kPublicUrl + kHook +
                       "/wait</Redirect>"));
  const Params recording{{"RecordingUrl", "https://api.twilio.com/RE1"}, {"RecordingSid", "RE1"}};
  CHECK(has(desk.twilio(kHook + "/recorded", recording),
            "/recorded?RecordingSid=RE1&amp;RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRE1<"));
  CHECK(desk.twilio(kHook, {}).status == 503);
  CHECK(desk.twilio(kHook + "/status", {{"CallStatus", "completed"}}).status == 503);

  desk.be_busy(false);
  const std::string target =
      kHook + "/recorded?RecordingSid=RE1&RecordingUrl=https%3A%2F%2Fapi.twilio.com%2FRE1";
  CHECK(has(desk.twilio(target, {}), "we have your message"));
  CHECK(desk.tickets().front().last_seq == 2);
}

TEST_CASE("what is signed and no call is told apart from what is forged") {
  VoiceOffice desk;
  CHECK(desk.twilio("/hooks/twilio/voice/elsewhere", {}).status == 404);
  CHECK(ask(desk.office().port, "POST", kHook,
            "content-type: application/x-www-form-urlencoded\r\n", "CallSid=CA1")
            .status == 403);
  const std::string text = kPublicUrl + kHook + "CallSid../1";
  CHECK(ask(desk.office().port, "POST", kHook,
            "content-type: application/x-www-form-urlencoded\r\nx-twilio-signature: " +
                base64(hmac_sha1(kToken, text)) + "\r\n",
            "CallSid=..%2F1")
            .status == 422);
  CHECK(desk.tickets().empty());
}
