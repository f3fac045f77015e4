// SPDX-License-Identifier: Apache-2.0
#include "app/daemon.hpp"

#include <signal.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "app/load_config.hpp"
#include "app/policy_view.hpp"
#include "app/settings.hpp"
#include "auth/digest.hpp"
#include "auth/mail_keys.hpp"
#include "auth/phone_keys.hpp"
#include "deskwire/engine/state.hpp"
#include "runtime/log.hpp"
#include "storage/sqlite/search_files.hpp"
#include "text/phone.hpp"

namespace deskwire {
std::span<const EmbeddedFile> web_assets();
std::span<const EmbeddedFile> schema_files();
}  // namespace deskwire

namespace deskwire::app {
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// A stop that takes longer is cut: what was acknowledged is durable anyway.
constexpr auto kStopWithin = std::chrono::seconds(10);

KeyHasher token_hasher(const config::Config& config, const KeyHasher& keys) {
  if (!config.mail.token_secret) return keys;
  return KeyHasher::from_hex(sha256_hex(config.mail.token_secret->value));
}

SignInSettings sign_in_settings(const config::Config& config, const DeskClock& clock) {
  SignInSettings out;
  out.sessions.lifetime = config.limits.session_length;
  out.per_user.burst = config.limits.login_attempts;
  out.now = [&clock] { return clock.now(); };
  return out;
}

}  // namespace

Daemon::Daemon(ServeOptions options, config::Config config, std::unique_ptr<Store> store,
               NameIds ids, std::vector<NameRow> names)
    : options_(std::move(options)),
      config_(std::move(config)),
      ids_(std::move(ids)),
      keys_(KeyHasher::from_hex(store->secret("keys"))),
      tokens_(token_hasher(config_, keys_)),
      store_name_(store->secret("search")),
      core_(
          loop_, std::move(store), config_.policy, std::move(names), metrics_,
          [this](std::exception_ptr error) { fatal(error); },
          CoreSettings{.disk_reserve_bytes = config_.storage.disk_reserve_bytes, .clock = {}}),
      desk_(loop_.get_executor(), sign_in_settings(config_, core_.clock()), core_.engine().state(),
            core_.gateway(), core_.workers(), core_.feed()),
      search_(loop_,
              search_files({.file = data_folder(config_, options_) / "search.db", .vfs = ""}),
              core_, desk_, metrics_, {.store = store_name_, .region = config_.desk.region}),
      users_(core_, desk_.accounts()),
      http_(http_settings(config_), loop_.get_executor()),
      web_(loop_),
      quarantine_(loop_.get_executor(), core_.workers(), metrics_,
                  [this] { return core_.clock().now(); }),
      mail_(loop_, core_, config_, data_folder(config_, options_), keys_, tokens_),
      texts_(loop_, core_, web_, quarantine_, config_, keys_, http_.router()),
      console_(
          ConsoleSettings{
              .now = [this] { return core_.clock().now(); },
              .draw_outbound = [this](ChannelId channel,
                                      TicketId ticket) { return draw_outbound(channel, ticket); },
              .is_ours = [this](std::string_view address) { return mail_.is_ours(address); },
              .on_typing = [this](TicketId ticket,
                                  bool typing) { chats_.channel().agent_typing(ticket, typing); },
              .on_read = [this](TicketId ticket,
                                std::uint32_t seq) { chats_.channel().agent_read(ticket, seq); },
              .policy_text =
                  [this] { return read_policy(options_.config, ids_, config_.policy->version); },
              .check_policy =
                  [this](std::string text) {
                    return app::check_policy(options_.config, std::move(text), ids_);
                  },
              .search = &search_,
              .sessions = config_.limits.console_sessions,
              .sessions_per_user = config_.limits.console_sessions_per_user,
              .attachment_bytes = config_.limits.attachment_bytes},
          loop_.get_executor(), desk_, keys_),
      chats_(loop_, core_, desk_, mail_, http_.router(), config_, keys_,
             [this](AgentId agent, std::string_view method, boost::json::object params) {
               console_.tell(agent, method, params);
             }),
      calls_(loop_, core_, desk_, console_, quarantine_, config_, keys_, http_.router()),
      api_(ApiSettings{
               .attachment_bytes = config_.limits.attachment_bytes,
               .metrics_token = config_.http.metrics_token ? config_.http.metrics_token->value : "",
               .render_metrics = [this] { return metrics_.render(); },
               .live = [this] { return core_.live(); },
               .not_ready =
                   [this] {
                     return core_.ready() ? std::vector<std::string>{} : core_.health().reasons();
                   },
               .pages = web_assets(),
               .schemas = schema_files(),
               .now = [this] { return core_.clock().now(); },
               .read_identity = [this](
                                    std::string_view kind,
                                    std::string_view value) { return read_identity(kind, value); },
               .search = &search_},
           http_, core_.gateway(), desk_.lookup(), desk_.sign_in(), core_.workers(), core_.blobs()),
      control_(loop_, data_folder(config_, options_) / "control.sock",
               [this](json::object request) { return control(std::move(request)); }),
      tasks_(loop_.get_executor(), "daemon"),
      signals_(loop_, SIGTERM, SIGINT, SIGHUP) {
  console_.add_routes(http_.router());
  core_.health().set("listeners", false, "starting");
  http_.listen();
}

Daemon::~Daemon() = default;

OutboundIds Daemon::draw_outbound(ChannelId channel, TicketId ticket) const {
  OutboundIds ids = mail_.draw_outbound(channel, ticket);
  return ids.from.address.empty() ? texts_.draw_outbound(channel) : ids;
}

IdentityContent Daemon::read_identity(std::string_view kind, std::string_view value) const {
  if (kind == "email") return email_identity(keys_, {}, value);
  const auto number = text::to_e164(value, config_.desk.region);
  return number ? phone_identity(keys_, *number) : IdentityContent{};
}

int Daemon::run() {
  tasks_.spawn(watch_signals());
  tasks_.spawn(start());
  loop_.run();
  // A peer that never said goodbye leaves its connection behind, whose end speaks to its room.
  loop_.abandon();
  return exit_code_;
}

asio::awaitable<void> Daemon::force_policy() {
  // Rows may have been decided under another policy: deadlines and ranks are derived anew from this
  // one.
  Submission result;
  asio::steady_timer done(loop_, asio::steady_timer::time_point::max());
  core_.replace_policy(config_.policy, {}, [&](const Submission& s) {
    result = s;
    done.cancel();
  });
  co_await done.async_wait(asio::as_tuple(asio::use_awaitable));
  if (result.kind == Submission::Kind::refused) {
    throw std::runtime_error(
        "the configuration drops a queue in which tickets wait; say where they go with moved_to");
  }
}

asio::awaitable<void> Daemon::start() {
  std::string why;
  try {
    asio::steady_timer started(loop_, asio::steady_timer::time_point::max());
    core_.start([&](const Submission&) { started.cancel(); });
    co_await started.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await force_policy();
    co_await users_.seed(config_.users);
    mail_.start();
    chats_.start();
    texts_.start();
    control_.start();
    core_.health().set("listeners", true);
    announce();
    co_return;
  } catch (const std::exception& error) {
    why = error.what();
  }
  spdlog::critical("the start failed: {}", why);
  std::fprintf(stderr, "deskwire: %s\n", why.c_str());
  end(kConfiguration);
}

void Daemon::announce() {
  const auto or_null = [](const std::string& address) {
    return address.empty() ? json::value(nullptr) : json::value(address);
  };
  const json::object line{{"ready", true},
                          {"pid", ::getpid()},
                          {"http", http_.address()},
                          {"smtp", or_null(mail_.smtp_address())},
                          {"lmtp", or_null(mail_.lmtp_address())}};
  std::printf("%s\n", json::serialize(line).c_str());
  std::fflush(stdout);
  spdlog::info("ready: http {}, smtp {}, lmtp {}", http_.address(), mail_.smtp_address(),
               mail_.lmtp_address());
}

asio::awaitable<void> Daemon::watch_signals() {
  while (true) {
    const auto [failed, number] = co_await signals_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    if (number == SIGHUP) {
      co_await reload();
    } else if (!std::exchange(stopping_, true)) {
      spdlog::info("stopping");
      tasks_.spawn(stop());
    } else {
      end(kStopped);
    }
  }
}

asio::awaitable<void> Daemon::stop() {
  asio::steady_timer patience(loop_, kStopWithin);
  patience.async_wait([this](boost::system::error_code failed) {
    if (failed) return;
    spdlog::warn("the stop took too long and is cut");
    end(exit_code_);
  });
  core_.health().set("listeners", false, "stopping");
  co_await control_.stop();
  co_await mail_.stop();
  co_await http_.stop();
  co_await texts_.stop();
  co_await quarantine_.stop();
  co_await console_.stop();
  co_await chats_.stop();
  desk_.stop();
  search_.stop();
  co_await core_.stop();
  web_.stop();
  co_await mail_.join();
  co_await texts_.join();
  patience.cancel();
  signals_.cancel();
  spdlog::info("stopped");
  end(exit_code_);
}

void Daemon::end(int code) {
  exit_code_ = code;
  loop_.stop();
}

void Daemon::fatal(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const StoreError& failed) {
    exit_code_ = exit_code(failed.kind);
    std::fprintf(stderr, "deskwire: the store failed: %s\n", failed.what());
  } catch (const std::exception& failed) {
    exit_code_ = kDisk;
    std::fprintf(stderr, "deskwire: the store failed: %s\n", failed.what());
  }
  // Waiters were told; give their 451 and 503 a moment to leave, then go.
  auto timer = std::make_shared<asio::steady_timer>(loop_, std::chrono::milliseconds(200));
  timer->async_wait([this, timer](boost::system::error_code) { end(exit_code_); });
}

asio::awaitable<void> Daemon::reload() {
  const NameIds before = ids_;
  NameIds ids = ids_;
  auto loaded = load_config(options_.config, ids, TellErrors::in_log);
  if (!loaded) {
    spdlog::error("the configuration has errors; the old policy stays");
    co_return;
  }
  try {
    override_listeners(*loaded, options_);
    Submission result;
    asio::steady_timer done(loop_, asio::steady_timer::time_point::max());
    core_.replace_policy(loaded->policy, new_names(before, ids), [&](const Submission& s) {
      result = s;
      done.cancel();
    });
    co_await done.async_wait(asio::as_tuple(asio::use_awaitable));
    ids_ = std::move(ids);
    if (result.kind != Submission::Kind::done) {
      spdlog::error("the policy was refused ({}); the old one stays",
                    result.kind == Submission::Kind::refused ? name(result.refusal) : "try again");
      co_return;
    }
    mail_.reload(*loaded);
    chats_.reload(*loaded);
    texts_.reload(*loaded);
    calls_.reload(*loaded);
    co_await users_.seed(loaded->users);
    config_ = std::move(*loaded);
    tell_warnings(config_, TellErrors::in_log);
    spdlog::info("policy version {} is in force; listeners and storage change at the next start",
                 config_.policy->version);
  } catch (const std::exception& error) {
    spdlog::error("the reload failed: {}", error.what());
  }
}

asio::awaitable<json::object> Daemon::control(json::object request) {
  const std::string verb(request.at("verb").as_string());
  if (verb == "backup") {
    const std::string directory(request.at("directory").as_string());
    co_await core_.backup(directory);
    co_return json::object{};
  }
  if (verb == "ticket.explain") {
    const TicketId ticket{request.at("ticket").to_number<std::uint64_t>()};
    auto explained = co_await desk_.lookup().explanation(ticket);
    if (!explained) throw std::runtime_error("there is no ticket #" + std::to_string(ticket.value));
    co_return std::move(*explained);
  }
  UserOptions options;
  options.user = std::string(request.at("user").as_string());
  options.name = std::string(request.at("name").as_string());
  options.role = std::string(request.at("role").as_string());
  if (verb == "user.add")
    options.verb = UserOptions::Verb::add;
  else if (verb == "user.passwd")
    options.verb = UserOptions::Verb::passwd;
  else if (verb == "user.disable")
    options.verb = UserOptions::Verb::disable;
  else
    throw std::runtime_error("unknown verb '" + verb + "'");
  std::string password(request.at("password").as_string());
  co_await users_.change(std::move(options), std::move(password));
  co_return json::object{};
}

}  // namespace deskwire::app
