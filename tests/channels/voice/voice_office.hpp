// SPDX-License-Identifier: Apache-2.0
// A whole desk with a telephone system "pbx" and a number at Twilio "hotline"; the house secrets
// are the test's.
#pragma once
#include <algorithm>
#include <atomic>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <vector>

#include "auth/signatures.hpp"
#include "channels/voice/voice_channel.hpp"
#include "codec/wire.hpp"
#include "http/form.hpp"
#include "support/http_client.hpp"
#include "support/office.hpp"

namespace deskwire::test {

inline constexpr ChannelId kPbx{7}, kHotline{8};
inline const std::string kToken = "twilio-token";
inline const std::string kPublicUrl = "https://desk.example.com";
inline const std::string kSecret = "whsec_c2VjcmV0LW9mLXRoZS1wYng=";
inline const std::string kOldSecret = "whsec_b2xk";

/// Workers that are full whenever the test says so.
class ModeratelyBusy final : public Workers {
 public:
  explicit ModeratelyBusy(Workers& workers) : workers_(workers) {}
  boost::asio::awaitable<void> read_job(std::function<void(Reader&)> job) override {
    if (full) throw Busy("full");
    return workers_.read_job(std::move(job));
  }
  boost::asio::awaitable<void> store_job(std::function<void(Store&)> job) override {
    return workers_.store_job(std::move(job));
  }
  boost::asio::awaitable<void> cpu_job(Pool pool, std::function<void()> job) override {
    return workers_.cpu_job(pool, std::move(job));
  }
  std::atomic<bool> full = false;

 private:
  Workers& workers_;
};

class VoiceOffice {
 public:
  VoiceOffice() : office_(settings()) {}
  ~VoiceOffice() {
    office_.stop();
    // Both hold timers of the office's loop.
    channel_.reset();
    quarantine_.reset();
  }

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
    boost::json::object body{{"event", event},
                             {"call", "c1"},
                             {"from", from},
                             {"to", "1900"},
                             {"at", wire::format_time(now)}};
    if (!agent.empty()) body["agent"] = agent;
    return post(boost::json::serialize(body));
  }
  /// A request of Twilio's, signed.
  Answer twilio(const std::string& target, Params fields) {
    const Params more{{"CallSid", "CA1"}, {"From", "+84912345678"}, {"To", "+15005550006"}};
    fields.insert(fields.end(), more.begin(), more.end());
    std::ranges::sort(fields, {}, &Param::name);
    std::string text = kPublicUrl + target;
    for (const Param& each : fields) text.append(each.name).append(each.value);
    return ask(office_.port, "POST", target,
               "content-type: application/x-www-form-urlencoded\r\nx-twilio-signature: " +
                   base64(hmac_sha1(kToken, text)) + "\r\n",
               write_form(fields));
  }
  void be_busy(bool busy) { workers_->full = busy; }
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
      ChannelPolicy hotline = pbx;
      hotline.id = kHotline;
      hotline.name = "hotline";
      policy.channels.push_back(hotline);
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
    lines->numbers.push_back({.channel = kHotline,
                              .name = "hotline",
                              .number = "+15005550006",
                              .tokens = {kToken},
                              .greeting = "Hello",
                              .language = "en-US",
                              .hold_music = {},
                              .phones = {{"ann", "+15005550010"}},
                              .callback = true,
                              .voicemail = true,
                              .hours = {}});
    lines->public_url = kPublicUrl;
    workers_ = std::make_unique<ModeratelyBusy>(core.workers());
    const auto person = [&desk](auto who) -> boost::asio::awaitable<std::optional<voice::Person>> {
      const PeoplePtr people = co_await desk.directory().people();
      const UserRow* row = people->find(who);
      if (row == nullptr) co_return std::nullopt;
      co_return voice::Person{.id = row->id, .user = row->user, .shown = row->name};
    };
    channel_ = std::make_unique<voice::VoiceChannel>(
        voice::VoiceSeams{
            .executor = executor,
            .gateway = core.gateway(),
            .workers = *workers_,
            .quarantine = *quarantine_,
            .keys = KeyHasher(KeyHasher::Secret{}),
            .now = now,
            .person_named = [person](std::string user) { return person(std::move(user)); },
            .person = [person](AgentId id) { return person(id); },
            .announce = [this](CallNotice notice) -> boost::asio::awaitable<void> {
              announced_.emplace_back(notice.state);
              co_return;
            }},
        std::move(lines));
    channel_->add_routes(http.router());
  }

  Metrics metrics_;
  std::unique_ptr<Quarantine> quarantine_;
  std::unique_ptr<ModeratelyBusy> workers_;
  std::unique_ptr<voice::VoiceChannel> channel_;
  std::vector<std::string> announced_;
  Office office_;
};

}  // namespace deskwire::test
