// SPDX-License-Identifier: Apache-2.0
// What telephone systems say of calls, and what the desk remembers of them.
#include <catch2/catch.hpp>

#include "channels/voice/call_event.hpp"
#include "channels/voice/call_record.hpp"
#include "codec/wire.hpp"

using namespace deskwire;
using namespace deskwire::voice;

namespace {

constexpr Instant kNow{1'700'000'000'000};

std::string event_with(std::string_view member, std::string_view value) {
  std::string out = R"({"event":"missed","call":"c1","from":"0912345678","to":"1900")";
  if (member != "at") out += R"(,"at":"2023-11-14T22:13:00Z")";
  if (!member.empty()) out.append(",\"").append(member).append("\":").append(value);
  return out + "}";
}

std::string complaint(std::string_view body) {
  const auto event = read_call_event(body, kNow);
  return event ? "" : event.error();
}

}  // namespace

TEST_CASE("an event of a call is read with every member") {
  const auto event = read_call_event(event_with("agent", R"("Agent1")"), kNow);
  REQUIRE(event);
  CHECK(event->step == CallStep::missed);
  CHECK(event->call == "c1");
  CHECK(event->from == "0912345678");
  CHECK(event->to == "1900");
  CHECK(event->agent == "agent1");
  CHECK(wire::format_time(event->at) == "2023-11-14T22:13:00.000Z");
}

TEST_CASE("a time to come counts as now") {
  const auto event = read_call_event(event_with("at", R"("2033-11-14T22:13:00+02:00")"), kNow);
  REQUIRE(event);
  CHECK(event->at == kNow);
}

TEST_CASE("what is wrong with an event is told by the member's name") {
  CHECK(complaint("[1]") == "the body is not a JSON object");
  CHECK(complaint("{").starts_with("the body is not valid JSON"));
  CHECK(complaint(R"({"event":"rang","call":"c1","at":"2023-11-14T22:13:00Z"})")
            .starts_with("event:"));
  CHECK(complaint(R"({"event":"ended","call":" \n","at":"2023-11-14T22:13:00Z"})")
            .starts_with("call:"));
  CHECK(complaint(R"({"event":"ended","at":"2023-11-14T22:13:00Z"})").starts_with("call:"));
  CHECK(complaint(R"({"event":"ended","call":"c1"})").starts_with("at:"));
  CHECK(complaint(event_with("at", R"("soon")")).starts_with("at:"));
  CHECK(complaint(event_with("at", R"("1970-01-01T00:00:00Z")")).starts_with("at:"));
  CHECK(complaint(event_with("agent", "7")).starts_with("agent:"));
  CHECK(complaint(R"({"event":"ended","call":")" + std::string(300, 'x') + R"("})")
            .starts_with("call:"));
}

TEST_CASE("a caller is their number, however it was written") {
  for (const char* sent : {"+84912345678", "0912345678", "0912 345 678"}) {
    const Caller caller = read_caller(sent, "VN");
    CHECK(caller.number == "+84912345678");
    CHECK(caller.dialable);
    CHECK(caller.shown == "+84 91 234 56 78");
  }
}

TEST_CASE("a withheld number is nobody's") {
  for (const char* sent : {"", " ", "anonymous", "Anonymous", "UNKNOWN", "+266696687", "+464"}) {
    const Caller caller = read_caller(sent, "VN");
    CHECK(caller.number.empty());
    CHECK_FALSE(caller.dialable);
    CHECK(caller.shown == "a withheld number");
  }
}

TEST_CASE("an extension or an address is shown and is no number") {
  for (const char* sent : {"104", "sip:bob@pbx.test", "client:jenny"}) {
    const Caller caller = read_caller(sent, "VN");
    CHECK(caller.number == sent);
    CHECK(caller.shown == sent);
    CHECK_FALSE(caller.dialable);
  }
}

TEST_CASE("lengths are told as people say them") {
  CHECK(spell(seconds(-5)) == "0 s");
  CHECK(spell(milliseconds(499)) == "0 s");
  CHECK(spell(milliseconds(191'900)) == "3 min 12 s");
  CHECK(spell(seconds(12)) == "12 s");
  CHECK(spell(seconds(60)) == "1 min");
  CHECK(spell(seconds(192)) == "3 min 12 s");
  CHECK(spell(hours(1) + minutes(5) + seconds(9)) == "1 h 5 min");
  CHECK(spell(hours(2)) == "2 h");
}

TEST_CASE("what is remembered of a call is read as it was written") {
  CallRecord record;
  CHECK(write_call_record(record) == "{}");
  CHECK(read_call_record("{}") == record);
  record.rang = kNow;
  record.answered = kNow + seconds(1);
  record.missed = kNow + seconds(2);
  record.ended = kNow + seconds(3);
  record.rung = {AgentId{3}, AgentId{4}};
  record.rung_everyone = true;
  record.ticket = TicketId{7};
  record.began = kNow;
  record.agent = AgentId{3};
  record.seq = 5;
  record.assigned_since = kNow;
  record.finished = true;
  record.from = "+84912345678";
  record.said = "You are next.";
  record.dials = 2;
  record.dialing = record.connected = record.over = record.served = true;
  record.without_phone = AgentId{9};
  CHECK(read_call_record(write_call_record(record)) == record);
}

TEST_CASE("a record that cannot be read is a call never heard of") {
  for (const char* text : {"", "[]", "{", R"({"ticket":"x","rung":[-1],"said":7})"})
    CHECK(read_call_record(text) == CallRecord{});
}
