// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "channels/email/session_office.hpp"
#include "channels/email/trace_header.hpp"

namespace deskwire::email {
namespace {

TEST_CASE("dates are written as mail wants them") {
  CHECK(mail_date(Instant{880'106'106'000}) == "Fri, 21 Nov 1997 09:55:06 +0000");
  CHECK(mail_date(Instant{951'782'400'999}) == "Tue, 29 Feb 2000 00:00:00 +0000");
}

TEST_CASE("the protocol's name says how the mail came") {
  CHECK(with_protocol({}) == "SMTP");
  CHECK(with_protocol({.extended = true}) == "ESMTP");
  CHECK(with_protocol({.extended = true, .tls = true}) == "ESMTPS");
  CHECK(with_protocol({.extended = true, .tls = true, .smtputf8 = true}) == "UTF8SMTPS");
  CHECK(with_protocol({.lmtp = true, .extended = true, .smtputf8 = true}) == "UTF8LMTP");
}

TEST_CASE("a client's name cannot break out of the trace header") {
  const std::string header =
      trace_header({.helo = "a(b)<c>;d", .remote_ip = "2001:db8::1", .hostname = "mx", .id = "1"});
  CHECK(header.find("from a?b??c??d ([IPv6:2001:db8::1])\r\n") != std::string::npos);
}

TEST_CASE("hops are counted in the header alone") {
  CHECK(count_hops("Received: a\r\nRECEIVED: b\r\nX-Received: c\r\n\r\nReceived: d\r\n") == 2);
  CHECK(count_hops("") == 0);
  CHECK(count_hops("Received:") == 1);
  CHECK(count_hops("Received: x\n\nReceived: y") == 1);
}

TEST_CASE(
    "a body moves to its file when it grows or memory is short, and gives all its room back") {
  ScratchFolder folder;
  SpoolBudget budget(300'000, 1'000'000);
  for (const std::size_t size : {10U, 262'144U, 262'145U, 900'000U}) {
    std::string whole;
    {
      MailBody body(budget, folder.path.string());
      while (whole.size() < size) {
        const std::string part(std::min<std::size_t>(size - whole.size(), 10'007),
                               static_cast<char>('a' + whole.size() % 26));
        REQUIRE(body.add(part));
        whole += part;
        if (body.wants_flush()) body.flush();
      }
      CHECK(body.spooled() == (size > kSpoolOver));
      body.with_bytes([&](std::string_view bytes) { CHECK(bytes == whole); });
    }
    CHECK(budget.free_memory() == 300'000);
    CHECK(budget.free_disk() == 1'000'000);
  }
  MailBody first(budget, folder.path.string()), second(budget, folder.path.string()),
      third(budget, folder.path.string());
  REQUIRE(first.add(std::string(200'000, 'x')));
  REQUIRE(second.add(std::string(200'000, 'x')));
  CHECK(second.spooled());
  CHECK_FALSE(third.add(std::string(900'000, 'x')));
  CHECK(third.size() == 0);
}

TEST_CASE("a spool folder that is not there is an error, not a crash") {
  SpoolBudget budget(0, 1'000);
  MailBody body(budget, "/nowhere/at/all");
  REQUIRE(body.add("x"));
  CHECK_THROWS_AS(body.flush(), std::system_error);
}

}  // namespace
}  // namespace deskwire::email
