// SPDX-License-Identifier: Apache-2.0
// Hooks of a telephone system against a whole desk: what arrives together or twice is one call.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "channels/voice/voice_office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace json = boost::json;

TEST_CASE("events of one call that arrive together are one ticket, answered and ended once") {
  VoiceOffice desk;
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 4; ++i)
    for (const char* event : {"ringing", "ended", "answered", "missed"})
      answers.push_back(std::async(std::launch::async, [&desk, event] {
        return desk.tell(event, std::string(event) == "answered" ? "ann" : "");
      }));
  for (auto& answer : answers) CHECK(answer.get().status == 200);
  const std::vector<Ticket> tickets = desk.tickets();
  REQUIRE(tickets.size() == 1);
  CHECK(tickets.front().state == TicketState::resolved);
  CHECK(tickets.front().disposition == "call ended");
  // The call, perhaps missed before it was answered, and the note of its end.
  CHECK(tickets.front().last_seq >= 2);
  CHECK(tickets.front().last_seq <= 3);
  const std::vector<std::string> told = desk.announced();
  CHECK(std::ranges::count(told, "ended") == 1);
  CHECK(std::ranges::count(told, "ringing") <= 1);
}

TEST_CASE("an older secret is still good, another one is not") {
  VoiceOffice desk;
  const std::string body =
      R"({"event":"missed","call":"c9","from":"","to":"","at":"2020-01-01T00:00:00Z"})";
  CHECK(desk.post(body, kOldSecret).status == 200);
  CHECK(desk.post(body, "whsec_b3RoZXI=").status == 403);
  CHECK(desk.tickets().size() == 1);
}

TEST_CASE("an answered call tells its agent's console and nobody who was not rung") {
  VoiceOffice desk;
  CHECK(desk.tell("ringing", "ann").body == R"({"ticket":null})");
  const json::object answer = json::parse(desk.tell("answered", "ann").body).as_object();
  CHECK(answer.at("ticket").to_number<std::uint64_t>() == desk.tickets().front().id.value);
  CHECK(desk.announced() == std::vector<std::string>{"ringing", "answered"});
}

TEST_CASE("a withheld number that is answered after it was missed is still one ticket") {
  VoiceOffice desk;
  desk.tell("missed", "", "anonymous");
  desk.tell("answered", "ann", "anonymous");
  REQUIRE(desk.tickets().size() == 1);
  CHECK(desk.tickets().front().agent == ann);
  CHECK(desk.tickets().front().state == TicketState::assigned);
}
