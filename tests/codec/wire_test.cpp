// SPDX-License-Identifier: Apache-2.0
#include "codec/wire.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <limits>

using namespace deskwire;
namespace json = boost::json;

namespace {

Policy a_policy() {
  Policy policy;
  Queue& queue = policy.queues.emplace_back();
  queue.id = QueueId{3};
  queue.name = "billing";
  ChannelPolicy& channel = policy.channels.emplace_back();
  channel.id = ChannelId{2};
  channel.name = "billing@demo.test";
  return policy;
}

}  // namespace

TEST_CASE("a time is shown in UTC with milliseconds") {
  CHECK(wire::format_time(Instant{0}) == "1970-01-01T00:00:00.000Z");
  CHECK(wire::format_time(Instant{951'782'400'007}) == "2000-02-29T00:00:00.007Z");
  CHECK(wire::format_time(Instant{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(wire::format_time(Instant{1'772'352'900'250}) == "2026-03-01T08:15:00.250Z");
}

TEST_CASE("a time beyond four-digit years is clamped") {
  CHECK(wire::format_time(kNever) == "9999-12-31T23:59:59.999Z");
  CHECK(wire::format_time(Instant{std::numeric_limits<std::int64_t>::min()}) ==
        "0000-01-01T00:00:00.000Z");
}

TEST_CASE("a shown time is read back") {
  for (std::int64_t ms : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-62'167'219'200'000},
                          std::int64_t{253'402'300'799'999}, std::int64_t{1'709'164'799'999},
                          std::int64_t{-86'400'001}, std::int64_t{4'107'542'400'000}}) {
    const Instant at{ms};
    CHECK(wire::parse_time(wire::format_time(at)) == at);
  }
}

TEST_CASE("every form of RFC 3339 is understood") {
  const Instant expected{1'772'352'900'250};
  CHECK(wire::parse_time("2026-03-01T08:15:00.25Z") == expected);
  CHECK(wire::parse_time("2026-03-01t15:15:00.250999+07:00") == expected);
  CHECK(wire::parse_time("2026-02-28 23:45:00.250-08:30") == expected);
  CHECK(wire::parse_time("2016-12-31T23:59:60Z") == wire::parse_time("2017-01-01T00:00:00Z"));
}

TEST_CASE("what is no time is refused") {
  for (const char* text :
       {"", "2026", "2026-03-01", "2026-03-01T08:15:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+25:00", "2026-01-01T00:00:00Zx",
        "2026-01-01T00:00:00+0700", "-026-01-01T00:00:00Z", "2026-1-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(wire::parse_time(text).has_value());
  }
}

TEST_CASE("a ticket shows what the contract names, null for what is unknown") {
  Ticket ticket;
  ticket.id = TicketId{7};
  ticket.state = TicketState::assigned;
  ticket.queue = QueueId{3};
  ticket.channel_name = ChannelId{2};
  ticket.priority = Priority::high;
  ticket.customer = CustomerId{5};
  ticket.agent = AgentId{1};
  ticket.created_at = Instant{1'772'352'900'250};
  ticket.updated_at = Instant{1'772'352'901'000};
  Clock& first = ticket.clocks.emplace_back();
  first.due_at = Instant{1'772'356'500'250};
  first.target = hours(2);
  first.used = minutes(60);
  first.started_at = Instant{1'772'345'700'250};
  first.resumed_at = ticket.created_at;
  Clock& resolution = ticket.clocks.emplace_back();
  resolution.metric = Metric::resolution;
  resolution.state = ClockState::paused;
  ticket.last_seq = 4;
  const json::value shown =
      wire::ticket(ticket, {.subject = "Refund", .customer = "", .agent = "agent1"}, a_policy());
  CHECK(shown == json::parse(R"({
    "id":7, "subject":"Refund", "state":"assigned", "queue":"billing", "channel":"email",
    "channel_name":"billing@demo.test", "priority":"high", "customer":{"id":5,"name":null},
    "agent":"agent1", "created_at":"2026-03-01T08:15:00.250Z",
    "updated_at":"2026-03-01T08:15:01.000Z", "queued_at":null,
    "deadlines":[
      {"metric":"first_response","due_at":"2026-03-01T09:15:00.250Z","state":"running",
       "warn_at":null,"sla":null,"calendar":null,"target_seconds":7200,"used_seconds":3600,
       "started_at":"2026-03-01T06:15:00.250Z","resumed_at":"2026-03-01T08:15:00.250Z",
       "stopped_at":null},
      {"metric":"resolution","due_at":null,"state":"paused",
       "warn_at":null,"sla":null,"calendar":null,"target_seconds":0,"used_seconds":0,
       "started_at":null,"resumed_at":null,"stopped_at":null}],
    "last_seq":4, "linked_to":null, "disposition":null, "snoozed_until":null, "tags":[]})"));
}

TEST_CASE("a message shows its author, attachments and delivery") {
  Message message;
  message.id = MessageId{11};
  message.ticket = TicketId{7};
  message.seq = 2;
  message.direction = Direction::out;
  message.channel_name = ChannelId{9};
  message.author_kind = AuthorKind::agent;
  message.author = 1;
  message.at = Instant{1'772'352'900'250};
  message.delivery = DeliveryState::failed;
  message.delivery_detail = "550 5.1.1 no such user";
  MessageContent content;
  content.subject = "Re: Refund";
  content.text = "Done.";
  content.from = {.name = "Desk", .address = "billing@demo.test"};
  content.to.push_back({.name = "", .address = "ann@example.net"});
  Attachment& attachment = content.attachments.emplace_back();
  attachment.n = 1;
  attachment.name = "a.pdf";
  attachment.type = "application/pdf";
  attachment.size_bytes = 9;
  const json::value shown = wire::message(message, content, "Agent One", a_policy());
  CHECK(shown == json::parse(R"({
    "id":11, "ticket":7, "seq":2, "direction":"out", "channel":"email", "channel_name":null,
    "author":{"kind":"agent","id":1,"name":"Agent One"}, "at":"2026-03-01T08:15:00.250Z",
    "text":"Done.", "has_html":false,
    "attachments":[{"n":1,"name":"a.pdf","type":"application/pdf","size_bytes":9,
                    "content_id":null}],
    "delivery":{"state":"failed","detail":"550 5.1.1 no such user"},
    "subject":"Re: Refund", "from":{"name":"Desk","address":"billing@demo.test"},
    "forwarded_by":null,
    "to":[{"name":null,"address":"ann@example.net"}], "cc":[], "machine":"none",
    "unverified":false, "held_until":null})"));
}

TEST_CASE("a message without a known author shows the name it came with") {
  Message message;
  message.id = MessageId{1};
  MessageContent content;
  content.from = {.name = "", .address = "ann@example.net"};
  const json::object shown = wire::message(message, content, "", a_policy());
  CHECK(shown.at("author").at("name") == "ann@example.net");
  CHECK(shown.at("ticket").is_null());
  CHECK(shown.at("delivery").is_null());
}
