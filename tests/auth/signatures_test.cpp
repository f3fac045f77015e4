// SPDX-License-Identifier: Apache-2.0
// HMAC, base64, Ed25519, JSON Web Tokens and Standard Webhooks, by the RFCs' own examples.
#include <catch2/catch.hpp>

#include "auth/signatures.hpp"
#include "support/hex.hpp"

using namespace deskwire;
using test::from_hex;

namespace {

constexpr Instant kNow{1'700'000'000'000};
const std::vector<std::string> kSecrets{"whsec_b2xkIHNlY3JldCBvbGQgc2VjcmV0",
                                        "whsec_bmV3IHNlY3JldCBuZXcgc2VjcmV0"};

std::string signature(std::string_view id, Instant at, std::string_view body, std::size_t secret) {
  return sign_webhook(id, at, body, kSecrets[secret]).value_or("");
}

std::optional<WebhookFault> fault(const WebhookHeaders& headers, std::string_view body,
                                  Instant now = kNow) {
  const auto verdict = verify_webhook(headers, body, kSecrets, now);
  return verdict ? std::nullopt : std::optional(verdict.error());
}

}  // namespace

TEST_CASE("HMAC gives the digests of RFC 2202 and RFC 4231") {
  constexpr std::string_view kText = "what do ya want for nothing?";
  CHECK(hex(hmac_sha1("Jefe", kText)) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(hex(hmac_sha256("Jefe", kText)) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(hmac_sha512("Jefe", kText)) ==
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  CHECK(hex(hmac_sha256({}, {})) ==
        "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("base64 reads what it writes and nothing sloppier") {
  for (const auto& [plain, coded] : {std::pair{"", ""},
                                     {"f", "Zg=="},
                                     {"fo", "Zm8="},
                                     {"foo", "Zm9v"},
                                     {"foob", "Zm9vYg=="},
                                     {"foobar", "Zm9vYmFy"}}) {
    CHECK(base64(plain) == coded);
    CHECK(decode_base64(coded) == plain);
  }
  CHECK(base64url("\xfb\xff") == "-_8");
  CHECK(decode_base64url("-_8") == "\xfb\xff");
  for (const char* bad :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9v\n", " Zm9v", "Zm 9v", "Z", "-_8=", "="})
    CHECK_FALSE(decode_base64(bad));
  for (const char* bad : {"Zg==", "Zh", "Zm9v\n", "Z", "+/8"}) CHECK_FALSE(decode_base64url(bad));
  CHECK_FALSE(decode_base64(std::string_view("Zm\0v", 4)));
}

TEST_CASE("an Ed25519 signature of RFC 8032 verifies, and nothing beside it") {
  const auto key = from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  auto sig = from_hex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  CHECK(ed25519_verify(key, "\x72", sig));
  CHECK_FALSE(ed25519_verify(key, "\x73", sig));
  CHECK_FALSE(ed25519_verify(key, "", sig));
  CHECK_FALSE(ed25519_verify(key.substr(1), "\x72", sig));
  CHECK_FALSE(ed25519_verify(key, "\x72", sig + "x"));
  CHECK_FALSE(ed25519_verify({}, {}, {}));
  sig[40] = static_cast<char>(sig[40] ^ 1);
  CHECK_FALSE(ed25519_verify(key, "\x72", sig));
}

TEST_CASE("a token of RFC 7515 opens with its key only") {
  const std::string key =
      decode_base64url(
          "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1"
          "Z9CAow")
          .value();
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto opened = open_jwt(token, std::vector<std::string>{"other", key});
  REQUIRE(opened);
  CHECK(opened->header == "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
  CHECK(opened->claims.starts_with("{\"iss\":\"joe\""));
  CHECK(open_jwt(token, std::vector<std::string>{"other"}).error() == JwtFault::wrong_signature);
  CHECK(open_jwt(token, {}).error() == JwtFault::wrong_signature);
}

TEST_CASE("a token without a signature opens with no secret, not even an empty one") {
  const std::string body = base64url(R"({"alg":"none"})") + "." + base64url(R"({"iss":"me"})");
  const std::vector<std::string> secrets{"", "s"};
  CHECK(open_jwt(body + ".", secrets).error() == JwtFault::wrong_signature);
  CHECK(open_jwt(sign_jwt("{}", ""), secrets).error() == JwtFault::wrong_signature);
  CHECK(open_jwt(sign_jwt("{}", "s"), secrets)->claims == "{}");
  for (const std::string& bad :
       {std::string(), std::string("."), std::string(".."), body, "x." + sign_jwt("{}", "s"),
        sign_jwt("{}", "s") + "=", sign_jwt("{}", "s") + ".", std::string(100'000, '.')})
    CHECK_FALSE(open_jwt(bad, secrets));
}

TEST_CASE("a webhook signed by either secret passes while they are being replaced") {
  for (std::size_t i = 0; i < kSecrets.size(); ++i) {
    const std::string sig = signature("msg_1", kNow, "{}", i);
    CHECK_FALSE(fault({"msg_1", "1700000000", sig}, "{}"));
    CHECK_FALSE(fault({"msg_1", "1700000000", "v1a,abc v1,AAAA  " + sig}, "{}"));
    CHECK(fault({"msg_1", "1700000000", sig}, "{ }") == WebhookFault::wrong_signature);
    CHECK(fault({"msg_2", "1700000000", sig}, "{}") == WebhookFault::wrong_signature);
    CHECK(fault({"msg_1", "1700000001", sig}, "{}") == WebhookFault::wrong_signature);
  }
}

TEST_CASE("a webhook more than five minutes off is refused, either way") {
  const std::string sig = signature("m", kNow, "x", 0);
  const WebhookHeaders headers{"m", "1700000000", sig};
  CHECK_FALSE(fault(headers, "x", kNow + minutes(5)));
  CHECK_FALSE(fault(headers, "x", kNow - minutes(5)));
  CHECK(fault(headers, "x", kNow + minutes(5) + milliseconds(1)) == WebhookFault::too_old);
  CHECK(fault(headers, "x", kNow - minutes(5) - milliseconds(1)) == WebhookFault::too_new);
}

TEST_CASE("a webhook says what is wrong with it") {
  const std::string sig = signature("m", kNow, "x", 0);
  CHECK(fault({"", "1700000000", sig}, "x") == WebhookFault::missing_header);
  CHECK(fault({"m", "", sig}, "x") == WebhookFault::missing_header);
  CHECK(fault({"m", "1700000000", ""}, "x") == WebhookFault::missing_header);
  for (const char* bad : {"-5", "1e9", "1700000000 ", "9999999999999", "99999999999999999999"})
    CHECK(fault({"m", bad, sig}, "x") == WebhookFault::malformed);
  CHECK(fault({std::string(300, 'm'), "1700000000", sig}, "x") == WebhookFault::malformed);
  CHECK(fault({"m", "1700000000", "v1,"}, "x") == WebhookFault::wrong_signature);
  CHECK(fault({"m", "1700000000", std::string(1'000'000, ' ')}, "x") ==
        WebhookFault::wrong_signature);
  CHECK(name(WebhookFault::too_old) == "too_old");
}

TEST_CASE("a secret that is no base64 signs nothing and opens nothing") {
  CHECK_FALSE(sign_webhook("m", kNow, "x", "whsec_"));
  CHECK_FALSE(sign_webhook("m", kNow, "x", "no base64!"));
  CHECK(sign_webhook("m", kNow, "x", "AAA") == sign_webhook("m", kNow, "x", "whsec_AAA="));
  const std::string sig = "v1," + base64(hmac_sha256("", "m.1700000000.x"));
  CHECK_FALSE(verify_webhook({"m", "1700000000", sig}, "x", std::vector<std::string>{""}, kNow));
}
