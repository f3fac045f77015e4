// SPDX-License-Identifier: Apache-2.0
// Sends signed Twilio webhooks of inbound text messages over keep-alive connections, one request at
// a time on each, from one thread, and prints throughput and latency as one JSON line. Latency is
// of answers with 200: from the first byte of the request, or with --rate from the moment it was
// due, so that a server that is behind cannot hide it.
//   hooks_load --port P [--connections 50] [--messages 20000] [--seconds 0] [--rate 0]
//              [--senders 1000] [--start-sender 0] [--public-url URL] [--token T] …
#include <sys/timerfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "load.hpp"
#include "twilio_requests.hpp"

namespace {

using namespace deskwire::bench;

struct Options {
  TwilioSettings twilio;
  std::string host = "127.0.0.1";
  int port = 8080;
  std::size_t connections = 50;
  std::size_t messages = 20000;
  double rate = 0;     ///< Requests a second; 0: as fast as they are answered.
  double seconds = 0;  ///< None is begun after this; 0: without end.
};

struct Answer {
  int status = 0;
  bool last = false;  ///< The server closes after it.
};

/// Takes one whole answer from the front of `in`; nothing while it is not all there.
std::optional<Answer> take_answer(std::string& in) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) return std::nullopt;
  std::string fields = in.substr(0, head + 2);
  std::ranges::transform(fields, fields.begin(),
                         [](char c) { return static_cast<char>(std::tolower(c)); });
  if (!fields.starts_with("http/1.1 ")) die("no HTTP/1.1 answer: " + fields);
  const std::size_t at = fields.find("\r\ncontent-length:");
  if (at == std::string::npos) die("an answer without Content-Length: " + fields);
  const std::size_t whole = head + 4 + std::stoul(fields.substr(at + 17));
  if (in.size() < whole) return std::nullopt;
  in.erase(0, whole);
  return Answer{.status = std::stoi(fields.substr(9, 3)),
                .last = fields.find("\r\nconnection: close") != std::string::npos};
}

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), requests_(options_.twilio) {}

  void run() {
    requests_.prepare(options_.messages);
    timer_ = timerfd_create(CLOCK_MONOTONIC, 0);
    readiness_.watch(timer_, kTimer);
    connections_.resize(options_.connections);
    for (std::uint32_t i = 0; i < connections_.size(); ++i) {
      open(i);
      idle_.push_back(i);
    }
    tell_begun();
    began_ = Clock::now();
    hand_out();
    while (in_flight_ > 0 || !all_begun()) {
      const auto ready = readiness_.wait(30000);
      if (ready.empty()) die("nothing happened for 30 s");
      for (const std::uint32_t number : ready)
        if (number == kTimer)
          stop_timer();
        else
          serve(number);
      hand_out();
    }
    report(milliseconds(Clock::now() - began_) / 1000);
  }

 private:
  static constexpr std::uint32_t kTimer = UINT32_MAX;

  struct Connection {
    int fd = -1;
    bool busy = false;
    Clock::time_point since;
    std::string in;
  };

  void open(std::uint32_t number) {
    Connection& connection = connections_[number];
    if (connection.fd >= 0) close(connection.fd);
    connection = Connection{.fd = connect_to(options_.host, options_.port), .since = {}, .in = {}};
    readiness_.watch(connection.fd, number);
  }

  [[nodiscard]] bool all_begun() const {
    return begun_ >= options_.messages ||
           (options_.seconds > 0 && milliseconds(Clock::now() - began_) >= options_.seconds * 1000);
  }

  /// Gives each idle connection what is due.
  void hand_out() {
    while (!idle_.empty() && !all_begun()) {
      Clock::time_point since = Clock::now();
      if (options_.rate > 0) {
        const std::chrono::duration<double> after(static_cast<double>(begun_) / options_.rate);
        const auto due = began_ + std::chrono::duration_cast<Clock::duration>(after);
        if (due > since) return start_timer(due - since);
        since = due;
      }
      Connection& connection = connections_[idle_.back()];
      idle_.pop_back();
      connection.busy = true;
      connection.since = since;
      ++in_flight_;
      write_all(connection.fd, requests_.request(begun_++));
    }
  }

  void start_timer(Clock::duration wait) const {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(wait).count();
    itimerspec when{};
    when.it_value.tv_sec = ns / 1'000'000'000;
    when.it_value.tv_nsec = ns % 1'000'000'000;
    timerfd_settime(timer_, 0, &when, nullptr);
  }

  void stop_timer() const {
    std::uint64_t expirations = 0;
    if (read(timer_, &expirations, sizeof expirations) < 0) die_of_errno("timer");
  }

  void serve(std::uint32_t number) {
    Connection& connection = connections_[number];
    char buffer[4096];
    const ssize_t n = read(connection.fd, buffer, sizeof buffer);
    if (n <= 0) {
      // A server may end a connection that is idle, but not one that waits for its answer.
      if (connection.busy) {
        ++errors_;
        done(number);
      }
      return open(number);
    }
    connection.in.append(buffer, static_cast<std::size_t>(n));
    const auto answer = take_answer(connection.in);
    if (!answer) return;
    ++statuses_[answer->status];
    if (answer->status == 200)
      latencies_ms_.add(milliseconds(Clock::now() - connection.since));
    else
      ++errors_;
    done(number);
    if (answer->last) open(number);
  }

  void done(std::uint32_t number) {
    connections_[number].busy = false;
    --in_flight_;
    ++finished_;
    idle_.push_back(number);
  }

  void report(double seconds) {
    std::string statuses;
    for (const auto& [status, count] : statuses_)
      statuses += (statuses.empty() ? "\"" : ",\"") + std::to_string(status) +
                  "\":" + std::to_string(count);
    std::printf(
        "{\"requests\":%zu,\"seconds\":%.3f,\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,"
        "\"max_ms\":%.2f,\"errors\":%zu,\"statuses\":{%s}}\n",
        finished_, seconds, static_cast<double>(latencies_ms_.count()) / seconds,
        latencies_ms_.at(0.5), latencies_ms_.at(0.99), latencies_ms_.at(1), errors_,
        statuses.c_str());
  }

  Options options_;
  TwilioRequests requests_;
  Readiness readiness_;
  int timer_ = -1;
  Clock::time_point began_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> idle_;
  std::size_t begun_ = 0, in_flight_ = 0, finished_ = 0, errors_ = 0;
  std::map<int, std::size_t> statuses_;
  Figures latencies_ms_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  TwilioSettings& twilio = options.twilio;
  CLI::App app("signed webhooks of inbound text messages");
  app.add_option("--host", options.host, "IPv4 address");
  app.add_option("--port", options.port)->required();
  app.add_option("--path", twilio.path, "of the hook");
  app.add_option("--public-url", twilio.public_url, "what is signed, before the path");
  app.add_option("--token", twilio.token, "signs");
  app.add_option("--account", twilio.account, "AccountSid");
  app.add_option("--to", twilio.to, "our number");
  app.add_option("--connections", options.connections, "each one request at a time")
      ->check(CLI::PositiveNumber);
  app.add_option("--messages", options.messages, "requests in all");
  app.add_option("--seconds", options.seconds, "none is begun after this; 0: without end");
  app.add_option("--rate", options.rate, "requests a second; 0: as fast as they are answered");
  app.add_option("--senders", twilio.senders, "different From numbers, one after the other")
      ->check(CLI::PositiveNumber);
  app.add_option("--start-sender", twilio.start_sender, "the first of them");
  CLI11_PARSE(app, argc, argv);
  if (twilio.start_sender + twilio.senders > TwilioRequests::kNumbers)
    return app.exit(CLI::ValidationError("--senders", "there are 8,000,000 numbers"));
  twilio.authority = options.host + ":" + std::to_string(options.port);
  raise_descriptor_limit();
  Load(std::move(options)).run();
}
