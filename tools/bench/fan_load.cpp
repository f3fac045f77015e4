// SPDX-License-Identifier: Apache-2.0
// Opens many WebSockets from one thread, says a prologue on each, then tells how long an event
// takes to reach the last of them. Whoever drives it triggers the events: it prints "ready" when
// all are open, reads lines from standard input, a pipe, and answers each with a line:
//   round K [EVENTS]   "armed K"; once every socket has EVENTS (1) frames that contain the marker
//                      with {k} replaced by K: one JSON line, times counted from the line's arrival
//   end                one JSON line about all rounds; the end
//   fan_load --port P --path /console --protocol deskwire.console.v1 --sockets 1000 --sources 8
//            --say '{"jsonrpc":"2.0","id":1,"method":"session.login","params":{"token":"{value}"}}'
//            --values FILE --marker 'round {k}.'
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "load.hpp"
#include "websocket_client.hpp"

namespace {

using namespace deskwire::bench;

struct Options {
  std::string host = "127.0.0.1";
  std::string path = "/";
  std::string protocol;
  std::string marker = "round {k}.";
  std::vector<std::string> say;     ///< JSON-RPC calls, each sent after the answer to the last.
  std::vector<std::string> values;  ///< For {value} in them, a socket the next.
  int port = 8080;
  std::uint32_t sockets = 1000;
  std::uint32_t sources = 1;    ///< Addresses 127.0.0.1 and following to connect from.
  std::uint32_t opening = 100;  ///< Sockets at once that are not yet open.
  double timeout_s = 30;        ///< Of a round, and of silence while sockets are opened.
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

/// What the sockets got of one round.
struct Round {
  std::string name;
  std::string marker;
  std::uint32_t events = 1;
  std::uint32_t unfinished = 0;  ///< Sockets that wait for a frame of it.
  std::size_t bytes = 0;
  Clock::time_point began;
  Figures times_ms;  ///< Of each frame.
};

class Load {
 public:
  explicit Load(Options options) : options_(std::move(options)), sockets_(options_.sockets) {
    authority_ = options_.host + ":" + std::to_string(options_.port);
    buffer_.resize(256u << 10);
  }

  void run() {
    open_all();
    frames_ = 0;
    say_line("ready");
    readiness_.watch(STDIN_FILENO, kInput);
    while (!ended_) {
      const auto ready = readiness_.wait(round_ ? static_cast<int>(options_.timeout_s * 1000) : -1);
      const bool late =
          round_ && milliseconds(Clock::now() - round_->began) > options_.timeout_s * 1000;
      if (ready.empty() || late) finish_round();
      for (const std::uint32_t number : ready)
        if (number == kInput)
          read_input();
        else
          serve(number);
    }
    report();
  }

 private:
  static constexpr std::uint32_t kInput = UINT32_MAX;

  struct Socket {
    int fd = -1;
    bool upgraded = false;
    std::size_t said = 0;     ///< Calls of the prologue.
    bool open = false;        ///< The prologue is over.
    std::uint32_t got = 0;    ///< Frames of this round.
    std::string in, message;  ///< Bytes not yet parsed; fragments of a message.
  };

  static void say_line(const std::string& text) {
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

  // ---- Opening

  void open_all() {
    std::uint32_t begun = 0;
    while (opened_ < options_.sockets) {
      for (; begun < options_.sockets && begun - opened_ < options_.opening; ++begun) open(begun);
      const auto ready = readiness_.wait(static_cast<int>(options_.timeout_s * 1000));
      if (ready.empty()) die("silence after " + std::to_string(opened_) + " sockets were open");
      for (const std::uint32_t number : ready) serve(number);
    }
  }

  void open(std::uint32_t number) {
    Socket& socket = sockets_[number];
    const std::string source =
        options_.sources > 1 ? "127.0.0." + std::to_string(1 + number % options_.sources) : "";
    socket.fd = connect_to(options_.host, options_.port, source);
    readiness_.watch(socket.fd, number);
    write_all(socket.fd, upgrade_request(authority_, options_.path, options_.protocol));
  }

  void upgrade(std::uint32_t number) {
    Socket& socket = sockets_[number];
    const std::size_t head = socket.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    if (!upgrade_granted(socket.in))
      die("socket " + std::to_string(number) +
          " was not upgraded: " + socket.in.substr(0, socket.in.find("\r\n")));
    socket.in.erase(0, head + 4);
    socket.upgraded = true;
    say_next(number);
  }

  void say_next(std::uint32_t number) {
    Socket& socket = sockets_[number];
    if (socket.said == options_.say.size()) {
      socket.open = true;
      ++opened_;
      return;
    }
    std::string call = replaced(options_.say[socket.said++], "{n}", std::to_string(number));
    if (!options_.values.empty())
      call = replaced(std::move(call), "{value}", options_.values[number % options_.values.size()]);
    write_all(socket.fd, client_frame(Opcode::text, call));
  }

  // ---- Frames

  void serve(std::uint32_t number) {
    Socket& socket = sockets_[number];
    const ssize_t n = recv(socket.fd, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) die("socket " + std::to_string(number) + " was cut");
    socket.in.append(buffer_.data(), static_cast<std::size_t>(n));
    if (!socket.upgraded) upgrade(number);
    if (!socket.upgraded) return;
    std::string_view rest = socket.in;
    while (const auto frame = server_frame(rest)) {
      rest.remove_prefix(frame->size);
      take(number, *frame);
    }
    socket.in.erase(0, socket.in.size() - rest.size());
  }

  void take(std::uint32_t number, const Frame& frame) {
    Socket& socket = sockets_[number];
    switch (frame.opcode) {
      case Opcode::ping:
        return write_all(socket.fd, client_frame(Opcode::pong, frame.payload));
      case Opcode::close:
        die("socket " + std::to_string(number) + " was closed: " + close_reason(frame.payload));
      case Opcode::pong:
        return;
      case Opcode::text:
      case Opcode::binary:
      case Opcode::continuation:
        break;
    }
    if (frame.last && socket.message.empty()) return take_message(number, frame.payload);
    socket.message += frame.payload;
    if (!frame.last) return;
    take_message(number, socket.message);
    socket.message.clear();
  }

  void take_message(std::uint32_t number, std::string_view text) {
    Socket& socket = sockets_[number];
    ++frames_;
    if (socket.open) return count(socket, text);
    if (text.find("\"method\"") != std::string_view::npos) return;  // An event already.
    if (text.find("\"error\"") != std::string_view::npos)
      die("socket " + std::to_string(number) + " was refused: " + std::string(text));
    say_next(number);
  }

  // ---- Rounds

  void count(Socket& socket, std::string_view text) {
    if (!round_ || socket.got == round_->events) return;
    if (text.find(round_->marker) == std::string_view::npos) return;
    round_->times_ms.add(milliseconds(Clock::now() - round_->began));
    round_->bytes += text.size();
    if (++socket.got == round_->events && --round_->unfinished == 0) finish_round();
  }

  void read_input() {
    const ssize_t n = read(STDIN_FILENO, buffer_.data(), buffer_.size());
    if (n <= 0) {
      ended_ = true;
      return;
    }
    input_.append(buffer_.data(), static_cast<std::size_t>(n));
    for (std::size_t end = 0; (end = input_.find('\n')) != std::string::npos;) {
      std::istringstream line(input_.substr(0, end));
      input_.erase(0, end + 1);
      std::string word;
      line >> word;
      if (word == "round")
        begin_round(line);
      else if (word == "end")
        ended_ = true;
      else
        die("no such line: " + word);
    }
  }

  void begin_round(std::istringstream& line) {
    if (round_) die("a round is under way");
    Round round;
    if (!(line >> round.name)) die("a round without a name");
    if (!(line >> round.events)) round.events = 1;
    round.marker = replaced(options_.marker, "{k}", round.name);
    round.unfinished = options_.sockets;
    for (Socket& socket : sockets_) socket.got = 0;
    say_line("armed " + round.name);
    round.began = Clock::now();
    round_ = std::move(round);
  }

  void finish_round() {
    if (!round_) return;
    Round& round = *round_;
    const double took = round.times_ms.at(1);
    const double first = round.times_ms.at(0);
    const std::size_t counted = round.times_ms.count();
    std::printf(
        "{\"round\":\"%s\",\"missing\":%u,\"counted\":%zu,\"first_ms\":%.3f,"
        "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"last_ms\":%.3f,\"per_second\":%.0f,"
        "\"frame_bytes\":%zu}\n",
        round.name.c_str(), round.unfinished, counted, first, round.times_ms.at(0.5),
        round.times_ms.at(0.99), took, per_second(counted, took),
        counted == 0 ? 0 : round.bytes / counted);
    std::fflush(stdout);
    if (round.unfinished == 0) {
      last_ms_.add(took);
      counted_ += counted;
    }
    round_.reset();
  }

  static double per_second(std::size_t frames, double ms) {
    return ms > 0 ? static_cast<double>(frames) / ms * 1000 : 0;
  }

  void report() {
    std::printf(
        "{\"sockets\":%u,\"rounds\":%zu,\"frames\":%zu,\"counted\":%zu,\"per_second\":%.0f,\"p50_"
        "ms\":%.3f,"
        "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
        options_.sockets, last_ms_.count(), frames_, counted_, per_second(counted_, last_ms_.sum()),
        last_ms_.at(0.5), last_ms_.at(0.99), last_ms_.at(1));
  }

  Options options_;
  std::string authority_;
  Readiness readiness_;
  std::vector<Socket> sockets_;
  std::vector<char> buffer_;
  std::string input_;
  std::uint32_t opened_ = 0;
  bool ended_ = false;
  std::optional<Round> round_;
  std::size_t frames_ = 0;   ///< Since all were open, the marked ones and all others.
  std::size_t counted_ = 0;  ///< Marked, of rounds that were completed.
  Figures last_ms_;          ///< Of each such round.
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) die_of_errno("cannot read " + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::string values;
  CLI::App app("time of an event to many WebSockets");
  app.add_option("--host", options.host, "IPv4 address");
  app.add_option("--port", options.port)->required();
  app.add_option("--path", options.path);
  app.add_option("--protocol", options.protocol, "sub-protocol");
  app.add_option("--sockets", options.sockets)->check(CLI::PositiveNumber);
  app.add_option("--sources", options.sources, "addresses 127.0.0.1 and following to come from")
      ->check(CLI::Range(1, 254));
  app.add_option("--opening", options.opening, "sockets at once that are not yet open")
      ->check(CLI::PositiveNumber);
  app.add_option("--say", options.say,
                 "a JSON-RPC call on each socket, answered before the next; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--values", values, "file; its lines replace {value}, a socket the next");
  app.add_option("--marker", options.marker, "in a counted frame; {k} is the round");
  app.add_option("--timeout", options.timeout_s, "seconds");
  CLI11_PARSE(app, argc, argv);
  if (!values.empty()) options.values = lines_of(values);
  raise_descriptor_limit();
  Load(std::move(options)).run();
}
