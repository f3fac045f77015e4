// SPDX-License-Identifier: Apache-2.0
// Sends mails over many SMTP sessions from one thread (epoll) and prints throughput and latency as
// one JSON line. Latency is from the last byte of DATA to the final answer. Every mail has its own
// Message-ID; senders rotate over --senders addresses.
//   smtp_load --port P [--sessions 50] [--messages 20000] [--size 4096] [--senders 10000] [--rate
//   0] [--one-per-connection]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::string to = "support@demo.test";
  std::string tag = "load";
  int port = 2525;
  int sessions = 50;
  int messages = 20000;
  int size_bytes = 4096;
  int senders = 10000;
  bool one_per_connection = false;
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "smtp_load: %s (%s)\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

enum class Step { greeting, ehlo, mail, rcpt, data, body, quit, gone };

struct Session {
  int fd = -1;
  Step step = Step::greeting;
  std::string in, out;
  Clock::time_point sent_at;
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), epoll_(epoll_create1(0)) {
    filler_.reserve(static_cast<std::size_t>(options_.size_bytes) + 80);
    while (filler_.size() < static_cast<std::size_t>(options_.size_bytes)) {
      filler_ += "The parcel left the depot on Monday and nobody has seen it since then, sir.\r\n";
    }
  }

  void run() {
    sessions_.resize(static_cast<std::size_t>(options_.sessions));
    const auto began = Clock::now();
    for (auto& session : sessions_) open(session);
    std::vector<epoll_event> events(256);
    while (live_ > 0) {
      const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30000);
      if (n == 0) die("nothing happened for 30 s");
      if (n < 0 && errno != EINTR) die("epoll_wait");
      for (int i = 0; i < n; ++i) serve(sessions_[events[static_cast<std::size_t>(i)].data.u32]);
    }
    report(std::chrono::duration<double>(Clock::now() - began).count());
  }

 private:
  void open(Session& session) {
    session = Session{};
    session.fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(session.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      die("connect");
    const int one = 1;
    setsockopt(session.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = static_cast<std::uint32_t>(&session - sessions_.data());
    epoll_ctl(epoll_, EPOLL_CTL_ADD, session.fd, &event);
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
        latencies_us_.push_back(
            std::chrono::duration<double, std::micro>(Clock::now() - session.sent_at).count());
        if (options_.one_per_connection) return say(session, Step::quit, "QUIT\r\n");
        return next_mail(session);
      case Step::quit:
      case Step::gone:
        return close_session(session);
    }
  }

  void next_mail(Session& session) {
    if (begun_ >= options_.messages) return say(session, Step::quit, "QUIT\r\n");
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
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = write(session.fd, text.data() + done, text.size() - done);
      if (n < 0) die("write");
      done += static_cast<std::size_t>(n);
    }
  }

  void close_session(Session& session) {
    close(session.fd);
    session.fd = -1;
    --live_;
    if (options_.one_per_connection && begun_ < options_.messages) open(session);
  }

  void report(double seconds) {
    std::sort(latencies_us_.begin(), latencies_us_.end());
    const auto at = [&](double share) {
      if (latencies_us_.empty()) return 0.0;
      return latencies_us_[static_cast<std::size_t>(
                 share * static_cast<double>(latencies_us_.size() - 1))] /
             1000;
    };
    std::printf(
        "{\"messages\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
        "\"max_ms\":%.2f}\n",
        latencies_us_.size(), seconds, static_cast<double>(latencies_us_.size()) / seconds, at(0.5),
        at(0.99), at(1));
  }

  Options options_;
  int epoll_;
  int live_ = 0;
  int begun_ = 0, bodies_ = 0;
  std::string filler_;
  std::vector<Session> sessions_;
  std::vector<double> latencies_us_;
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
  app.add_option("--size", options.size_bytes);
  app.add_option("--senders", options.senders);
  app.add_flag("--one-per-connection", options.one_per_connection);
  CLI11_PARSE(app, argc, argv);
  Load(options).run();
}
