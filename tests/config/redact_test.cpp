// SPDX-License-Identifier: Apache-2.0
// What an admin sees of the configuration: everything but its secrets, however they are written.
#include "config/redact.hpp"

#include <catch2/catch.hpp>

#include "given.hpp"

using namespace deskwire::config;

namespace {

std::string shown(const std::string& yaml) {
  const auto out = without_secrets(yaml);
  return out ? *out : "refused: " + out.error().found;
}

}  // namespace

TEST_CASE("a secret is blanked to its end, whatever characters are in it") {
  CHECK(shown("password: hunter,2}]tail\nport: 1\n") == "password: ***\nport: 1\n");
  CHECK(shown("password: abc#def\n") == "password: ***\n");
  CHECK(shown("password: \"ab\\\"cd, e\"  # ours\n") == "password: ***  # ours\n");
  CHECK(shown("password: 'it''s, mine'\nport: 1\n") == "password: ***\nport: 1\n");
  CHECK(shown("token: a:b\n") == "token: ***\n");
}

TEST_CASE("a secret is blanked however its key is written") {
  CHECK(shown("\"password\": open-sesame\n") == "\"password\": ***\n");
  CHECK(shown("'hook_secret' : open-sesame\n") == "'hook_secret' : ***\n");
  CHECK(shown("users:\n  - {name: ann, password: \"x, y\", role: admin}\n  - {name: bob}\n") ==
        "users:\n  - {name: ann, password: ***, role: admin}\n  - {name: bob}\n");
  CHECK(shown("{\"token\":\"x\",\"port\":1}\n") == "{\"token\":***,\"port\":1}\n");
}

TEST_CASE("a secret over several lines is blanked on all of them") {
  for (const std::string value : {"open\n    sesame", "\"open\n    sesame\"", "'open\n    sesame'",
                                  "|\n    open\n    sesame", ">-\n    open\n    sesame",
                                  "&a open\n    sesame", "\n    open sesame"}) {
    const std::string out = shown("smarthost:\n  password: " + value + "\n  port: 25\n");
    CAPTURE(value, out);
    CHECK(out.find("open") == std::string::npos);
    CHECK(out.find("sesame") == std::string::npos);
    CHECK(out.find("  port: 25\n") != std::string::npos);
  }
  const std::string flow = shown("users: [{password: open\n    sesame, role: admin}]\n");
  CHECK(flow.find("sesame") == std::string::npos);
  CHECK(flow.find("role: admin") != std::string::npos);
}

TEST_CASE("each of a list of secrets is blanked, and one behind an alias where it stands") {
  CHECK(shown("token: [first-one, second-one]\nport: 1\n") == "token: [***, ***]\nport: 1\n");
  CHECK(shown("token:\n  - first-one\n  - second-one\n") == "token:\n  - ***\n  - ***\n");
  const std::string alias = shown("name: &n open-sesame\npassword: *n\n");
  CHECK(alias.find("sesame") == std::string::npos);
}

TEST_CASE("comments tell no secret, not even one that is turned off") {
  CHECK(shown("# it is open-sesame\npassword: open-sesame\n") == "# it is ***\npassword: ***\n");
  CHECK(shown("port: 1  # password: older one\n") == "port: 1  # ***\n");
  const std::string prose = "port: 1  # the token is in the vault\n";
  CHECK(shown(prose) == prose);
}

TEST_CASE("where a secret is kept is no secret") {
  const std::string yaml = "token: [{env: TOKEN}, {file: /etc/deskwire/token}]\n";
  CHECK(shown(yaml) == yaml);
}

TEST_CASE("a text that nobody can read is not shown") {
  CHECK(shown("password: \"open-sesame\nport: [1").starts_with("refused: "));
  CHECK(shown("password: one\npassword: open-sesame\n").starts_with("refused: "));
  CHECK_FALSE(shown("password: \"open-sesame\nport: [1").contains("sesame"));
}

TEST_CASE("the demo is shown whole but for its secrets") {
  const std::string yaml = testing::text_of(testing::repository() / "config" / "demo.yaml");
  const std::string out = shown(yaml);
  for (const std::string secret :
       {"demo-password", "demo-twilio-token", "demo-mail-token-secret", "ZGVtby1jdGktc2VjcmV0"})
    CHECK(out.find(secret) == std::string::npos);
  CHECK(std::ranges::count(out, '\n') == std::ranges::count(yaml, '\n'));
}
