// SPDX-License-Identifier: Apache-2.0
#include "auth/totp.hpp"

#include <catch2/catch.hpp>

using namespace deskwire;

namespace {

/// "12345678901234567890", the secret of RFC 6238's appendix B.
constexpr std::string_view kSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

Instant at(std::int64_t unix_s) { return Instant{unix_s * 1000}; }

}  // namespace

TEST_CASE("codes are those of RFC 6238") {
  CHECK(totp_code(kSecret, totp_step(at(59))) == "287082");
  CHECK(totp_code(kSecret, totp_step(at(1111111109))) == "081804");
  CHECK(totp_code(kSecret, totp_step(at(1111111111))) == "050471");
  CHECK(totp_code(kSecret, totp_step(at(1234567890))) == "005924");
  CHECK(totp_code(kSecret, totp_step(at(2000000000))) == "279037");
  CHECK(totp_code(kSecret, totp_step(at(20000000000))) == "353130");
  CHECK(totp_code("not base32!", 1).empty());
}

TEST_CASE("a code is good one step early or late, and once") {
  const Instant now = at(1234567890);
  const std::int64_t step = totp_step(now);
  CHECK(match_totp(kSecret, "005924", now, 0) == step);
  CHECK(match_totp(kSecret, "005924", at(1234567890 + 30), 0) == step);
  CHECK(match_totp(kSecret, "005924", at(1234567890 - 30), 0) == step);
  CHECK_FALSE(match_totp(kSecret, "005924", at(1234567890 + 60), 0));
  CHECK_FALSE(match_totp(kSecret, "005924", now, step));
  CHECK_FALSE(match_totp(kSecret, "005925", now, 0));
  CHECK_FALSE(match_totp(kSecret, "", now, 0));
  CHECK_FALSE(match_totp("", "", now, 0));
}

TEST_CASE("secrets are 160 bits that an app can read, and differ") {
  const std::string secret = draw_totp_secret();
  CHECK(secret.size() == 32);
  CHECK(totp_code(secret, 1).size() == 6);
  CHECK(secret != draw_totp_secret());
  CHECK(totp_uri("Demo desk", "ann@x", "ABC") ==
        "otpauth://totp/Demo%20desk:ann%40x?secret=ABC&issuer=Demo%20desk");
  CHECK(draw_recovery_code().size() == 10);
  CHECK(draw_recovery_code() != draw_recovery_code());
}
