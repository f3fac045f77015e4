// SPDX-License-Identifier: Apache-2.0
// Vonage: hooks of both of its interfaces, sending, and its reports.
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "auth/digest.hpp"
#include "auth/signatures.hpp"
#include "channels/sms/hooks.hpp"
#include "channels/sms/jwt.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

const Adapter& vonage() { return *find_adapter("vonage"); }

constexpr const char* kSeconds = "1700000000";

Posted with_token(Posted request, const std::string& claims, const std::string& secret = "first") {
  request.headers.emplace_back("authorization", "Bearer " + sign_jwt(claims, secret));
  return request;
}

Posted hashed(const std::string& body, const std::string& more = {}) {
  return with_token(json_post(body), R"({"iat":1700000000,"api_key":"AC1","payload_hash":")" +
                                         sha256_hex(body) + "\"" + more + "}");
}

std::optional<Forged> fault(const Posted& request, Instant now = kNow) {
  const auto verdict = vonage().verify(request.view(), a_line(), now);
  return verdict ? std::nullopt : std::optional(verdict.error());
}

Hook parsed(const Posted& request) {
  const auto hook = vonage().parse(request.view());
  REQUIRE(hook);
  return *hook;
}

}  // namespace

TEST_CASE("Vonage's token vouches for the very body") {
  CHECK_FALSE(fault(hashed("{}")));
  Posted request = hashed("{}");
  request.body = "{ }";
  CHECK(fault(request) == Forged::wrong_signature);
  CHECK(fault(with_token(json_post("{}"), R"({"iat":1700000000})")) == Forged::wrong_signature);
  CHECK_FALSE(fault(with_token(json_post(""), R"({"iat":1700000000})")));
  CHECK(fault(json_post("{}")) == Forged::no_signature);
  request = hashed("{}");
  request.method = "GET";
  CHECK(fault(request) == Forged::malformed);
  CHECK(vonage().recipient_account(hashed("{}").view()) == "AC1");
}

TEST_CASE("a token counts in its time only") {
  CHECK(fault(hashed("{}"), kNow - minutes(2)) == Forged::too_old);
  CHECK_FALSE(fault(hashed("{}"), kNow + hours(24)));
  CHECK(fault(hashed("{}"), kNow + hours(25)) == Forged::too_old);
  CHECK(fault(hashed("{}", R"(,"exp":1700000060)"), kNow + minutes(2)) == Forged::too_old);
  CHECK_FALSE(fault(hashed("{}", R"(,"exp":1700000060)"), kNow + minutes(2) - milliseconds(1)));
  CHECK(fault(hashed("{}", R"(,"nbf":1700000120)")) == Forged::too_old);
  CHECK(fault(hashed("{}", R"(,"exp":"soon")")) == Forged::malformed);
  CHECK(fault(hashed("{}", R"(,"exp":1e300)")) == Forged::malformed);
}

TEST_CASE("a token of another algorithm is refused though its signature would fit") {
  for (const char* header : {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})", "{}",
                             "[]", "", R"({"alg":["HS256"]})"}) {
    const std::string start = base64url(header) + "." + base64url(R"({"iat":1700000000})");
    const std::string token = start + "." + base64url(hmac_sha256("first", start));
    const auto claims = verify_jwt(token, a_line().secrets, hours(1), kNow);
    REQUIRE_FALSE(claims);
    CHECK(claims.error() == Forged::malformed);
  }
  CHECK(bearer_token("bEARER  x") == "x");
  CHECK(bearer_token("Basic x").empty());
  CHECK(bearer_token("Bearer").empty());
}

TEST_CASE("the SMS API's parameters are signed by any of its algorithms") {
  const Params params{{"to", "15550100001"}, {"text", "a&b=c"}, {"timestamp", kSeconds}};
  const std::string text = "&text=a_b_c&timestamp=1700000000&to=15550100001";
  const auto with = [&](const std::string& sig) {
    Params all = params;
    all.push_back({"sig", sig});
    return all;
  };
  for (const std::string& digest :
       {hmac_sha1("second", text), hmac_sha256("second", text), hmac_sha512("second", text)}) {
    CHECK_FALSE(fault(form_post(with(hex(digest)))));
    Posted query;
    query.method = "GET";
    query.target = "/h?" + write_form(with(hex(digest)));
    CHECK_FALSE(fault(query));
    query.target += "&more=1";
    CHECK(fault(query) == Forged::wrong_signature);
  }
  CHECK(fault(form_post(with(""))) == Forged::no_signature);
  CHECK(fault(form_post(with("abc"))) == Forged::wrong_signature);
  const auto good = form_post(with(hex(hmac_sha256("first", text))));
  CHECK(fault(good, kNow + hours(25)) == Forged::too_old);
  CHECK(fault(form_post({{"text", "x"}, {"sig", hex(hmac_sha256("first", "&text=x"))}})) ==
        Forged::malformed);
}

TEST_CASE("a message of the Messages API is read, pictures too") {
  const Hook hook = parsed(json_post(R"({"channel":"mms","message_uuid":"u-1","to":"15550100001",
    "from":"15550100002","timestamp":"2026-03-01T08:15:00Z","message_type":"image",
    "image":{"url":"https://api-us-1.nexmo.com/v3/media/1","caption":"Look"}})"));
  const InboundText& text = hook.texts.at(0);
  CHECK(text.id == "u-1");
  CHECK(text.from == "+15550100002");
  CHECK(text.to == "+15550100001");
  CHECK(text.text == "Look");
  CHECK(text.sent_at == Instant{1'772'352'900'000});
  CHECK(text.media.at(0).url == "https://api-us-1.nexmo.com/v3/media/1");
}

TEST_CASE("short codes and names of senders get no plus") {
  const Hook hook = parsed(json_post(
      R"({"message_uuid":"u-1","to":"24273","from":"ACME","timestamp":"x","text":"Hi"})"));
  CHECK(hook.texts.at(0).to == "24273");
  CHECK(hook.texts[0].from == "ACME");
  CHECK_FALSE(hook.texts[0].sent_at);
}

TEST_CASE("every state of Vonage is a state of ours, and our reference comes back") {
  using enum DeliveryState;
  for (const auto& [status, state] : {std::pair{"submitted", sent},
                                      {"delivered", delivered},
                                      {"read", delivered},
                                      {"rejected", failed},
                                      {"undeliverable", failed}}) {
    Posted request = json_post(R"({"message_uuid":"u-1","client_ref":"m1042","status":")" +
                               std::string(status) + R"(","error":{"type":
        "https://developer.vonage.com/api-errors/messages#1320","title":"x",
        "detail":"Message already sent to 15550100002"}})");
    Receipt receipt = parsed(request).receipts.at(0);
    CHECK(receipt.state == state);
    CHECK(receipt.id == "u-1");
    CHECK(receipt.token == "m1042");
    CHECK(receipt.detail == "1320 Message already sent to …");
    request.target = "/s?m=t5";
    CHECK(parsed(request).receipts.at(0).token == "t5");
  }
  const Params old{{"messageId", "0A"},   {"msisdn", "15550100002"}, {"to", "15550100001"},
                   {"status", "expired"}, {"err-code", "9"},         {"client-ref", "m7"}};
  const Receipt receipt = parsed(form_post(old)).receipts.at(0);
  CHECK(receipt.state == failed);
  CHECK(receipt.token == "m7");
  CHECK(receipt.detail == "9");
}

TEST_CASE("a message goes to Vonage with our reference, as an SMS or an MMS") {
  Outgoing message = a_message();
  const auto body = [&] {
    return boost::json::parse(vonage().send(a_line(), message, kNow).body).as_object();
  };
  CHECK(vonage().send(a_line(), message, kNow).url == "https://api.nexmo.com/v1/messages");
  CHECK(member(body(), "channel") == "sms");
  CHECK(member(body(), "text") == message.text);
  CHECK(member(body(), "to") == "15550100002");
  CHECK(member(body(), "from") == "15550100001");
  CHECK(member(body(), "client_ref") == "m1042");
  CHECK(member(body(), "webhook_url") == message.status_url);
  message.media_urls = {"https://desk.example.com/m/1.mp4?x"};
  CHECK(member(body(), "message_type") == "video");
  CHECK(member(body().at("video").as_object(), "caption") == message.text);
  message.media_urls.push_back("https://desk.example.com/m/2");
  CHECK(body().at("content").as_array().size() == 2);

  CHECK(vonage().read_send(answered(202, R"({"message_uuid":"u-2"})")).id == "u-2");
  const SendAnswer refused = vonage().read_send(
      answered(422,
               R"({"type":"https://developer.vonage.com/api-errors/messages#1120",
        "title":"Bad","detail":"Sender"})"));
  CHECK(refused.state == DeliveryState::failed);
  CHECK(refused.detail == "1120 Sender");
}

TEST_CASE("Vonage's reports reach one day back and stay with Vonage") {
  const auto call = vonage().list(a_line(), kNow - hours(48), kNow);
  REQUIRE(call);
  const Params query = parse_form(query_of(call->url)).value();
  CHECK(param(query, "date_start") == "2023-11-13T22:13:20.000Z");
  CHECK(param(query, "date_end") == "2023-11-14T22:13:20.000Z");
  CHECK(param(query, "to") == "15550100001");
  CHECK(param(query, "direction") == "inbound");
  const auto page = [](std::string_view href) {
    return answered(200, R"({"records":[{"message_id":"u-1","from":"15550100002","to":"15550100001",
      "message_body":"Hi","date_received":"2023-11-14T20:00:00+0000","client_ref":"m1042",
      "status":"delivered"}],"_links":{"next":{"href":")" +
                             std::string(href) + R"("}}})");
  };
  const auto listed = vonage().read_list(a_line(), page("https://api.nexmo.com/p2"), kNow, kNow);
  REQUIRE(listed);
  CHECK(listed->texts.at(0).text == "Hi");
  CHECK(listed->texts[0].sent_at == Instant{1'699'992'000'000});
  CHECK(listed->next);
  CHECK_FALSE(vonage().read_list(a_line(), page("https://evil.example/p2"), kNow, kNow)->next);

  const auto asked = vonage().look_up(a_line(), a_message(), kNow, kNow + hours(1));
  CHECK(param(*parse_form(query_of(asked->url)), "date_start") == "2023-11-14T22:11:20.000Z");
  const auto found = vonage().read_look_up(a_line(), a_message(), page(""), kNow);
  REQUIRE(found);
  REQUIRE(found->sent);
  CHECK(found->sent->state == DeliveryState::delivered);
  CHECK(found->sent->id == "u-1");
  Outgoing other = a_message();
  other.reference = "m1";
  CHECK_FALSE(vonage().read_look_up(a_line(), other, page(""), kNow)->sent);
}

TEST_CASE("Vonage's secret is shown to Vonage only when media are fetched") {
  CHECK(vonage().media_headers(a_line(), "https://api.nexmo.com/v3/media/1").size() == 1);
  CHECK(vonage().media_headers(a_line(), "https://api-us-1.nexmo.com/v3/media/1").size() == 1);
  for (const char* url : {"https://api-x@evil.example/.nexmo.com", "http://api-us.nexmo.com/x",
                          "https://api-evil.example/?.nexmo.com", "https://evilnexmo.com/x",
                          "https://api-evil.example#.nexmo.com", "https://api-us.nexmo.com:8443/",
                          "https://", "", "https://api-evil.example\\.nexmo.com/x"})
    CHECK(vonage().media_headers(a_line(), url).empty());
}
