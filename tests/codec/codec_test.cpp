// SPDX-License-Identifier: Apache-2.0
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "codec/codec_error.hpp"
#include "codec/entity_codec.hpp"
#include "codec/event_codec.hpp"
#include "codec/filled.hpp"

using namespace deskwire;

namespace {

template <class Entity>
std::string row_of(const Entity& entity) {
  std::string row;
  append_row(row, entity);
  return row;
}

std::string error_of(std::string_view json) {
  try {
    (void)decode_events(json);
  } catch (const CodecError& e) {
    return e.what();
  }
  return "no error";
}

/// Decoding must throw CodecError or succeed; anything else fails the test.
template <class Decode>
void survives(Decode&& decode) {
  try {
    decode();
  } catch (const CodecError&) {
  }
}

}  // namespace

TEMPLATE_TEST_CASE("an entity comes back from JSON and from its row as it was", "", Ticket, Agent,
                   Offer, Decision, Clock, Message, Customer, OutboxItem) {
  CHECK(decode_json<TestType>(encode_json(TestType{})) == TestType{});
  CHECK(decode_row<TestType>(row_of(TestType{})) == TestType{});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto entity = filled::one<TestType>(seed);
    CHECK(decode_json<TestType>(encode_json(entity)) == entity);
    CHECK(decode_row<TestType>(row_of(entity)) == entity);
  }
}

TEST_CASE("every event comes back from the journal as it was") {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const std::vector<Event> events = filled::every_event(seed);
    const std::string json = encode_events(events);
    const std::vector<Event> read = decode_events(json);
    REQUIRE(read.size() == events.size());
    for (std::size_t i = 0; i < read.size(); ++i) CHECK(read[i].index() == events[i].index());
    CHECK(encode_events(read) == json);
  }
}

TEST_CASE("a journal row is valid JSON that names each event") {
  const std::vector<Event> events = filled::every_event(1);
  const boost::json::array array = boost::json::parse(encode_events(events)).as_array();
  REQUIRE(array.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i)
    CHECK(array[i].at("type").as_string() == event_name(events[i]));
}

TEST_CASE("an event of an older version gets defaults for what it did not know") {
  const auto events = decode_events(R"([{"type":"MessageReceived","message":{"id":4}}])");
  const auto& received = std::get<MessageReceived>(events.at(0));
  CHECK(received.message.id == MessageId{4});
  CHECK(received.verified_participant);
  CHECK_FALSE(received.sender);
}

TEST_CASE("an event of a newer version is read without what it knows more") {
  const auto events =
      decode_events(R"([{"type":"TicketReranked","ticket":3,"rank":-5,"mood":{"x":[1]}}])");
  CHECK(std::get<TicketReranked>(events.at(0)).rank == -5);
}

TEST_CASE("a damaged journal row is an error that says what is wrong") {
  CHECK(error_of(R"([{"type":"Teleported"}])") == "unknown event type \"Teleported\"");
  CHECK(error_of(R"([{"ticket":1}])") == "an event has no type");
  CHECK(error_of(R"([7])") == "an event is not an object");
  CHECK(error_of(R"({})") == "a journal row is not an array of events");
  CHECK(error_of(R"([{"type":"TicketReranked","ticket":"x"}])") ==
        "field \"ticket\": expected an integer in range");
  CHECK(error_of(R"([{"type":"TicketReranked","rank":1.5}])") ==
        "field \"rank\": expected an integer in range");
  CHECK(error_of(R"([{"type":"TicketAssigned","weight_percent":70000}])") ==
        "field \"weight_percent\": expected an integer in range");
  CHECK(error_of(R"([{"type":"PriorityChanged","priority":"huge"}])") ==
        "field \"priority\": expected a name this version knows");
  CHECK(error_of("[{").starts_with("malformed JSON: "));
}

TEST_CASE("text of any bytes survives the journal") {
  OfferDeclined declined;
  for (int c = 0; c < 256; ++c) declined.reason += static_cast<char>(c);
  const auto events = decode_events(encode_events({declined}));
  CHECK(std::get<OfferDeclined>(events.at(0)).reason == declined.reason);
}

TEST_CASE("a row cut short is an error, wherever the cut is") {
  const std::string row = row_of(filled::one<Ticket>(3));
  for (std::size_t n = 0; n < row.size(); ++n)
    CHECK_THROWS_AS(decode_row<Ticket>(std::string_view(row).substr(0, n)), CodecError);
  CHECK_THROWS_WITH(decode_row<Ticket>(row + "x"), "a row has bytes behind its end");
}

TEST_CASE("a damaged row never does worse than an error") {
  const std::string row = row_of(filled::one<Offer>(5));
  filled::Draw draw(9);
  for (int i = 0; i < 20'000; ++i) {
    std::string damaged = row;
    for (int n = 0; n < 3; ++n)
      damaged[draw.below(damaged.size())] = static_cast<char>(draw.bits());
    survives([&] { (void)decode_row<Offer>(damaged); });
  }
}

TEST_CASE("a row of a newer version is refused") {
  CHECK_THROWS_WITH(decode_row<Clock>(std::string("\x01\x7f", 2)),
                    "a row was written by a newer version");
  CHECK_THROWS_WITH(decode_row<Clock>(std::string("\x02\x01", 2)), "a row has an unknown form");
}

TEST_CASE("the details of a message come back, its text stays as it was") {
  auto content = filled::one<MessageContent>(12);
  content.references = {"a@b", "c@d"};
  content.reply_to = {{.name = "Ann", .address = "ann@example.net"}};
  MessageContent read;
  read.text = "kept";
  decode_details(encode_details(content), read);
  CHECK(read.text == "kept");
  CHECK(read.to == content.to);
  CHECK(read.from == content.from);
  CHECK(read.cc == content.cc);
  CHECK(read.references == content.references);
  CHECK(read.message_id == content.message_id);
  CHECK(read.attachments == content.attachments);
  CHECK(read.reply_to == content.reply_to);
}
