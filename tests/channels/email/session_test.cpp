// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include "channels/email/session_office.hpp"
#include "deskwire/port/store.hpp"

namespace deskwire::email {
namespace {

namespace asio = boost::asio;
using Await = asio::awaitable<void>;

/// Lets everything else on the loop have its turn until `done`.
Await until(std::function<bool()> done) {
  while (!done()) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

TEST_CASE("a mail over SMTP is answered after its commit and carries our trace") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    CHECK(co_await c.connect(o.channel->smtp_address()) == "220 mx.demo.test ESMTP Deskwire");
    CHECK((co_await c.begin_mail("EHLO client.test\r\n")).starts_with("354"));
    o.gateway.hold = true;
    co_await c.send("Subject: hi\r\n\r\n..dots\r\n.\r\n");
    co_await until([&] { return o.gateway.held.size() == 1; });
    CHECK(o.channel->sessions() == 1);
    o.gateway.release();
    CHECK(co_await c.line() == "250 2.0.0 Ok: queued as 1/101");
    CHECK(co_await c.ask("QUIT\r\n") == "221 2.0.0 Bye");
    CHECK(co_await c.line() == "<closed>");
    CHECK(o.gateway.raw(0) ==
          "Return-Path: <ann@example.org>\r\nReceived: from client.test ([127.0.0.1])\r\n\tby "
          "mx.demo.test with ESMTP id "
          "1789000000000.1\r\n\tfor <support@demo.test>;\r\n\tThu, 10 Sep 2026 00:26:40 "
          "+0000\r\nSubject: hi\r\n\r\n.dots\r\n");
    CHECK(o.envelopes.at(0).mail_from == "ann@example.org");
    CHECK(o.envelopes.at(0).rcpt_to == std::vector<std::string>{"support@demo.test"});
    CHECK(o.envelopes.at(0).helo == "client.test");
    CHECK(o.envelopes.at(0).remote_ip == "127.0.0.1");
    CHECK(o.envelopes.at(0).received_at == Instant{1'789'000'000'000});
  });
}

TEST_CASE("mails pipelined on one connection are committed one after the other") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    const std::string mail =
        "MAIL FROM:<a@b.c>\r\nRCPT TO:<support@demo.test>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n";
    co_await c.ask("EHLO c\r\n");
    co_await c.send(mail + mail + mail + "QUIT\r\n");
    for (int i = 1; i <= 3; ++i) {
      CHECK(co_await c.line() == "250 2.1.0 Ok");
      CHECK(co_await c.line() == "250 2.1.5 Ok");
      CHECK((co_await c.line()).starts_with("354"));
      CHECK(co_await c.line() ==
            "250 2.0.0 Ok: queued as " + std::to_string(i) + "/" + std::to_string(100 + i));
    }
    CHECK(co_await c.line() == "221 2.0.0 Bye");
    CHECK(o.gateway.commands.size() == 3);
  });
}

TEST_CASE("one mail to two of our addresses is one command, and LMTP answers twice") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    CHECK(co_await c.connect(o.channel->lmtp_address()) == "220 mx.demo.test LMTP Deskwire");
    co_await c.ask("LHLO c\r\n");
    co_await c.ask("MAIL FROM:<a@b.c>\r\n");
    co_await c.ask("RCPT TO:<billing@demo.test>\r\n");
    CHECK((co_await c.ask("RCPT TO:<nobody@demo.test>\r\n")).starts_with("550 5.1.1"));
    CHECK((co_await c.ask("RCPT TO:<ann@elsewhere.test>\r\n")).starts_with("550 5.7.1"));
    co_await c.ask("RCPT TO:<support@demo.test>\r\n");
    co_await c.ask("DATA\r\n");
    co_await c.send("x\r\n.\r\n");
    CHECK(co_await c.line() == "250 2.0.0 <billing@demo.test> Ok: queued as 1/101");
    CHECK(co_await c.line() == "250 2.0.0 <support@demo.test> Ok: queued as 1/101");
    CHECK(o.gateway.commands.size() == 1);
    CHECK(o.envelopes.at(0).rcpt_to.size() == 2);
    CHECK(o.gateway.raw(0).find("for <") == std::string::npos);
  });
}

TEST_CASE("postmaster is always someone") {
  Office office([](EmailServerSettings& s) { s.postmaster = "billing@demo.test"; });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.ask("EHLO c\r\n");
    co_await c.ask("MAIL FROM:<>\r\n");
    CHECK(co_await c.ask("RCPT TO:<PostMaster>\r\n") == "250 2.1.5 Ok");
    CHECK(co_await c.ask("RCPT TO:<postmaster@Demo.Test>\r\n") == "250 2.1.5 Ok");
    CHECK((co_await c.ask("RCPT TO:<postmaster@elsewhere.test>\r\n")).starts_with("550 5.7.1"));
    co_await c.ask("DATA\r\n");
    CHECK((co_await c.ask("x\r\n.\r\n")).starts_with("250"));
    CHECK(o.envelopes.at(0).rcpt_to ==
          std::vector<std::string>{"billing@demo.test", "billing@demo.test"});
  });
}

TEST_CASE("STARTTLS protects the rest of the session and forgets what came before") {
  Office office([](EmailServerSettings& s) { s.tls_certificate_file = "make one"; });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.ask("EHLO c\r\n");
    CHECK(co_await c.ask("STARTTLS\r\nNOOP\r\nNOOP\r\n") == "220 2.0.0 Ready to start TLS");
    co_await c.start_tls();
    CHECK(co_await c.ask("MAIL FROM:<a@b.c>\r\n") == "503 5.5.1 Say EHLO or HELO first");
    CHECK((co_await c.begin_mail()).starts_with("354"));
    CHECK((co_await c.ask("x\r\n.\r\n")).starts_with("250 2.0.0"));
    CHECK(co_await c.ask("QUIT\r\n") == "221 2.0.0 Bye");
    CHECK(o.envelopes.at(0).tls);
    CHECK(o.gateway.raw(0).find("with ESMTPS id") != std::string::npos);
  });
}

TEST_CASE("a client that talks nonsense instead of TLS is dropped and its place is free again") {
  Office office([](EmailServerSettings& s) {
    s.tls_certificate_file = "make one";
    s.max_tls_handshakes = 1;
  });
  office.run([](Office& o) -> Await {
    Client first(o.loop), second(o.loop);
    co_await first.connect(o.channel->smtp_address());
    co_await first.ask("EHLO c\r\n");
    CHECK((co_await first.ask("STARTTLS\r\n")).starts_with("220"));
    co_await second.connect(o.channel->smtp_address());
    co_await second.ask("EHLO c\r\n");
    CHECK((co_await second.ask("STARTTLS\r\n")).starts_with("454 4.7.0"));
    co_await first.send("NOOP\r\n");
    co_await until([&] { return o.channel->sessions() == 1; });
    CHECK((co_await second.ask("STARTTLS\r\n")).starts_with("220"));
    co_await second.start_tls();
    CHECK((co_await second.ask("EHLO c\r\n")).starts_with("250"));
  });
}

TEST_CASE("a client that says nothing is told so and let go") {
  Office office([](EmailServerSettings& s) { s.timeouts.command = milliseconds(20); });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    CHECK(co_await c.line() == "421 4.4.2 mx.demo.test Timeout, closing");
    CHECK(co_await c.line() == "<closed>");
  });
}

TEST_CASE("a mail that stalls, or trickles without end, is dropped") {
  Office office(
      [](EmailServerSettings& s) { s.timeouts.data = s.timeouts.mail = milliseconds(40); });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    co_await c.send("half a mail");
    CHECK(co_await c.line() == "421 4.4.2 mx.demo.test Timeout, closing");
    CHECK(o.gateway.commands.empty());
  });
}

TEST_CASE("a session that goes on for ever ends between two mails") {
  Office office([](EmailServerSettings& s) { s.timeouts.session = milliseconds(40); });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    const char* steps[] = {"EHLO c\r\n", "MAIL FROM:<a@b.c>\r\n", "RCPT TO:<support@demo.test>\r\n",
                           "DATA\r\n", "x\r\n.\r\n"};
    std::string heard = "250";
    for (std::size_t i = 0; heard[0] == '2' || heard[0] == '3'; ++i)
      heard = co_await c.ask(steps[i % 5]);
    CHECK(heard == "421 4.4.2 mx.demo.test Timeout, closing");
  });
}

TEST_CASE("sessions are bounded in all and by address") {
  Office office([](EmailServerSettings& s) { s.max_sessions_per_address = 2; });
  office.run([](Office& o) -> Await {
    Client a(o.loop), b(o.loop), c(o.loop), d(o.loop);
    co_await a.connect(o.channel->smtp_address());
    co_await b.connect(o.channel->lmtp_address());
    CHECK((co_await c.connect(o.channel->smtp_address())).starts_with("421 4.7.0"));
    CHECK(co_await c.line() == "<closed>");
    a.close();
    co_await until([&] { return o.channel->sessions() == 1; });
    CHECK((co_await d.connect(o.channel->smtp_address())).starts_with("220"));
  });
  Office small([](EmailServerSettings& s) { s.max_sessions = 1; });
  small.run([](Office& o) -> Await {
    Client a(o.loop), b(o.loop);
    co_await a.connect(o.channel->smtp_address());
    CHECK((co_await b.connect(o.channel->smtp_address())).starts_with("421 4.3.2"));
  });
}

TEST_CASE("an address that sends too many mails is put off") {
  Office office([](EmailServerSettings& s) { s.max_mails_per_minute = 2; });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.ask("EHLO c\r\n");
    for (int i = 0; i < 2; ++i)
      CHECK((co_await c.ask("MAIL FROM:<a@b.c>\r\nRSET\r\n")).starts_with("250"));
    co_await c.line();
    co_await c.line();
    CHECK((co_await c.ask("MAIL FROM:<a@b.c>\r\n")).starts_with("450 4.7.1"));
  });
}

TEST_CASE("each outcome of a submission has its reply") {
  struct Row {
    Submission::Kind kind;
    const char* reply;
    bool disk_full = false;
    Refusal refusal = Refusal::invalid_argument;
  };
  using Kind = Submission::Kind;
  const Row rows[] = {
      {Kind::busy, "451 4.3.2"},
      {Kind::busy, "452 4.3.1", true},
      {Kind::failed, "451 4.3.0"},
      {Kind::refused, "550 5.7.1", false, Refusal::not_allowed},
      {Kind::refused, "451 4.3.0", false, Refusal::no_such_queue},
      {Kind::refused, "451 4.3.0"},
  };
  Office().run([&](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    for (const Row& row : rows) {
      o.gateway.answer.kind = row.kind;
      o.gateway.answer.disk_full = row.disk_full;
      o.gateway.answer.refusal = row.refusal;
      co_await c.begin_mail();
      CHECK((co_await c.ask("x\r\n.\r\n")).starts_with(row.reply));
    }
  });
}

TEST_CASE("trouble on a worker is ours: the mail is put off, the session goes on") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    o.workers.full = true;
    CHECK((co_await c.ask("x\r\n.\r\n")).starts_with("451 4.3.2"));
    o.workers.full = false;
    o.parse = [](const Envelope&, std::string_view) -> Command {
      throw StoreError(StoreError::Kind::disk, "no");
    };
    co_await c.begin_mail();
    CHECK((co_await c.ask("x\r\n.\r\n")).starts_with("451 4.3.0"));
    CHECK(o.gateway.commands.empty());
  });
}

TEST_CASE("while the disk's reserve is reached MAIL is put off") {
  Office().run([](Office& o) -> Await {
    o.gateway.accepts = false;
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.ask("EHLO c\r\n");
    CHECK((co_await c.ask("MAIL FROM:<a@b.c>\r\n")).starts_with("452 4.3.1"));
  });
}

TEST_CASE("a big mail goes through a file that leaves nothing behind") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    std::string body;
    while (body.size() < (3U << 20)) body += "line " + std::to_string(body.size()) + "\r\n";
    co_await c.send(body);
    CHECK((co_await c.ask(".\r\n")).starts_with("250"));
    CHECK(o.gateway.raw(0).ends_with(body));
    CHECK(o.gateway.raw(0).starts_with("Return-Path: <ann@example.org>\r\n"));
    CHECK(o.spool_files() == 0);
  });
}

TEST_CASE("mails beyond the spool's room are put off and their room is given back") {
  Office office([](EmailServerSettings& s) {
    s.memory_bytes = 100'000;
    s.spool_bytes = 600'000;
  });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    const std::string line(998, 'x');
    for (int i = 0; i < 3; ++i) {
      co_await c.begin_mail();
      for (int n = 0; n < 700; ++n) co_await c.send(line + "\r\n");
      CHECK((co_await c.ask(".\r\n")).starts_with("452 4.3.1"));
      co_await c.begin_mail();
      for (int n = 0; n < 500; ++n) co_await c.send(line + "\r\n");
      CHECK((co_await c.ask(".\r\n")).starts_with("250"));
    }
    CHECK(o.gateway.commands.size() == 3);
  });
}

TEST_CASE("a connection that drops in the middle of a mail leaves nothing") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop), d(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    co_await c.send(std::string(400'000, 'x') + "\r\n.\r");
    c.close();
    co_await until([&] { return o.channel->sessions() == 0; });
    CHECK(o.gateway.commands.empty());
    CHECK(o.spool_files() == 0);
  });
}

TEST_CASE("a smuggled end of data is refused and the connection closed") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    CHECK((co_await c.ask("outer\n.\nMAIL FROM:<x@y.z>\r\nDATA\r\ninner\r\n.\r\nQUIT\r\n"))
              .starts_with("550 5.6.11"));
    CHECK(co_await c.line() == "<closed>");
    CHECK(o.gateway.commands.empty());
  });
}

TEST_CASE("a mail that ran in circles is returned") {
  Office().run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    for (const int hops : {99, 100}) {
      co_await c.begin_mail();
      for (int i = 0; i < hops; ++i) co_await c.send("Received: from a by b\r\n");
      CHECK((co_await c.ask("\r\nx\r\n.\r\n")).starts_with(hops == 99 ? "250" : "554 5.4.6"));
    }
  });
}

TEST_CASE("LMTP listens on a local socket of owner and group, in the place of a stale one") {
  ScratchFolder place;
  const std::string path = (place.path / "lmtp").string();
  for (int i = 0; i < 2; ++i) {
    {
      // Left behind by a crash: bound, and nobody listens.
      asio::io_context loop;
      asio::local::stream_protocol::acceptor stale(loop, asio::local::stream_protocol());
      stale.bind(path);
    }
    Office office([&](EmailServerSettings& s) { s.lmtp = "unix:" + path; });
    struct ::stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0660);
    CHECK(office.channel->lmtp_address() == "unix:" + path);
    CHECK_THROWS_AS(Office([&](EmailServerSettings& s) { s.lmtp = "unix:" + path; }),
                    boost::system::system_error);
    office.run([](Office& o) -> Await {
      Client c(o.loop);
      co_await c.connect(o.channel->lmtp_address());
      CHECK((co_await c.begin_mail("LHLO c\r\n")).starts_with("354"));
      CHECK((co_await c.ask("x\r\n.\r\n")).starts_with("250"));
      CHECK(o.envelopes.at(0).remote_ip.empty());
    });
    CHECK(::stat(path.c_str(), &status) != 0);
  }
}

TEST_CASE("stopping tells idle sessions at once and lets a mail on its way in have its answer") {
  Office().run([](Office& o) -> Await {
    Client idle(o.loop), busy(o.loop), committing(o.loop);
    co_await idle.connect(o.channel->smtp_address());
    co_await busy.connect(o.channel->smtp_address());
    co_await busy.begin_mail();
    co_await committing.connect(o.channel->smtp_address());
    co_await committing.begin_mail();
    o.gateway.hold = true;
    co_await committing.send("x\r\n.\r\n");
    co_await until([&] { return o.gateway.held.size() == 1; });

    bool stopped = false;
    asio::co_spawn(o.loop, o.channel->stop(), [&](const std::exception_ptr&) { stopped = true; });
    CHECK(co_await idle.line() == "421 4.3.2 mx.demo.test Stopping; try again soon");
    CHECK(co_await idle.line() == "<closed>");
    CHECK_FALSE(stopped);
    o.gateway.release();
    CHECK((co_await committing.line()).starts_with("250 2.0.0"));
    CHECK((co_await committing.line()).starts_with("421 4.3.2"));
    CHECK((co_await busy.ask("y\r\n.\r\n")).starts_with("250 2.0.0"));
    CHECK((co_await busy.line()).starts_with("421 4.3.2"));
    committing.close();
    busy.close();
    idle.close();
    co_await until([&] { return stopped; });
    CHECK(o.gateway.commands.size() == 2);
  });
}

TEST_CASE("a sender that never finishes does not hold up the stop") {
  Office office([](EmailServerSettings& s) { s.timeouts.drain = milliseconds(30); });
  office.run([](Office& o) -> Await {
    Client c(o.loop);
    co_await c.connect(o.channel->smtp_address());
    co_await c.begin_mail();
    co_await o.channel->stop();
    CHECK(o.channel->sessions() == 0);
    CHECK(co_await c.line() == "<closed>");
  });
}

TEST_CASE("addresses and certificates that cannot be used are named") {
  Office taken;
  CHECK_THROWS_AS(Office([&](EmailServerSettings& s) { s.smtp = taken.channel->smtp_address(); }),
                  boost::system::system_error);
  CHECK_THROWS_WITH(Office([](EmailServerSettings& s) { s.smtp = "nonsense"; }),
                    Catch::Contains("nonsense"));
  CHECK_THROWS_WITH(Office([](EmailServerSettings& s) { s.tls_certificate_file = "/nowhere.pem"; }),
                    Catch::Contains("/nowhere.pem"));
}

}  // namespace
}  // namespace deskwire::email
