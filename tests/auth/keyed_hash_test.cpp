// SPDX-License-Identifier: Apache-2.0
#include "auth/keyed_hash.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "auth/mail_keys.hpp"

using namespace deskwire;

namespace {
KeyHasher a_hasher(std::uint8_t fill = 7) {
  KeyHasher::Secret secret{};
  secret.fill(fill);
  return KeyHasher(secret);
}
}  // namespace

TEST_CASE("a key depends on the kind, the value and the secret") {
  const KeyHasher hasher = a_hasher();
  CHECK(hasher.key("email", "ann@x.test") == hasher.key("email", "ann@x.test"));
  CHECK(hasher.key("email", "ann@x.test") != hasher.key("email", "ann@y.test"));
  CHECK(hasher.key("email", "ann@x.test") != hasher.key("phone", "ann@x.test"));
  CHECK(hasher.key("ab", "c") != hasher.key("a", "bc"));
  CHECK(hasher.key("email", "ann@x.test") != a_hasher(8).key("email", "ann@x.test"));
  CHECK_FALSE(hasher.key("email", ""));
}

TEST_CASE("a signature verifies for its kind and id alone, in either case") {
  const KeyHasher hasher = a_hasher();
  std::string signature = hasher.sign("ticket", 1042);
  CHECK(signature.size() == KeyHasher::kSignatureChars);
  CHECK(hasher.verify("ticket", 1042, signature));
  CHECK_FALSE(hasher.verify("ticket", 1043, signature));
  CHECK_FALSE(hasher.verify("bounce", 1042, signature));
  CHECK_FALSE(a_hasher(9).verify("ticket", 1042, signature));
  CHECK_FALSE(hasher.verify("ticket", 1042, signature.substr(1)));
  for (char& c : signature) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(hasher.verify("ticket", 1042, signature));
}

TEST_CASE("a secret is read from 64 hex digits and nothing else") {
  CHECK(KeyHasher::from_hex(std::string(64, '0')).key("a", "b") == a_hasher(0).key("a", "b"));
  CHECK_THROWS_AS(KeyHasher::from_hex("00"), std::invalid_argument);
  CHECK_THROWS_AS(KeyHasher::from_hex(std::string(64, 'g')), std::invalid_argument);
}

TEST_CASE("mail tokens are read back, forged ones are seen but not believed") {
  const KeyHasher hasher = a_hasher();
  const auto ticket = read_mail_token(hasher, ticket_token(hasher, {1042}));
  REQUIRE(ticket);
  CHECK(ticket->ticket == TicketId{1042});
  const auto bounced = read_mail_token(hasher, bounce_token(hasher, {77}));
  REQUIRE(bounced);
  CHECK(bounced->message == MessageId{77});
  CHECK_FALSE(read_mail_token(hasher, "t1042.aaaaaaaaaaaaaaaa"));
  CHECK(looks_like_mail_token("t1042.aaaaaaaaaaaaaaaa"));
  CHECK_FALSE(looks_like_mail_token("team"));
  CHECK_FALSE(read_mail_token(hasher, "t99999999999999999999999.aaaaaaaaaaaaaaaa"));
  CHECK_FALSE(read_mail_token(hasher, ""));
}

TEST_CASE("a drawn Message-ID carries the ticket's token and is never drawn twice") {
  const KeyHasher hasher = a_hasher();
  std::set<std::string> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(draw_message_id(hasher, "demo.test", {5}));
  CHECK(drawn.size() == 100);
  const auto token = read_mail_token(hasher, *drawn.begin());
  REQUIRE(token);
  CHECK(token->ticket == TicketId{5});
  CHECK(drawn.begin()->ends_with("@demo.test"));
}

TEST_CASE("an address becomes one identity however it is written") {
  const KeyHasher hasher = a_hasher();
  CHECK(email_identity(hasher, "Ann", " <Ann@Example.TEST> ").key ==
        email_identity(hasher, "", "ann@example.test").key);
  CHECK_FALSE(email_identity(hasher, "", "no address").key);
  CHECK_FALSE(email_identity(hasher, "", "@x.test").key);
  CHECK(message_id_key(hasher, "<a@b>") == message_id_key(hasher, "a@b"));
}

TEST_CASE("a telephone number is an identity only as E.164") {
  const KeyHasher hasher = a_hasher();
  const IdentityContent phone = phone_identity(hasher, "Ann", "+84912345678");
  CHECK(phone.key == hasher.key("phone", "+84912345678"));
  CHECK(phone.kind == "phone");
  CHECK(phone.value == "+84912345678");
  CHECK(phone.name == "Ann");
  CHECK(phone_identity(hasher, "", "+1234567").key);
  for (const char* other : {"", "+", "+123456", "+1234567890123456", "84912345678", "+84 912345678",
                            "anonymous", "+84912345x78"})
    CHECK_FALSE(phone_identity(hasher, "", other).key);
}
