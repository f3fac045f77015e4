// SPDX-License-Identifier: Apache-2.0
// A desk in memory with a chat at /chat/web, and a visitor over a bare socket.
#pragma once
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "channels/chat/chat_channel.hpp"
#include "support/http_client.hpp"
#include "support/office.hpp"

namespace deskwire::test {

inline constexpr ChannelId web_chat{9};

/// The core's, except that reads are refused while `busy`.
class BusyWorkers final : public Workers {
 public:
  explicit BusyWorkers(Workers& inner) : inner_(inner) {}
  boost::asio::awaitable<void> read_job(std::function<void(Reader&)> job) override {
    if (busy) throw Busy("busy");
    co_await inner_.read_job(std::move(job));
  }
  boost::asio::awaitable<void> store_job(std::function<void(Store&)> job) override {
    return inner_.store_job(std::move(job));
  }
  boost::asio::awaitable<void> cpu_job(Pool pool, std::function<void()> job) override {
    return inner_.cpu_job(pool, std::move(job));
  }
  std::atomic<bool> busy = false;

 private:
  Workers& inner_;
};

/// Keeps what would have been mailed.
class KeptMail final : public Transport {
 public:
  void send(OutboundMessage message, std::function<void(SendOutcome)> done) override {
    sent.push_back(std::move(message));
    done({.state = DeliveryState::sent, .detail = "250"});
  }
  void look_up(OutboundMessage, std::function<void(SendOutcome)> done) override {
    done({.state = DeliveryState::queued, .detail = ""});
  }
  void close() override {}
  std::vector<OutboundMessage> sent;
};

class ChatOffice {
 public:
  explicit ChatOffice(Duration close_after = days(7)) : office_(settings(close_after)) {}
  ~ChatOffice() {
    boost::asio::co_spawn(office_.executor(), chat_->stop(), boost::asio::use_future).get();
    office_.stop();
    chat_.reset();  // Before the feed that it listens to.
  }

  static chat::Settings places() {
    chat::Settings out;
    chat::Place& place = out.places.emplace_back();
    place.id = web_chat;
    place.name = "web";
    place.messages_per_minute = 10'000;
    out.calls = {.burst = 10'000, .refill = milliseconds(1), .max_keys = 1};
    return out;
  }

  Office& desk() { return office_; }
  std::uint16_t port() { return office_.port; }
  BusyWorkers& workers() { return *workers_; }
  void reload(chat::Settings next) {
    office_.on_loop([&] { chat_->reload(std::move(next)); });
  }
  std::size_t visits() {
    return office_.on_loop([&] { return chat_->visits(); });
  }

 private:
  OfficeSettings settings(Duration close_after) {
    OfficeSettings out;
    out.policy = [close_after](Policy& policy) {
      ChannelPolicy address = an_address(web_chat, "web", general);
      address.channel = Channel::chat;
      policy.channels.push_back(address);
      policy.close_after = close_after;
    };
    out.more = [this](HttpServer& http, FrontDesk&, Core& core) {
      workers_ = std::make_unique<BusyWorkers>(core.workers());
      chat_ = std::make_unique<chat::ChatChannel>(
          places(),
          chat::Seams{.gateway = core.gateway(),
                      .workers = *workers_,
                      .feed = core.feed(),
                      .blobs = core.blobs(),
                      .now = [&core] { return core.clock().now(); },
                      .agent_name = [this](AgentId) { return name(); },
                      .tell = [](AgentId, std::string_view, boost::json::object) {},
                      .assets = {}},
          office_.executor(), KeyHasher(KeyHasher::Secret{}), core.engine().state(), mail_,
          [](OutboundMessage message, ChannelId, MailAddress) { return std::optional(message); });
      chat_->add_routes(http.router());
      core.outbox().set_transport(Channel::chat, chat_->transport());
      chat_->start();
    };
    return out;
  }

  boost::asio::awaitable<std::string> name() {
    auto look = [](Reader&) { return std::string("Ann of the desk"); };
    co_return co_await workers_->read(std::move(look));
  }

  KeptMail mail_;
  std::unique_ptr<BusyWorkers> workers_;
  std::unique_ptr<chat::ChatChannel> chat_;
  Office office_;
};

class ChatClient {
 public:
  explicit ChatClient(std::uint16_t port)
      : socket(port, "/chat/web", "Sec-WebSocket-Protocol: deskwire.chat.v1\r\n") {}

  boost::json::object ask(std::string_view method, const boost::json::object& params = {}) {
    const std::int64_t id = next_id_++;
    socket.send_text(boost::json::serialize(boost::json::object{
        {"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}));
    for (;;) {
      boost::json::object frame = read();
      if (frame.empty() || (frame.contains("id") && frame.at("id") == id)) return frame;
    }
  }
  boost::json::object call(std::string_view method, const boost::json::object& params = {}) {
    const boost::json::object answer = ask(method, params);
    INFO(method << " " << boost::json::serialize(answer));
    REQUIRE(answer.contains("result"));
    return answer.at("result").as_object();
  }
  int error(std::string_view method, const boost::json::object& params = {}) {
    const boost::json::object answer = ask(method, params);
    INFO(method << " " << boost::json::serialize(answer));
    REQUIRE(answer.contains("error"));
    return answer.at("error").at("code").to_number<int>();
  }
  std::string start() { return std::string(call("chat.start").at("token").as_string()); }
  std::int64_t say(std::string_view text) {
    return call("chat.send", {{"client_id", text}, {"text", text}}).at("seq").as_int64();
  }
  /// Reads until the message `seq` was told; the numbers of all told so far.
  std::vector<std::int64_t> until(std::int64_t seq) {
    while (told.empty() || told.back() < seq)
      if (read().empty()) break;
    return told;
  }

  WsClient socket;
  std::vector<std::int64_t> told;
  boost::json::object state;

 private:
  boost::json::object read() {
    const std::string text = socket.read_text();
    if (text.empty()) return {};
    boost::json::object frame = boost::json::parse(text).as_object();
    if (frame.contains("method") && frame.at("method") == "event")
      told.push_back(frame.at("params").at("seq").as_int64());
    if (frame.contains("method") && frame.at("method") == "state")
      state = frame.at("params").as_object();
    return frame;
  }
  std::int64_t next_id_ = 1;
};

}  // namespace deskwire::test
