// SPDX-License-Identifier: Apache-2.0
// Passwords, session tokens, the session cache and rate limits.
#include <catch2/catch.hpp>

#include "auth/password.hpp"
#include "auth/rate_limiter.hpp"
#include "auth/session_token.hpp"
#include "auth/sessions.hpp"

using namespace deskwire;

namespace {

constexpr Instant kStart{1'700'000'000'000};
const PasswordHasher& cheap() {
  static const PasswordHasher hasher({.operations = 1, .memory_bytes = 8192});
  return hasher;
}

}  // namespace

TEST_CASE("a password verifies against its own hash and no other") {
  const std::string encoded = cheap().hash("correct horse");
  CHECK(encoded.starts_with("$argon2id$"));
  CHECK(cheap().verify(encoded, "correct horse"));
  CHECK_FALSE(cheap().verify(encoded, "correct horsf"));
  CHECK_FALSE(cheap().verify(encoded, ""));
  CHECK(cheap().hash("correct horse") != encoded);
}

TEST_CASE("an unknown user's missing hash never verifies, nor does damage in a stored one") {
  CHECK_FALSE(cheap().verify("", "x"));
  CHECK_FALSE(cheap().verify("$argon2id$v=19$m=8,t=1", "x"));
  CHECK_FALSE(cheap().verify(std::string(5000, '$'), "x"));
  CHECK_FALSE(cheap().verify(std::string("$argon2id\0$", 11), "x"));
}

TEST_CASE("an endless password is refused without hashing it") {
  const std::string encoded = cheap().hash("x");
  CHECK_FALSE(cheap().verify(encoded, std::string(PasswordHasher::kMaxBytes + 1, 'x')));
}

TEST_CASE("session tokens are unguessable, well shaped and stored as their hash") {
  const std::string token = draw_session_token();
  CHECK(looks_like_session_token(token));
  CHECK(token != draw_session_token());
  CHECK(session_token_hash("abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_FALSE(looks_like_session_token(token + "A"));
  CHECK_FALSE(looks_like_session_token(std::string(43, '=')));
}

TEST_CASE("secrets of different length are simply unequal") {
  CHECK(equal_secrets("token", "token"));
  CHECK_FALSE(equal_secrets("token", "tokem"));
  CHECK_FALSE(equal_secrets("token", ""));
}

TEST_CASE("a key may burst, then waits for the refill") {
  RateLimiter limiter({.burst = 3, .refill = seconds(10)});
  for (int i = 0; i < 3; ++i) CHECK(limiter.take("ann", kStart) == Duration{0});
  CHECK(limiter.take("ann", kStart) == seconds(10));
  CHECK(limiter.take("bob", kStart) == Duration{0});
  CHECK(limiter.take("ann", kStart + seconds(9)) == seconds(1));
  CHECK(limiter.take("ann", kStart + seconds(10)) == Duration{0});
  CHECK(limiter.take("ann", kStart + seconds(10)) == seconds(10));
}

TEST_CASE("a harmless use is given back") {
  RateLimiter limiter({.burst = 1, .refill = seconds(10)});
  CHECK(limiter.take("ann", kStart) == Duration{0});
  limiter.refund("ann");
  CHECK(limiter.take("ann", kStart) == Duration{0});
  CHECK(limiter.take("ann", kStart) != Duration{0});
}

TEST_CASE("the limiter forgets the key that acted longest ago when it is full") {
  RateLimiter limiter({.burst = 1, .refill = seconds(10), .max_keys = 2});
  CHECK(limiter.take("a", kStart) == Duration{0});
  CHECK(limiter.take("b", kStart) == Duration{0});
  CHECK(limiter.take("a", kStart) != Duration{0});
  CHECK(limiter.take("c", kStart) == Duration{0});
  CHECK(limiter.size() == 2);
  CHECK(limiter.take("a", kStart) != Duration{0});
}

TEST_CASE("a session slides with use and ends without it") {
  SessionCache cache;
  const SessionRow row = cache.open({.token_hash = "h", .user = AgentId{7}}, kStart);
  CHECK(row.expires_at == kStart + hours(12));
  const auto hit = cache.use("h", kStart + hours(11));
  REQUIRE(hit);
  CHECK(hit->session.user == AgentId{7});
  CHECK(hit->session.expires_at == kStart + hours(23));
  CHECK_FALSE(cache.use("h", kStart + hours(23)));
  CHECK(cache.size() == 0);
}

TEST_CASE("a session row is written again only when it moved far enough") {
  SessionCache cache;
  (void)cache.open({.token_hash = "h", .user = AgentId{7}}, kStart);
  CHECK_FALSE(cache.use("h", kStart + minutes(4))->write);
  CHECK(cache.use("h", kStart + minutes(5))->write);
  CHECK_FALSE(cache.use("h", kStart + minutes(6))->write);
}

TEST_CASE("a stored session is adopted unless it has ended") {
  SessionCache cache;
  SessionRow row{.token_hash = "h",
                 .user = AgentId{7},
                 .created_at = kStart,
                 .expires_at = kStart + hours(12),
                 .last_seen_at = kStart};
  CHECK_FALSE(cache.adopt(row, kStart + hours(12)));
  CHECK(cache.adopt(row, kStart + hours(1))->write);
  CHECK(cache.use("h", kStart + hours(2)));
}

TEST_CASE("a disabled user's sessions are forgotten together, and the cache stays bounded") {
  SessionCache cache({.max_cached = 2});
  (void)cache.open({.token_hash = "a", .user = AgentId{1}}, kStart);
  (void)cache.open({.token_hash = "b", .user = AgentId{2}}, kStart);
  (void)cache.open({.token_hash = "c", .user = AgentId{2}}, kStart);
  CHECK(cache.size() == 2);
  CHECK_FALSE(cache.use("a", kStart));
  cache.forget_user(AgentId{2});
  CHECK(cache.size() == 0);
}
