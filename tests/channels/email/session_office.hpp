// SPDX-License-Identifier: Apache-2.0
// Mail's entrances on real loopback sockets, with a gateway and workers that a test can steer, and
// a client that talks to them. All of it runs on one thread and one loop, so a test reads as a
// conversation.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/streambuf.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "channels/email/email_channel.hpp"

namespace deskwire::email {

/// Decides nothing: answers as told, and keeps what it was given.
class FakeGateway final : public Gateway {
 public:
  explicit FakeGateway(boost::asio::io_context& loop) : loop_(loop) {
    answer.kind = Submission::Kind::done;
  }

  using Gateway::submit;
  void submit(Command command, Lane lane, Done done) override;
  [[nodiscard]] bool accepts_intake() const override { return accepts; }
  void explain(TicketId, std::function<void(Result<Explanation>)>) override {}
  [[nodiscard]] PolicyPtr policy() const override { return nullptr; }

  /// Answers what was held back.
  void release();
  [[nodiscard]] const ReceiveMessage& mail(std::size_t n) const {
    return std::get<ReceiveMessage>(commands.at(n).body);
  }
  /// The n-th mail's bytes, trace header included.
  [[nodiscard]] const std::string& raw(std::size_t n) const { return mail(n).content->text; }

  bool accepts = true;
  bool hold = false;
  Submission answer;  ///< For every mail; its receipt is filled in.
  std::vector<Command> commands;
  std::deque<Done> held;

 private:
  void settle(Done done);
  boost::asio::io_context& loop_;
};

/// Runs each job where it is asked for.
class InlineWorkers final : public Workers {
 public:
  boost::asio::awaitable<void> read_job(std::function<void(Reader&)> job) override;
  boost::asio::awaitable<void> store_job(std::function<void(Store&)> job) override;
  boost::asio::awaitable<void> cpu_job(Pool pool, std::function<void()> job) override;
  bool full = false;
  Reader* reader = nullptr;  ///< Null: there are none, "busy".
};

class Client {
 public:
  explicit Client(boost::asio::io_context& loop) : socket_(loop) {}

  /// "127.0.0.1:2525" or "unix:/path"; waits for the greeting and returns it.
  boost::asio::awaitable<std::string> connect(const std::string& address);
  boost::asio::awaitable<void> send(std::string_view bytes);
  /// The next line without its end, or "<closed>".
  boost::asio::awaitable<std::string> line();
  /// Sends, and returns the last line of the one reply.
  boost::asio::awaitable<std::string> ask(std::string_view bytes);
  /// Says hello and gives a mail up to and without its text; returns the answer to DATA.
  boost::asio::awaitable<std::string> begin_mail(std::string_view hello = "EHLO c\r\n");
  boost::asio::awaitable<void> start_tls();
  void close() { socket_.close(); }

 private:
  boost::asio::generic::stream_protocol::socket socket_;
  std::unique_ptr<boost::asio::ssl::context> context_;
  std::unique_ptr<boost::asio::ssl::stream<boost::asio::generic::stream_protocol::socket&>> tls_;
  boost::asio::streambuf heard_;
};

/// A folder that goes with its owner.
struct ScratchFolder {
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path path;
};

class Office {
 public:
  using Story = std::function<boost::asio::awaitable<void>(Office&)>;
  /// `change` may edit the settings: SMTP and LMTP on free loopback ports, no TLS.
  explicit Office(const std::function<void(EmailServerSettings&)>& change = {});

  /// Runs the story to its end, then stops the channel; what the story throws is thrown.
  void run(Story story);
  /// Writes a self-signed certificate and its key, and names them in the settings.
  static void add_certificate(EmailServerSettings& settings, const std::filesystem::path& folder);
  [[nodiscard]] std::size_t spool_files() const;

  ScratchFolder folder;
  boost::asio::io_context loop{1};
  FakeGateway gateway{loop};
  InlineWorkers workers;
  std::function<Command(const Envelope&, std::string_view)> parse;
  std::vector<Envelope> envelopes;
  std::unique_ptr<EmailChannel> channel;
};

}  // namespace deskwire::email
