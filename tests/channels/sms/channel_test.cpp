// SPDX-License-Identifier: Apache-2.0
// The whole channel on a desk in memory: hooks in, providers' interfaces on the loopback.
#include "channels/sms/sms_channel.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "auth/phone_keys.hpp"
#include "auth/signatures.hpp"
#include "client/fake_web.hpp"
#include "deskwire/engine/state.hpp"
#include "runtime/rig.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr ChannelId kTexts{5};
constexpr std::string_view kSecret = "whsec_c2VjcmV0LW9mLWEtYnJpZGdl";
constexpr std::string_view kAnn = "+84912345678";

PolicyPtr text_policy() {
  Policy policy = a_policy();
  policy.channels.push_back(
      {.id = kTexts, .name = "texts", .channel = Channel::sms, .queue = general, .required = {}});
  return std::make_shared<const Policy>(std::move(policy));
}

/// Answers busy while told to, as a desk without room does.
struct NarrowGateway final : Gateway {
  NarrowGateway(Gateway& inner, asio::any_io_executor executor)
      : inner_(inner), executor_(std::move(executor)) {}
  bool full = false;

  void submit(Command command, Lane lane, Done done) override {
    if (!full) return inner_.submit(std::move(command), lane, std::move(done));
    Submission busy;
    busy.kind = Submission::Kind::busy;
    busy.disk_full = true;
    asio::post(executor_, [done = std::move(done), busy] { done(busy); });
  }
  [[nodiscard]] bool accepts_intake() const override { return !full; }
  void explain(TicketId ticket, std::function<void(Result<Explanation>)> done) override {
    inner_.explain(ticket, std::move(done));
  }
  [[nodiscard]] PolicyPtr policy() const override { return inner_.policy(); }

 private:
  Gateway& inner_;
  asio::any_io_executor executor_;
};

/// A generic bridge and the desk behind it.
struct TextDesk {
  explicit TextDesk(std::shared_ptr<MemoryImage> image = std::make_shared<MemoryImage>())
      : rig(std::move(image)) {
    rig.make(text_policy());
    web.emplace(rig.loop);
    web->answer = [this](const std::string& request) { return answer(request); };
    client.emplace(rig.loop);
    gateway.emplace(rig.core->gateway(), rig.loop.get_executor());
    const auto now = [this] { return rig.core->clock().now() + ahead; };
    quarantine.emplace(rig.loop.get_executor(), rig.core->workers(), rig.metrics, now);
    channel.emplace(SmsHouse{.executor = rig.loop.get_executor(),
                             .gateway = *gateway,
                             .workers = rig.core->workers(),
                             .feed = rig.core->feed(),
                             .blobs = rig.core->blobs(),
                             .http = *client,
                             .quarantine = *quarantine,
                             .keys = keys,
                             .now = now,
                             .lines = lines()});
    channel->add_routes(router);
    rig.core->outbox().set_transport(Channel::sms, channel->transport());
    rig.start();
  }
  ~TextDesk() {
    run([this]() -> asio::awaitable<void> {
      co_await channel->stop();
      co_await quarantine->stop();
    });
    rig.stop();
    client->stop();
    run([this]() -> asio::awaitable<void> {
      web->close();
      co_await channel->join();
    });
    channel.reset();
  }

  SmsLinesPtr lines() const {
    SmsLine line{.channel = kTexts,
                 .name = "texts",
                 .adapter = find_adapter("generic"),
                 .line = {.number = "+12025550103",
                          .account = {},
                          .key = {},
                          .api_base = "http://127.0.0.1:" + std::to_string(web->port()),
                          .secrets = {std::string(kSecret)},
                          .hook_secrets = {},
                          .messaging_service = {}},
                 .region = "VN",
                 .help_reply = "Write to us.",
                 .max_media_bytes = 1000};
    return std::make_shared<const SmsLines>(std::vector{line}, "https://desk.example.com");
  }

  std::string answer(const std::string& request) {
    if (request.starts_with("GET /messages"))
      return ok_with(json::serialize(json::object{{"messages", listed}}));
    if (request.starts_with("GET /late") && late-- > 0)
      return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
    if (request.starts_with("GET /pic") || request.starts_with("GET /late"))
      return ok_with("a picture", "Content-Type: image/png\r\n");
    return ok_with(R"({"id":"b1"})");
  }

  void run(const std::function<asio::awaitable<void>()>& task) {
    bool done = false;
    asio::co_spawn(rig.loop, task, [&](const std::exception_ptr&) { done = true; });
    rig.run_until([&] { return done; });
  }

  static json::object text(std::string id, std::string words) {
    return {{"type", "message.received"}, {"id", id},      {"from", kAnn},
            {"to", "+12025550103"},       {"text", words}, {"media", json::array{}}};
  }

  HttpResponse post(const json::object& body) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/hooks/sms/texts";
    request.path = {"hooks", "sms", "texts"};
    request.body = json::serialize(body);
    const Instant now = rig.core->clock().now() + ahead;
    request.headers = {{"webhook-id", "msg_1"},
                       {"webhook-timestamp", webhook_timestamp(now)},
                       {"webhook-signature", *sign_webhook("msg_1", now, request.body, kSecret)}};
    const auto match = router.find(request.method, request.path);
    REQUIRE(match.route != nullptr);
    request.params = match.params;
    HttpResponse out;
    run([&]() -> asio::awaitable<void> { out = co_await match.route->handle(request); });
    return out;
  }

  [[nodiscard]] std::size_t tickets() const { return rig.core->engine().state().tickets.size(); }
  /// Messages of the first ticket, as they are in the store.
  std::vector<MessageRow> messages() {
    return rig.store->open_reader()->messages(TicketId{1}, 0, 100);
  }

  Rig rig;
  KeyHasher keys{KeyHasher::Secret{7}};
  json::array listed;
  int late = 0;    ///< So often the provider has the picture /late not yet.
  Duration ahead;  ///< Of the channel's clock.
  Router router;
  std::optional<FakeWeb> web;
  std::optional<HttpClient> client;
  std::optional<NarrowGateway> gateway;
  std::optional<Quarantine> quarantine;
  std::optional<SmsChannel> channel;
};

}  // namespace

TEST_CASE("a text that is turned away is fetched from its provider soon after, once") {
  TextDesk desk;
  desk.channel->start();
  desk.rig.run_until([&] { return !desk.web->requests.empty(); });
  desk.gateway->full = true;
  const json::object text = TextDesk::text("in1", "Hello");
  const HttpResponse refused = desk.post(text);
  CHECK(refused.status == 503);
  CHECK(std::ranges::find(refused.headers, "retry-after",
                          &std::pair<std::string, std::string>::first) != refused.headers.end());
  CHECK(desk.tickets() == 0);
  desk.gateway->full = false;
  desk.listed.push_back(text);
  desk.rig.run_until([&] { return desk.tickets() == 1; });
  CHECK(desk.post(text).status == 200);
  CHECK(desk.messages().size() == 1);
}

TEST_CASE("media that an earlier run left are fetched after the start") {
  const auto image = std::make_shared<MemoryImage>();
  {
    TextDesk desk(image);
    json::object text = TextDesk::text("in1", "Look");
    text["media"] = json::array{json::object{{"url", desk.web->url("/pic")}, {"type", ""}}};
    CHECK(desk.post(text).status == 200);
    REQUIRE(desk.messages().size() == 1);
    CHECK_FALSE(desk.messages()[0].content.attachments.at(0).source_url.empty());
    CHECK(desk.web->requests.empty());
  }
  TextDesk desk(image);
  desk.channel->start();
  // The earlier run's provider had another port, which is no trusted one any more.
  desk.rig.run_until([&] { return desk.messages().size() == 2; });
  CHECK(desk.messages()[1].content.text.find("the address is not a public one") !=
        std::string::npos);
  desk.rig.run_until(
      [&] { return desk.messages()[0].content.attachments.at(0).source_url.empty(); });
  CHECK(desk.rig.store->open_reader()->records("media", {}, 10).empty());
}

TEST_CASE("a picture comes behind its message, which is there at once") {
  TextDesk desk;
  desk.channel->start();
  json::object text = TextDesk::text("in1", "Look");
  text["media"] = json::array{json::object{{"url", desk.web->url("/pic")}, {"type", ""}}};
  CHECK(desk.post(text).status == 200);
  CHECK(desk.messages().size() == 1);
  desk.rig.run_until([&] { return desk.messages()[0].content.attachments.at(0).size_bytes > 0; });
  const Attachment got = desk.messages()[0].content.attachments.at(0);
  CHECK(got.name == "media-1.png");
  CHECK(got.type == "image/png");
  CHECK(desk.rig.store->open_reader()->blob(got.blob_sha256) == "a picture");
}

TEST_CASE("a picture that its provider has not yet is asked for again after a while") {
  TextDesk desk;
  desk.channel->start();
  desk.late = 2;
  json::object text = TextDesk::text("in1", "Look");
  text["media"] = json::array{json::object{{"url", desk.web->url("/late")}, {"type", ""}}};
  CHECK(desk.post(text).status == 200);
  const auto asked = [&](const std::string& path) {
    const auto begins = [&](const std::string& r) { return r.starts_with("GET " + path); };
    return std::ranges::count_if(desk.web->requests, begins);
  };
  desk.rig.run_until([&] { return asked("/late") == 1; });
  // Hours go by; each time another picture wakes the fetcher.
  for (int hour = 1; asked("/late") < 3 && hour < 100; ++hour) {
    desk.ahead = desk.ahead + hours(1);
    json::object other = TextDesk::text("wake" + std::to_string(hour), "And this?");
    other["media"] = json::array{json::object{{"url", desk.web->url("/pic")}, {"type", ""}}};
    CHECK(desk.post(other).status == 200);
    desk.rig.run_until([&] { return asked("/pic") == hour; });
  }
  desk.rig.run_until([&] { return desk.messages()[0].content.attachments.at(0).size_bytes > 0; });
  CHECK(asked("/late") == 3);
}

TEST_CASE("a number that is configured no more keeps its answers until it is again") {
  TextDesk desk;
  CHECK(desk.post(TextDesk::text("in1", "Hello")).status == 200);
  desk.channel->replace(
      std::make_shared<const SmsLines>(std::vector<SmsLine>{}, "https://desk.example.com"));
  OutboundMessage message;
  message.item.channel_name = kTexts;
  message.message.content.to = {{.name = {}, .address = std::string(kAnn)}};
  message.message.content.text = "Hello";
  std::optional<SendOutcome> told;
  desk.channel->transport().send(message, [&](SendOutcome outcome) { told = outcome; });
  CHECK_FALSE(told);
  desk.rig.run_until([&] { return told.has_value(); });
  CHECK(told->state == DeliveryState::queued);
  message.message.content.attachments.emplace_back();
  told.reset();
  desk.channel->replace(desk.lines());
  desk.channel->transport().send(message, [&](SendOutcome outcome) { told = outcome; });
  desk.rig.run_until([&] { return told.has_value(); });
  CHECK(told->state == DeliveryState::failed);
  CHECK(told->detail == "text messages cannot carry attachments yet");
}

TEST_CASE("HELP is a ticket, and the line's own words go back once") {
  TextDesk desk;
  CHECK(desk.post(TextDesk::text("in1", "Help")).status == 200);
  CHECK(desk.post(TextDesk::text("in2", "HELP")).status == 200);
  const auto sent = [&] {
    return std::ranges::count_if(desk.web->requests, [](const std::string& request) {
      return request.find("Write to us.") != std::string::npos;
    });
  };
  desk.rig.run_until([&] {
    const auto rows = desk.messages();
    return rows.size() == 3 && rows[1].message.delivery == DeliveryState::sent;
  });
  CHECK(sent() == 1);
  CHECK(desk.messages()[1].message.author_kind == AuthorKind::system);
  CHECK(desk.rig.core->engine().state().tickets.at(TicketId{1}).state == TicketState::queued);
}
