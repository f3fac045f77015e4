// SPDX-License-Identifier: Apache-2.0
// The generic gateway: signed JSON both ways.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "auth/signatures.hpp"
#include "channels/sms/hooks.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

const Adapter& generic() { return *find_adapter("generic"); }

Line bridge_line() {
  Line line = a_line();
  line.api_base = "https://bridge.example.com/desk";
  line.secrets = {"whsec_bmV3IHNlY3JldA==", "whsec_b2xkIHNlY3JldA=="};
  return line;
}

Posted signed_post(std::string body, Instant at, std::size_t secret) {
  Posted out = json_post(std::move(body));
  out.headers.emplace_back("webhook-id", "evt_1");
  out.headers.emplace_back("webhook-timestamp", webhook_timestamp(at));
  out.headers.emplace_back(
      "webhook-signature",
      sign_webhook("evt_1", at, out.body, bridge_line().secrets[secret]).value());
  return out;
}

std::optional<Forged> fault(const Posted& request, Instant now = kNow) {
  const auto verdict = generic().verify(request.view(), bridge_line(), now);
  return verdict ? std::nullopt : std::optional(verdict.error());
}

/// Whether a bridge that knows our secret would believe the call.
bool is_signed(const ApiCall& call) {
  return verify_webhook({.id = header_of(call.headers, "webhook-id"),
                         .timestamp = header_of(call.headers, "webhook-timestamp"),
                         .signature = header_of(call.headers, "webhook-signature")},
                        call.body, bridge_line().secrets, kNow)
      .has_value();
}

}  // namespace

TEST_CASE("a bridge proves itself with either secret") {
  CHECK_FALSE(fault(signed_post("{}", kNow, 0)));
  CHECK_FALSE(fault(signed_post("{}", kNow, 1)));
  CHECK(fault(signed_post("{}", kNow - minutes(6), 0)) == Forged::too_old);
  CHECK(fault(signed_post("{}", kNow + minutes(6), 0)) == Forged::too_old);
  CHECK(fault(json_post("{}")) == Forged::no_signature);
  Posted request = signed_post("{}", kNow, 0);
  request.body = "[]";
  CHECK(fault(request) == Forged::wrong_signature);
  request.headers[2].second = "soon";
  CHECK(fault(request) == Forged::malformed);
}

TEST_CASE("a bridge's message and receipt are read") {
  auto hook = generic().parse(json_post(R"({"type":"message.received","id":"z1","from":"zalo:77",
    "to":"+15550100001","text":"Xin chào","at":"2026-03-01T15:15:00.250+07:00",
    "media":[{"url":"https://b.example/1","type":"image/png"},{"url":""},3]})")
                                  .view());
  REQUIRE(hook);
  const InboundText& text = hook->texts.at(0);
  CHECK(text.from == "zalo:77");
  CHECK(text.text == "Xin chào");
  CHECK(text.sent_at == Instant{1'772'352'900'250});
  CHECK(text.media.size() == 1);

  hook = generic().parse(
      json_post(R"({"type":"message.status","message":"m1042","state":"failed","detail":"gone"})")
          .view());
  REQUIRE(hook);
  CHECK(hook->receipts.at(0).token == "m1042");
  CHECK(hook->receipts[0].id.empty());
  CHECK(hook->receipts[0].state == DeliveryState::failed);
  CHECK(hook->receipts[0].detail == "gone");
  for (const char* bad : {R"({"type":"message.status","state":"sent"})", R"({"type":"x"})", "{}",
                          "[]", "", R"({"type":"message.status","id":"1","state":"lost"})",
                          R"({"type":"message.received","id":"z1","from":"a"})",
                          R"({"type":"message.received","from":"a","to":"b"})"})
    CHECK_FALSE(generic().parse(json_post(bad).view()));
}

TEST_CASE("a message to a bridge is signed and may be repeated") {
  const ApiCall call = generic().send(bridge_line(), a_message(), kNow);
  CHECK(call.url == "https://bridge.example.com/desk");
  CHECK(header_of(call.headers, "webhook-id") == "m1042");
  CHECK(is_signed(call));
  const auto body = boost::json::parse(call.body).as_object();
  CHECK(member(body, "type") == "message.send");
  CHECK(member(body, "message") == "m1042");
  CHECK(body.at("media").as_array().empty());
  CHECK(generic().repeats_safely());

  using enum DeliveryState;
  CHECK(generic().read_send(answered(202)).state == sent);
  CHECK(generic().read_send(answered(200, R"({"id":"b1"})")).id == "b1");
  for (const unsigned status : {0u, 429u, 500u, 502u})
    CHECK(generic().read_send(answered(status)).state == queued);
  CHECK(generic().read_send(answered(422, R"({"detail":"no such person"})")).detail ==
        "422 no such person");
  CHECK(generic().read_send(answered(422)).state == failed);
}

TEST_CASE("what a bridge holds is listed, and its pages stay with it") {
  const auto call = generic().list(bridge_line(), kNow, kNow);
  REQUIRE(call);
  CHECK(call->url == "https://bridge.example.com/desk/messages?since=2023-11-14T22%3A13%3A20.000Z");
  CHECK(is_signed(*call));
  const auto page = [](std::string_view next) {
    return answered(200, R"({"messages":[{"id":"z1","from":"a","to":"b","text":"x"},{"id":"z2"}],
      "next":)" + std::string(next) +
                             "}");
  };
  auto listed = generic().read_list(bridge_line(), page("null"), kNow, kNow);
  REQUIRE(listed);
  CHECK(listed->texts.size() == 1);
  CHECK_FALSE(listed->next);
  listed =
      generic().read_list(bridge_line(), page(R"("https://bridge.example.com/p2")"), kNow, kNow);
  REQUIRE(listed->next);
  CHECK(is_signed(*listed->next));
  CHECK_FALSE(
      generic().read_list(bridge_line(), page(R"("https://evil.example/p2")"), kNow, kNow)->next);
  CHECK_FALSE(generic().read_list(bridge_line(), answered(200, "{}"), kNow, kNow));
  CHECK_FALSE(generic().list(a_line(), kNow, kNow));
}
