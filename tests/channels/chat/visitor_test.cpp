// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/visitor.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "auth/signatures.hpp"

using namespace deskwire;
using namespace deskwire::chat;
namespace json = boost::json;

namespace {

constexpr Instant kNow{1'700'000'000'000};
const std::string kSecret = "the-secret-of-the-shop";

KeyHasher a_hasher(std::uint8_t fill = 1) {
  KeyHasher::Secret secret{};
  secret.fill(fill);
  return KeyHasher(secret);
}

Place a_place(std::uint64_t id = 7) {
  Place place;
  place.id = ChannelId{id};
  place.name = "web";
  place.identity_secrets = {"an-older-secret-of-them", kSecret};
  return place;
}

json::object identity(const std::string& user, const std::string& secret = kSecret) {
  return {{"id", user},
          {"hash", hex(hmac_sha256(secret, user))},
          {"name", "Ann"},
          {"email", "ann@example.test"}};
}

std::expected<Card, std::string> claimed(const json::object& params, Card card = {}) {
  if (auto read = read_claims(params, a_place(), kNow, card); !read)
    return std::unexpected(read.error().detail);
  return card;
}

std::string a_jwt(const json::object& claims, const std::string& secret = kSecret,
                  const std::string& header = R"({"alg":"HS256"})") {
  const std::string head = base64url(header) + "." + base64url(json::serialize(claims));
  return head + "." + base64url(hmac_sha256(secret, head));
}

}  // namespace

TEST_CASE("a token is good for its place alone, and whole") {
  const VisitorKeys keys(a_hasher());
  const std::string id = VisitorKeys::draw_id();
  const std::string token = keys.token(a_place(), id);
  CHECK(id.size() == 22);
  CHECK(VisitorKeys::draw_id() != id);
  CHECK(keys.read_token(a_place(), token) == id);
  CHECK_FALSE(keys.read_token(a_place(8), token));
  CHECK_FALSE(VisitorKeys(a_hasher(2)).read_token(a_place(), token));
  for (std::size_t kept = 0; kept < token.size(); ++kept)
    CHECK_FALSE(keys.read_token(a_place(), token.substr(0, kept)));
  CHECK_FALSE(keys.read_token(a_place(), token + "a"));
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string forged = token;
    forged[at] = forged[at] == 'b' ? 'c' : 'b';
    CHECK_FALSE(keys.read_token(a_place(), forged));
  }
  CHECK_FALSE(keys.read_token(a_place(), std::string(token.size(), '\0')));
}

TEST_CASE("keys of visitors, places and messages are unrelated") {
  const VisitorKeys keys(a_hasher());
  CHECK(keys.conversation(a_place(), "v") == keys.conversation(a_place(), "v"));
  CHECK(keys.conversation(a_place(), "v") != keys.conversation(a_place(8), "v"));
  CHECK(keys.conversation(a_place(), "v") != keys.conversation(a_place(), "w"));
  CHECK(keys.message(a_place(), "v", "a") != keys.message(a_place(), "v", "b"));
  CHECK(keys.message(a_place(), "v", "a") != keys.message(a_place(), "w", "a"));
  CHECK(keys.message(a_place(), "v", "a") != keys.message(a_place(8), "v", "a"));
}

TEST_CASE("an upload is its owner's, a file is whoever's has the link") {
  const VisitorKeys keys(a_hasher());
  const std::string upload = keys.upload("v", 42);
  CHECK(keys.read_upload("v", upload) == 42);
  CHECK_FALSE(keys.read_upload("w", upload));
  CHECK_FALSE(keys.read_upload("v", "43" + upload.substr(2)));
  for (const char* text : {"", ".", "42", "42.", ".x", "-1.x", "42.x", "99999999999999999999.x"})
    CHECK_FALSE(keys.read_upload("v", text));

  const std::string file = keys.file(MessageId{5}, 2);
  REQUIRE(keys.read_file(file));
  CHECK(keys.read_file(file)->message == MessageId{5});
  CHECK(keys.read_file(file)->n == 2);
  CHECK_FALSE(keys.read_file("6" + file.substr(1)));
  CHECK_FALSE(keys.read_file("5.3" + file.substr(3)));
  CHECK_FALSE(keys.read_file(keys.file(MessageId{5}, 0x10000)));
  for (const char* text : {"", ".", "..", "5", "5.2", "5.2.", "5..x", ".2.x", "5.2.x", "5.-2.x"})
    CHECK_FALSE(keys.read_file(text));
}

TEST_CASE("a card survives being kept, and a torn one is an empty one") {
  const Card card{Level::verified, "Ann \"A\" Lee", "ann@example.test", "user\n1"};
  CHECK(decode_card(encode_card(card)) == card);
  for (const char* text : {"", "{", "[]", "{}", "null", R"({"level":5,"name":[]})"})
    CHECK(decode_card(text) == Card{});
}

TEST_CASE("what is merely said makes a claim, and no more") {
  CHECK(claimed({}) == Card{});
  const Card card{Level::claimed, "Ann", "ann@example.test", ""};
  CHECK(claimed({{"name", " Ann\x07 "}, {"email", "ann@example.test"}}) == card);
  CHECK(claimed({{"name", "Bo"}}, card)->name == "Bo");
  CHECK(claimed({}, card) == card);
  for (const char* address : {"ann", "@", "ann@", "@x", "a b@x.test", "<ann@x.test"})
    CHECK_FALSE(claimed({{"email", address}}));
  CHECK_FALSE(claimed({{"email", std::string(400, 'a') + "@x.test"}}));
  CHECK(claimed({{"name", std::string(500, 'x')}})->name.size() == 200);
}

TEST_CASE("the site proves its users by HMAC with any of its secrets") {
  const auto card = claimed({{"identity", identity("u-1")}});
  CHECK(card == Card{Level::verified, "Ann", "ann@example.test", "u-1", false});
  CHECK(claimed({{"identity", identity("u-1", "an-older-secret-of-them")}}));
  CHECK_FALSE(claimed({{"identity", identity("u-1", "another-secret-of-all")}}));
  json::object other = identity("u-1");
  other["id"] = "u-2";
  CHECK_FALSE(claimed({{"identity", other}}));
  other = identity("u-1");
  other["hash"] = std::string(64, '0');
  CHECK_FALSE(claimed({{"identity", other}}));
  CHECK_FALSE(claimed({{"identity", identity("")}}));
  CHECK_FALSE(claimed({{"identity", identity(std::string("a\0b", 3))}}));
  CHECK_FALSE(claimed({{"identity", identity(std::string(201, 'u'))}}));
  CHECK_FALSE(claimed({{"identity", "u-1"}}));
  json::object number = identity("17");
  number["id"] = 17;
  CHECK(claimed({{"identity", number}})->user == "17");
}

TEST_CASE("what is proven is not overwritten, and belongs to one user") {
  const Card proven = *claimed({{"identity", identity("u-1")}});
  CHECK(claimed({{"name", "Mallory"}, {"email", "m@example.test"}}, proven) == proven);
  CHECK(claimed({{"identity", identity("u-1")}}, proven) == proven);
  CHECK_FALSE(claimed({{"identity", identity("u-2")}}, proven));
}

TEST_CASE("the site proves its users by a web token in time") {
  const std::int64_t now = kNow.ms / 1000;
  const json::object claims{{"sub", "u-1"}, {"name", "Ann"}, {"exp", now + 60}, {"iat", now}};
  CHECK(claimed({{"jwt", a_jwt(claims)}}) == Card{Level::verified, "Ann", "", "u-1"});
  CHECK_FALSE(claimed({{"jwt", a_jwt(claims, "another-secret-of-all")}}));
  CHECK_FALSE(claimed({{"jwt", a_jwt(claims, kSecret, R"({"alg":"none"})")}}));
  CHECK_FALSE(claimed({{"jwt", a_jwt({{"sub", "u-1"}, {"exp", now - 61}})}}));
  CHECK_FALSE(claimed({{"jwt", a_jwt({{"sub", "u-1"}, {"nbf", now + 61}})}}));
  CHECK_FALSE(claimed({{"jwt", a_jwt({{"exp", now + 60}})}}));
  CHECK_FALSE(claimed({{"jwt", ""}}));
  const std::string token = a_jwt(claims);
  for (std::size_t kept = 0; kept < token.size(); ++kept)
    CHECK_FALSE(claimed({{"jwt", token.substr(0, kept)}}));
}

TEST_CASE("a verified visitor brings their id, their address and what they said before") {
  const VisitorKeys keys(a_hasher());
  ReceiveMessage anonymous, verified;
  keys.identify(anonymous, a_place(), "v", {});
  CHECK_FALSE(anonymous.sender_authenticated);
  CHECK_FALSE(anonymous.sender_is_external);
  CHECK(anonymous.also.empty());
  keys.identify(verified, a_place(), "v",
                {Level::verified, "Ann", "ann@example.test", "u-1", true});
  CHECK(verified.sender_authenticated);
  CHECK(verified.sender_is_external);
  REQUIRE(verified.also.size() == 2);
  CHECK(verified.also.back().key == anonymous.sender.key);
  ReceiveMessage claims;
  keys.identify(claims, a_place(), "v", {Level::claimed, "Ann", "ann@example.test", ""});
  CHECK(claims.sender.key == anonymous.sender.key);
  CHECK(claims.also.empty());
}
