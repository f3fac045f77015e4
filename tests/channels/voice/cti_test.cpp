// SPDX-License-Identifier: Apache-2.0
// Hooks of a telephone system against a whole desk: what arrives together or twice is one call.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <future>

#include "auth/signatures.hpp"
#include "channels/voice/voice_channel.hpp"
#include "codec/wire.hpp"
#include "support/http_client.hpp"
#include "support/office.hpp"

using namespace deskwire;
using namespace deskwire::test;
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr ChannelId kPbx{7};
const std::string kSecret = "whsec_c2VjcmV0LW9mLXRoZS1wYng=";
const std::string kOldSecret = "whsec_b2xk";

class VoiceOffice {
 public:
  VoiceOffice() : office_(settings()) {}
  ~VoiceOffice() { office_.stop(); }

  Answer post(const std::string& body, const std::string& secret = kSecret) {
    const Instant now = office_.on_loop([this] { return office_.core().clock().now(); });
    const std::string headers =
        "webhook-id: m1\r\nwebhook-timestamp: " + webhook_timestamp(now) +
        "\r\nwebhook-signature: " + sign_webhook("m1", now, body, secret).value() + "\r\n";
    return ask(office_.port, "POST", "/hooks/cti/pbx", headers, body);
  }
  Answer tell(const std::string& event, const std::string& agent = "",
              const std::string& from = "+84912345678") {
    const Instant now = office_.on_loop([this] { return office_.core().clock().now(); });
    json::object body{{"event", event},
                      {"call", "c1"},
                      {"from", from},
                      {"to", "1900"},
                      {"at", wire::format_time(now)}};
    if (!agent.empty()) body["agent"] = agent;
    return post(json::serialize(body));
  }
  std::vector<Ticket> tickets() {
    return office_.on_loop([this] {
      std::vector<Ticket> out;
      for (const auto& [id, ticket] : office_.core().engine().state().tickets)
        out.push_back(ticket);
      return out;
    });
  }
  std::vector<std::string> announced() {
    return office_.on_loop([this] { return announced_; });
  }
  Office& office() { return office_; }

 private:
  OfficeSettings settings() {
    OfficeSettings out;
    out.policy = [](Policy& policy) {
      ChannelPolicy pbx = an_address(kPbx, "pbx", general);
      pbx.channel = Channel::voice;
      policy.channels.push_back(pbx);
    };
    out.more = [this](HttpServer& http, FrontDesk& desk, Core& core) { wire(http, desk, core); };
    return out;
  }

  void wire(HttpServer& http, FrontDesk& desk, Core& core) {
    const auto executor = office_.executor();
    const auto now = [&core] { return core.clock().now(); };
    quarantine_ = std::make_unique<Quarantine>(executor, core.workers(), metrics_, now);
    auto lines = std::make_shared<voice::VoiceLines>();
    lines->cti.push_back(
        {.channel = kPbx, .name = "pbx", .secrets = {kSecret, kOldSecret}, .region = "VN"});
    const auto person = [&desk](auto who) -> asio::awaitable<std::optional<voice::Person>> {
      const PeoplePtr people = co_await desk.directory().people();
      const UserRow* row = people->find(who);
      if (row == nullptr) co_return std::nullopt;
      co_return voice::Person{.id = row->id, .user = row->user, .shown = row->name};
    };
    channel_ = std::make_unique<voice::VoiceChannel>(
        voice::VoiceSeams{
            .executor = executor,
            .gateway = core.gateway(),
            .workers = core.workers(),
            .quarantine = *quarantine_,
            .keys = KeyHasher(KeyHasher::Secret{}),
            .now = now,
            .person_named = [person](std::string user) { return person(std::move(user)); },
            .person = [person](AgentId id) { return person(id); },
            .announce = [this](CallNotice notice) -> asio::awaitable<void> {
              announced_.emplace_back(notice.state);
              co_return;
            }},
        std::move(lines));
    channel_->add_routes(http.router());
  }

  Metrics metrics_;
  std::unique_ptr<Quarantine> quarantine_;
  std::unique_ptr<voice::VoiceChannel> channel_;
  std::vector<std::string> announced_;
  Office office_;
};

}  // namespace

TEST_CASE("events of one call that arrive together are one ticket, answered and ended once") {
  VoiceOffice desk;
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 4; ++i)
    for (const char* event : {"ringing", "ended", "answered", "missed"})
      answers.push_back(std::async(std::launch::async, [&desk, event] {
        return desk.tell(event, std::string(event) == "answered" ? "ann" : "");
      }));
  for (auto& answer : answers) CHECK(answer.get().status == 200);
  const std::vector<Ticket> tickets = desk.tickets();
  REQUIRE(tickets.size() == 1);
  CHECK(tickets.front().state == TicketState::resolved);
  CHECK(tickets.front().disposition == "call ended");
  // The call, perhaps missed before it was answered, and the note of its end.
  CHECK(tickets.front().last_seq >= 2);
  CHECK(tickets.front().last_seq <= 3);
  const std::vector<std::string> told = desk.announced();
  CHECK(std::ranges::count(told, "ended") == 1);
  CHECK(std::ranges::count(told, "ringing") <= 1);
}

TEST_CASE("an older secret is still good, another one is not") {
  VoiceOffice desk;
  const std::string body =
      R"({"event":"missed","call":"c9","from":"","to":"","at":"2020-01-01T00:00:00Z"})";
  CHECK(desk.post(body, kOldSecret).status == 200);
  CHECK(desk.post(body, "whsec_b3RoZXI=").status == 403);
  CHECK(desk.tickets().size() == 1);
}

TEST_CASE("an answered call tells its agent's console and nobody who was not rung") {
  VoiceOffice desk;
  CHECK(desk.tell("ringing", "ann").body == R"({"ticket":null})");
  const json::object answer = json::parse(desk.tell("answered", "ann").body).as_object();
  CHECK(answer.at("ticket").to_number<std::uint64_t>() == desk.tickets().front().id.value);
  CHECK(desk.announced() == std::vector<std::string>{"ringing", "answered"});
}

TEST_CASE("a withheld number that is answered after it was missed is still one ticket") {
  VoiceOffice desk;
  desk.tell("missed", "", "anonymous");
  desk.tell("answered", "ann", "anonymous");
  REQUIRE(desk.tickets().size() == 1);
  CHECK(desk.tickets().front().agent == ann);
  CHECK(desk.tickets().front().state == TicketState::assigned);
}
