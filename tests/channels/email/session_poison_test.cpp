// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "channels/email/poison_guard.hpp"
#include "channels/email/session_office.hpp"

namespace deskwire::email {
namespace {

const std::string kBody = "Subject: deadly\r\n\r\nbody\r\n";

std::string delivered_at(const std::string& when) {
  return "Return-Path: <a@b.c>\r\nReceived: from c\r\n\tby mx;\r\n\t" + when + "\r\n" + kBody;
}

/// A daemon that dies while it parses.
void crash_over(const std::string& notes, const std::string& mail) {
  const pid_t child = ::fork();
  if (child == 0) {
    PoisonGuard guard(notes);
    const PoisonGuard::Parsing parsing(guard, mail);
    ::_exit(0);
  }
  REQUIRE(child > 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
}

bool poisonous(const std::string& notes, const std::string& mail) {
  PoisonGuard guard(notes);
  return PoisonGuard::Parsing(guard, mail).poisonous();
}

TEST_CASE("a mail that was being parsed at two crashes is not parsed again") {
  ScratchFolder folder;
  const std::string notes = (folder.path / "notes").string();
  crash_over(notes, delivered_at("Monday"));
  CHECK_FALSE(poisonous(notes, "another mail"));
  crash_over(notes, delivered_at("Tuesday"));
  CHECK(poisonous(notes, delivered_at("Wednesday")));
  CHECK(poisonous(notes, delivered_at("Thursday")));
  CHECK_FALSE(poisonous(notes, delivered_at("Thursday") + "more"));
}

TEST_CASE("a mail that parsed well after one crash is no suspect any more") {
  ScratchFolder folder;
  const std::string notes = (folder.path / "notes").string();
  crash_over(notes, kBody);
  CHECK_FALSE(poisonous(notes, kBody));
  crash_over(notes, kBody);
  CHECK_FALSE(poisonous(notes, kBody));
}

TEST_CASE("more suspects than there is room for replace the least suspicious") {
  ScratchFolder folder;
  const std::string notes = (folder.path / "notes").string();
  crash_over(notes, kBody);
  crash_over(notes, kBody);
  for (int i = 0; i < 40; ++i) crash_over(notes, "mail " + std::to_string(i));
  CHECK(poisonous(notes, kBody));
}

TEST_CASE("notes that are none of ours count as empty") {
  ScratchFolder folder;
  const std::string notes = (folder.path / "notes").string();
  std::ofstream(notes) << std::string(10'000, 'x');
  CHECK_FALSE(poisonous(notes, kBody));
  CHECK_THROWS_AS(PoisonGuard("/nowhere/at/all"), std::system_error);
}

TEST_CASE("a poisonous mail is accepted and stored as it is") {
  Office office([](EmailServerSettings& s) {
    std::filesystem::create_directories(s.spool_directory);
    for (int i = 0; i < 2; ++i)
      crash_over(s.spool_directory + "/parsing.notes", delivered_at("once"));
  });
  office.run([](Office& o) -> boost::asio::awaitable<void> {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    CHECK((co_await c.ask(kBody + ".\r\n")).starts_with("250"));
    CHECK((o.gateway.mail(0).content->text.empty() && o.envelopes.empty()));
  });
}

}  // namespace
}  // namespace deskwire::email
