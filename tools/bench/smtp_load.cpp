// SPDX-License-Identifier: Apache-2.0
// Sends mails over many SMTP sessions from one thread (epoll) and prints throughput and latency as
// one JSON line. Latency is from the last byte of DATA to the final answer. Every mail has its own
// Message-ID; senders rotate over --senders addresses.
//   smtp_load --port P [--sessions 50] [--messages 20000] [--seconds 0] [--size 4096]
//             [--senders 10000] [--one-per-connection]
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "load.hpp"

namespace {

using namespace deskwire::bench;

struct Options {
  std::string to = "support@demo.test";
  std::string tag = "load";
  int port = 2525;
  int sessions = 50;
  int messages = 20000;
  int size_bytes = 4096;
  int senders = 10000;
  double seconds = 0;  ///< No mail is begun after this; 0: without end.
  bool one_per_connection = false;
};

enum class Step { greeting, ehlo, mail, rcpt, data, body, quit, gone };

struct Session {
  int fd = -1;
  Step step = Step::greeting;
  std::string in, out;
  Clock::time_point sent_at;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)) {
    filler_.reserve(static_cast<std::size_t>(options_.size_bytes) + 80);
    while (filler_.size() < static_cast<std::size_t>(options_.size_bytes)) {
      filler_ += "The parcel left the depot on Monday and nobody has seen it since then, sir.\r\n";
    }
  }

  void run() {
    sessions_.resize(static_cast<std::size_t>(options_.sessions));
    tell_begun();
    began_ = Clock::now();
    for (auto& session : sessions_) open(session);
    while (live_ > 0) {
      const auto ready = readiness_.wait(30000);
      if (ready.empty()) die("nothing happened for 30 s");
      for (const std::uint32_t number : ready) serve(sessions_[number]);
    }
    report(milliseconds(Clock::now() - began_) / 1000);
  }

 private:
  void open(Session& session) {
    session = Session{};
    session.fd = connect_to("127.0.0.1", options_.port);
    readiness_.watch(session.fd, static_cast<std::uint32_t>(&session - sessions_.data()));
    ++live_;
  }

  void serve(Session& session) {
    char buffer[4096];
    const ssize_t n = read(session.fd, buffer, sizeof buffer);
    if (n <= 0) {
      if (session.step != Step::gone && session.step != Step::quit)
        die("the server closed a session");
      return close_session(session);
    }
    session.in.append(buffer, static_cast<std::size_t>(n));
    for (std::size_t end; (end = session.in.find("\r\n")) != std::string::npos;) {
      const std::string line = session.in.substr(0, end);
      session.in.erase(0, end + 2);
      if (line.size() > 3 && line[3] == '-') continue;
      if (line[0] == '5' || line[0] == '4') die("refused: " + line);
      answer(session);
      if (session.fd < 0) return;
    }
  }

  void answer(Session& session) {
    switch (session.step) {
      case Step::greeting:
        return say(session, Step::ehlo, "EHLO load.example\r\n");
      case Step::ehlo:
        return next_mail(session);
      case Step::mail:
        return say(session, Step::rcpt, "RCPT TO:<" + options_.to + ">\r\n");
      case Step::rcpt:
        return say(session, Step::data, "DATA\r\n");
      case Step::data:
        return send_body(session);
      case Step::body:
        latencies_ms_.add(milliseconds(Clock::now() - session.sent_at));
        if (options_.one_per_connection) return say(session, Step::quit, "QUIT\r\n");
        return next_mail(session);
      case Step::quit:
      case Step::gone:
        return close_session(session);
    }
  }

  [[nodiscard]] bool all_begun() const {
    return begun_ >= options_.messages ||
           (options_.seconds > 0 && milliseconds(Clock::now() - began_) >= options_.seconds * 1000);
  }

  void next_mail(Session& session) {
    if (all_begun()) return say(session, Step::quit, "QUIT\r\n");
    ++begun_;
    const int sender = begun_ % options_.senders;
    say(session, Step::mail, "MAIL FROM:<s" + std::to_string(sender) + "@senders.example>\r\n");
  }

  void send_body(Session& session) {
    const int number = ++bodies_;
    const std::string sender = "s" + std::to_string(number % options_.senders) + "@senders.example";
    std::string body = "From: Sender <" + sender + ">\r\nTo: " + options_.to +
                       "\r\nSubject: Parcel " + options_.tag + " " + std::to_string(number) +
                       "\r\nMessage-ID: <" + options_.tag + "." + std::to_string(number) + "." +
                       std::to_string(getpid()) +
                       "@senders.example>\r\nDate: Mon, 02 Jun 2025 10:00:00 +0000\r\n"
                       "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    body += filler_;
    body += ".\r\n";
    session.sent_at = Clock::now();
    say(session, Step::body, body);
  }

  void say(Session& session, Step next, const std::string& text) {
    session.step = next;
    write_all(session.fd, text);
  }

  void close_session(Session& session) {
    close(session.fd);
    session.fd = -1;
    --live_;
    if (options_.one_per_connection && !all_begun()) open(session);
  }

  void report(double seconds) {
    std::printf(
        "{\"messages\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
        "\"max_ms\":%.2f}\n",
        latencies_ms_.count(), seconds, static_cast<double>(latencies_ms_.count()) / seconds,
        latencies_ms_.at(0.5), latencies_ms_.at(0.99), latencies_ms_.at(1));
  }

  Options options_;
  Readiness readiness_;
  Clock::time_point began_;
  int live_ = 0;
  int begun_ = 0, bodies_ = 0;
  std::string filler_;
  std::vector<Session> sessions_;
  Figures latencies_ms_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("SMTP load");
  app.add_option("--port", options.port)->required();
  app.add_option("--to", options.to);
  app.add_option("--tag", options.tag);
  app.add_option("--sessions", options.sessions);
  app.add_option("--messages", options.messages);
  app.add_option("--seconds", options.seconds);
  app.add_option("--size", options.size_bytes);
  app.add_option("--senders", options.senders);
  app.add_flag("--one-per-connection", options.one_per_connection);
  CLI11_PARSE(app, argc, argv);
  Load(options).run();
}
