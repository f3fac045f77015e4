// SPDX-License-Identifier: Apache-2.0
// Keys of text, chat and voice channels: what they mean when unset, and what is told of mistakes.
#include <catch2/catch.hpp>

#include "config/given.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

namespace {

using Lines = std::vector<std::string>;

/// The smallest desk with these channels from line 14 on, two blanks in.
std::string desk(const std::string& channels) {
  return replaced(replaced(kSmallest, "channels: {}", "channels:\n" + channels),
                  "# What a test appends",
                  "calendars:\n  - {name: office, hours: {mon: \"09:00-17:00\"}}\n#");
}
Lines errors(const std::string& channels) { return errors_of(desk(channels)); }

/// One text channel as a flow map, in line 14 behind column 9.
Lines sms(const std::string& keys) {
  return errors("  sms: [{name: s, number: \"+15005550006\", token: t, " + keys + "}]\n");
}
Lines chat(const std::string& keys) { return errors("  chat: [{name: c, " + keys + "}]\n"); }
Lines voice(const std::string& keys) {
  return errors("  voice: [{name: v, number: \"+15005550006\", gateway: twilio, token: t, " + keys +
                "}]\n");
}

Config load_or_fail(const std::string& text, NameIds& ids) {
  auto config = loaded(text, GivenSecrets{}, ids, kShort);
  if (!config)
    for (const auto& error : config.error()) FAIL_CHECK(to_string(error));
  REQUIRE(config);
  return std::move(*config);
}

}  // namespace

TEST_CASE("an account is asked for by the gateways that have one") {
  CHECK(sms("gateway: twilio, account: a").empty());
  CHECK(sms("gateway: vonage, account: a").empty());
  CHECK(sms("gateway: telnyx, hook_secret: k").empty());
  CHECK(sms("gateway: generic, api_base: \"http://127.0.0.1:1\"").empty());
  CHECK(sms("gateway: twilio") ==
        Lines{"desk.yaml:14:9: channels.sms[0].account: found nothing, expected the account's id, "
              "which twilio asks for"});
  CHECK(sms("gateway: vonage") ==
        Lines{"desk.yaml:14:9: channels.sms[0].account: found nothing, expected the account's id, "
              "which vonage asks for"});
  CHECK(sms("gateway: telnyx") ==
        Lines{"desk.yaml:14:9: channels.sms[0].hook_secret: found nothing, expected the public key "
              "that telnyx signs hooks with"});
  CHECK(sms("gateway: generic") ==
        Lines{"desk.yaml:14:9: channels.sms[0].api_base: found nothing, expected "
              "http(s)://host[:port] of what sends for a generic gateway"});
  CHECK(sms("gateway: sinch") ==
        Lines{"desk.yaml:14:62: channels.sms[0].gateway: found \"sinch\", expected one of twilio, "
              "vonage, telnyx, generic"});
}

TEST_CASE("a reply to HELP is a text message or two, and a region has two letters") {
  const std::string twilio = "gateway: twilio, account: a, ";
  CHECK(sms(twilio + "help_reply: " + std::string(320, 'x')).empty());
  CHECK(sms(twilio + "help_reply: " + std::string(321, 'x')) ==
        Lines{"desk.yaml:14:94: channels.sms[0].help_reply: found 321 bytes, expected at most "
              "320"});
  CHECK(sms(twilio + "region: Germany") ==
        Lines{"desk.yaml:14:90: channels.sms[0].region: found \"Germany\", expected a country as "
              "two capital letters, such as VN"});
  CHECK(sms(twilio + "max_media: 1GiB").size() == 1);
}

TEST_CASE("text channels have the desk's region and their provider's own hosts unless set") {
  NameIds ids;
  const auto config = load_or_fail(
      replaced(desk("  sms:\n"
                    "    - {name: s, number: \"+15005550006\", gateway: twilio, account: a,\n"
                    "       key: SK1, token: t, hook_secret: [k1, k2], messaging_service: MG1}\n"
                    "  cti: [{name: p, secret: whsec_YQ==}, {name: q, secret: whsec_YQ==, "
                    "region: FR}]\n"),
               "  name: Desk", "  name: Desk\n  region: VN"),
      ids);
  const auto& sms = config.channels.sms.at(0);
  CHECK(sms.region == "VN");
  CHECK(sms.key == "SK1");
  CHECK(sms.hook_secrets.at(1).value == "k2");
  CHECK(sms.messaging_service == "MG1");
  CHECK(sms.max_media_bytes == 10U << 20);
  CHECK(sms.api_base.empty());
  CHECK(config.channels.cti.at(0).region == "VN");
  CHECK(config.channels.cti.at(1).region == "FR");
}

TEST_CASE("a chat asks nothing, is open and ends after ten silent minutes unless it is told") {
  NameIds ids;
  const auto config = load_or_fail(desk("  chat: [{name: c}, {name: d, idle_close: 4m}]\n"), ids);
  const auto& chat = config.channels.chat.at(0);
  CHECK(chat.ask_for.empty());
  CHECK(chat.hours == CalendarId{});
  CHECK(chat.answer_by_mail == ChannelId{});
  CHECK(chat.idle_warning == minutes(5));
  CHECK(chat.idle_close == minutes(10));
  CHECK(chat.mail_after == minutes(2));
  CHECK(chat.max_upload_bytes == 10U << 20);
  CHECK(chat.messages_per_minute == 240);
  CHECK(config.channels.chat.at(1).idle_warning == minutes(2));
}

TEST_CASE("a chat's hours and mailbox are ids of the policy") {
  NameIds ids;
  const auto config = load_or_fail(
      desk("  chat: [{name: c, hours: office, answer_by_mail: post, ask_for: [email],\n"
           "          identity_secret: [sixteen bytes at least, while it is exchanged]}]\n"
           "  email: [{name: post, address: a@b.test}]\n"),
      ids);
  const auto& chat = config.channels.chat.at(0);
  CHECK(config.policy->calendar(chat.hours)->name == "office");
  CHECK(chat.answer_by_mail == config.channels.email.at(0).id);
  CHECK(chat.identity_secrets.size() == 2);
}

TEST_CASE("mistakes of a chat are told with their place") {
  CHECK(chat("hours: offic") ==
        Lines{"desk.yaml:14:27: channels.chat[0].hours: found the unknown calendar \"offic\", "
              "expected a calendar; did you mean office?"});
  CHECK(chat("answer_by_mail: post") ==
        Lines{"desk.yaml:14:36: channels.chat[0].answer_by_mail: found the unknown mailbox "
              "\"post\", expected a mailbox, but none is defined"});
  CHECK(chat("answer_by_mail: c").size() == 1);
  CHECK(chat("ask_for: [name, phone]") ==
        Lines{"desk.yaml:14:36: channels.chat[0].ask_for[1]: found \"phone\", expected one of "
              "name, email"});
  CHECK(chat("idle_warning: 15m") ==
        Lines{"desk.yaml:14:34: channels.chat[0].idle_warning: found 15m, expected less than "
              "idle_close, which is 10m"});
  CHECK(chat("idle_warning: 15m, idle_close: 0s").empty());
  CHECK(chat("idle_warning: 0s").empty());
  CHECK(chat("identity_secret: short") ==
        Lines{"desk.yaml:14:37: channels.chat[0].identity_secret: found a secret of 5 bytes, "
              "expected at least 16"});
  CHECK(chat("messages_per_minute: 0") ==
        Lines{"desk.yaml:14:41: channels.chat[0].messages_per_minute: found \"0\", expected a "
              "whole number from 1 to 10000"});
  CHECK(chat("gretting: Hi") ==
        Lines{"desk.yaml:14:20: channels.chat[0].gretting: found the unknown key \"gretting\", "
              "expected a known key; did you mean greeting?"});
}

TEST_CASE("a voice channel is one of the voice channels of the policy") {
  NameIds ids;
  const auto config = load_or_fail(
      desk("  voice: [{name: v, number: \"+15005550006\", gateway: twilio, account: a, token: t,\n"
           "           hours: office, queue: general,\n"
           "           phones: {ann: \"+15005550010\", bob: \"sip:bob@10.0.0.1:5060\"}}]\n"
           "  sms: [{name: s, number: \"+15005550006\", gateway: twilio, account: a, token: t}]\n"),
      ids);
  const auto& voice = config.channels.voice.at(0);
  CHECK(config.policy->channel(voice.id)->channel == Channel::voice);
  CHECK(config.policy->channel("v")->queue == config.policy->queue("general")->id);
  CHECK(config.policy->calendar(voice.hours)->name == "office");
  CHECK(voice.phones.at(0).user == "ann");
  CHECK(voice.phones.at(0).address == "+15005550010");
  CHECK(voice.phones.at(1).address == "sip:bob@10.0.0.1:5060");
  CHECK(voice.language == "en-US");
  CHECK_FALSE(voice.greeting.empty());
  CHECK(voice.callback);
  CHECK(voice.voicemail);
}

TEST_CASE("mistakes of a voice channel are told with their place") {
  CHECK(voice("account: a").empty());
  CHECK(voice("skills: {}") == Lines{"desk.yaml:14:11: channels.voice[0].account: found nothing, "
                                     "expected a name of letters, digits, '_', '-' and '.', at "
                                     "most 64"});
  CHECK(voice("account: a, phones: {ann: 1234}") ==
        Lines{"desk.yaml:14:98: channels.voice[0].phones.ann: found \"1234\", expected a phone "
              "number such as +15005550006, or sip:NAME@HOST"});
  for (const auto* bad : {"sip:@host", "sip:ann", "sip:ann@", "tel:+15005550010", "sip:a@b@c"})
    CHECK(voice("account: a, phones: {ann: \"" + std::string(bad) + "\"}").size() == 1);
  CHECK(voice("account: a, hold_music: \"http://example.com/a.mp3\"") ==
        Lines{"desk.yaml:14:96: channels.voice[0].hold_music: found \"http://example.com/a.mp3\", "
              "expected an address such as https://example.com/music.mp3"});
  CHECK(voice("account: a, hold_music: \"https://example.com/a b.mp3\"").size() == 1);
  CHECK(voice("account: a, callback: maybe").size() == 1);
  CHECK(errors(
            "  voice:\n"
            "    - {name: v, number: \"+15005550006\", gateway: twilio, account: a, token: t}\n"
            "    - {name: w, number: \"+15005550006\", gateway: twilio, account: a, token: t}\n") ==
        Lines{"desk.yaml:16:25: channels.voice[1].number: found the voice number \"+15005550006\" "
              "a second time, expected a name that is not taken (first in line 15)"});
}
