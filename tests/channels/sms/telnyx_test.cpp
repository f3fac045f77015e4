// SPDX-License-Identifier: Apache-2.0
// Telnyx: hooks and sending.
#include <sodium.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "auth/signatures.hpp"
#include "channels/sms/hooks.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;

namespace {

const Adapter& telnyx() { return *find_adapter("telnyx"); }

struct Keys {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  Keys() {
    const std::array<unsigned char, crypto_sign_SEEDBYTES> seed{1, 2, 3};
    crypto_sign_seed_keypair(open.data(), secret.data(), seed.data());
  }
  [[nodiscard]] std::string open_key() const {
    return base64({reinterpret_cast<const char*>(open.data()), open.size()});
  }
  [[nodiscard]] std::string sign(const std::string& text) const {
    std::array<char, crypto_sign_BYTES> out{};
    crypto_sign_detached(reinterpret_cast<unsigned char*>(out.data()), nullptr,
                         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                         secret.data());
    return base64({out.data(), out.size()});
  }
};

Posted signed_post(std::string body, const std::string& timestamp = "1700000000") {
  Posted out = json_post(std::move(body));
  out.headers.emplace_back("telnyx-timestamp", timestamp);
  out.headers.emplace_back("telnyx-signature-ed25519", Keys().sign(timestamp + "|" + out.body));
  return out;
}

std::optional<Forged> fault(const Posted& request, Instant now = kNow) {
  Line line = a_line();
  line.hook_secrets = {"not a key", Keys().open_key()};
  const auto verdict = telnyx().verify(request.view(), line, now);
  return verdict ? std::nullopt : std::optional(verdict.error());
}

Hook parsed(const std::string& body, std::string target = "/hooks/x") {
  Posted request = json_post(body);
  request.target = std::move(target);
  const auto hook = telnyx().parse(request.view());
  REQUIRE(hook);
  return *hook;
}

}  // namespace

TEST_CASE("Telnyx signs the time and the body, and an old signature is refused") {
  CHECK_FALSE(fault(signed_post("{}")));
  CHECK_FALSE(fault(signed_post("{}"), kNow + minutes(5)));
  CHECK(fault(signed_post("{}"), kNow + minutes(5) + seconds(1)) == Forged::too_old);
  CHECK(fault(signed_post("{}"), kNow - minutes(5) - seconds(1)) == Forged::too_old);
  Posted request = signed_post("{}");
  request.body = "{ }";
  CHECK(fault(request) == Forged::wrong_signature);
  request = signed_post("{}");
  request.headers[1].second = "1700000001";
  CHECK(fault(request) == Forged::wrong_signature);
  CHECK(fault(json_post("{}")) == Forged::no_signature);
  CHECK(fault(signed_post("{}", "-1")) == Forged::malformed);
  request = signed_post("{}");
  request.headers[2].second += "!";
  CHECK(fault(request) == Forged::malformed);
}

TEST_CASE("a group message of Telnyx is for the number whose hook it is") {
  const Hook hook = parsed(R"({"data":{"event_type":"message.received","occurred_at":
    "2026-03-01T08:15:00.250+00:00","payload":{"id":"u-1","from":{"phone_number":"+15550100002"},
    "to":[{"phone_number":"+15550100009","status":"delivered"},
          {"phone_number":"+15550100001","status":"webhook_delivered"}],
    "text":"Hi","media":[{"url":"https://m.example/1.png","content_type":"image/png"}]}}})");
  REQUIRE(hook.texts.size() == 1);
  CHECK(hook.texts[0].id == "u-1");
  CHECK(hook.texts[0].to == "+15550100001");
  CHECK(hook.texts[0].media.at(0).type == "image/png");
  CHECK(hook.texts[0].sent_at == Instant{1'772'352'900'250});
}

TEST_CASE("a final event of Telnyx tells what became of the message") {
  using enum DeliveryState;
  for (const auto& [status, state] : {std::pair{"queued", sent},
                                      {"sending", sent},
                                      {"sent", sent},
                                      {"delivered", delivered},
                                      {"sending_failed", failed},
                                      {"delivery_failed", failed},
                                      {"expired", failed},
                                      {"delivery_unconfirmed", sent}}) {
    const Hook hook = parsed(R"({"data":{"event_type":"message.finalized","payload":{"id":"u-1",
      "to":[{"phone_number":"+15550100002","status":")" +
                                 std::string(status) + R"("}],
      "errors":[{"code":"40300","title":"Blocked","detail":"+15550100002 opted out"}]}}})",
                             "/s?x=1&m=t9");
    REQUIRE(hook.receipts.size() == 1);
    CHECK(hook.receipts[0].state == state);
    CHECK(hook.receipts[0].token == "t9");
    CHECK(hook.receipts[0].detail == "40300 … opted out");
  }
  CHECK(parsed(R"({"data":{"event_type":"call.hangup","payload":{}}})").receipts.empty());
}

TEST_CASE("a message goes to Telnyx with its own hook") {
  Outgoing message = a_message();
  message.media_urls = {"https://desk.example.com/m/1"};
  const ApiCall call = telnyx().send(a_line(), message, kNow);
  CHECK(call.url == "https://api.telnyx.com/v2/messages");
  CHECK(header_of(call.headers, "authorization") == "Bearer first");
  const auto body = boost::json::parse(call.body).as_object();
  CHECK(member(body, "webhook_url") == message.status_url);
  CHECK(body.at("media_urls").as_array().size() == 1);
  CHECK(member(body, "text") == message.text);
  CHECK(telnyx().read_send(answered(200, R"({"data":{"id":"u-2"}})")).id == "u-2");
  const SendAnswer refused = telnyx().read_send(
      answered(422, R"({"errors":[{"code":"40300","title":"Blocked due to STOP message"}]})"));
  CHECK(refused.state == DeliveryState::failed);
  CHECK(refused.detail == "40300 Blocked due to STOP message");
  CHECK_FALSE(telnyx().list(a_line(), kNow, kNow));
  CHECK_FALSE(telnyx().look_up(a_line(), message, kNow, kNow));
  CHECK(telnyx().media_headers(a_line(), "https://api.telnyx.com/x").empty());
}
