// SPDX-License-Identifier: Apache-2.0
// A first configuration from answers passes the loader's own check.
#include "config/init.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "config/given.hpp"

using namespace deskwire;
using namespace deskwire::config;
using namespace deskwire::config::testing;

TEST_CASE("what init writes without any answer loads") {
  const auto text = first_configuration({});
  REQUIRE(text);
  CHECK(errors_of(*text).empty());
}

TEST_CASE("answers from questions end in the file, and a wrong one is asked again") {
  std::istringstream in(
      "Acme \"Help\" \\ Desk\nnot a "
      "url\nhttps://help.acme.test\nAsia/Ho_Chi_Min\nAsia/Ho_Chi_Minh\n"
      "help@acme.test\nmail.acme.test:465\n");
  std::ostringstream out;
  InitAnswers answers;
  REQUIRE(ask(answers, in, out));
  CHECK(out.str().find("did you mean Asia/Ho_Chi_Minh?") != std::string::npos);
  const auto text = first_configuration(answers);
  REQUIRE(text);
  NameIds ids;
  const auto config = loaded(*text, GivenSecrets{}, ids, kShort);
  REQUIRE(config);
  CHECK(config->desk.name == "Acme \"Help\" \\ Desk");
  CHECK(config->desk.public_url == "https://help.acme.test");
  CHECK(config->smtp.hostname == "help.acme.test");
  CHECK(config->channels.email.at(0).address == "help@acme.test");
  CHECK(config->smarthost.host == "mail.acme.test");
  CHECK(config->smarthost.port == 465);
  CHECK(config->smarthost.tls == SmarthostTls::starttls);
}

TEST_CASE("flags that were given are not asked, empty answers take the default") {
  std::istringstream in("\n\n\n\n");
  std::ostringstream out;
  InitAnswers answers{
      .name = "Given", .public_url = {}, .zone = {}, .mailbox = {}, .smarthost = {}};
  REQUIRE(ask(answers, in, out));
  CHECK(out.str().find("Name of the desk") == std::string::npos);
  CHECK(answers.zone == "Etc/UTC");
}

TEST_CASE("an input that ends, or never gets better, ends the questions") {
  std::istringstream ended(""), hopeless("Desk\nx\nx\nx\nx\nx\nhttp://late\n");
  std::ostringstream out;
  InitAnswers first, second;
  CHECK_FALSE(ask(first, ended, out));
  CHECK_FALSE(ask(second, hopeless, out));
}

TEST_CASE("wrong flags are all told") {
  const auto text = first_configuration({.name = "A\nB",
                                         .public_url = "ftp://x",
                                         .zone = "Mars/Base",
                                         .mailbox = "nobody",
                                         .smarthost = "mail host"});
  REQUIRE_FALSE(text);
  CHECK(text.error().size() == 5);
}
