// SPDX-License-Identifier: Apache-2.0
#include "channels/email/email_channel.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <utility>
#include <vector>

#include "channels/email/tls_context.hpp"

namespace deskwire::email {
namespace asio = boost::asio;
namespace {

std::shared_ptr<asio::ssl::context> tls_of(const EmailServerSettings& settings) {
  if (settings.tls_certificate_file.empty()) return nullptr;
  return make_tls_context(settings.tls_certificate_file, settings.tls_key_file);
}

EmailServerSettings with_folder(const EmailServerSettings& settings) {
  std::filesystem::create_directories(settings.spool_directory);
  std::filesystem::permissions(settings.spool_directory, std::filesystem::perms::owner_all);
  return settings;
}

/// Fine enough for the shortest of the limits, and never finer than there is use for.
Duration tick_for(const EmailTimeouts& t) {
  const auto shortest =
      std::min({t.command, t.data, t.mail, t.session, t.handshake, t.linger, t.drain});
  return Duration{std::clamp<std::int64_t>(shortest.ms / 4, 5, 1000)};
}

/// One line to someone we have no session for. The client waits for our greeting, so nothing of it
/// can get in the way.
void turn_away(Wire::Socket socket, const SmtpReply& reply) {
  boost::system::error_code ignored;
  const std::string line = wire_form(reply);
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(line), ignored);
  socket.shutdown(Wire::Socket::shutdown_send, ignored);
}

}  // namespace

EmailChannel::EmailChannel(asio::any_io_executor executor, MailHouse::Seams seams,
                           EmailServerSettings settings, std::shared_ptr<const Mailboxes> mailboxes)
    : executor_(executor),
      house_(std::make_shared<MailHouse>(std::move(seams), with_folder(settings),
                                         std::move(mailboxes), tls_of(settings))),
      tick_(tick_for(settings.timeouts)),
      sessions_(std::make_shared<std::unordered_set<Session*>>()),
      conversations_(executor, "mail sessions"),
      services_(executor, "mail listeners") {
  smtp_ = listen(settings.smtp, false);
  lmtp_ = listen(settings.lmtp, true);
}

EmailChannel::~EmailChannel() = default;

std::unique_ptr<Listener> EmailChannel::listen(const std::string& address, bool lmtp) {
  if (address.empty()) return nullptr;
  return std::make_unique<Listener>(executor_, address,
                                    [this, lmtp](Wire::Socket socket, std::string remote) {
                                      accept(std::move(socket), std::move(remote), rules(lmtp));
                                    });
}

SmtpRules EmailChannel::rules(bool lmtp) const {
  const EmailServerSettings& settings = house_->settings();
  SmtpRules out;
  out.lmtp = lmtp;
  out.hostname = settings.hostname;
  out.tls_offered = house_->tls() != nullptr;
  out.tls_required = settings.tls_required && out.tls_offered && !lmtp;
  out.bare_line_ends = settings.bare_line_ends;
  out.max_message_bytes = settings.max_message_bytes;
  out.max_recipients = settings.max_recipients;
  out.max_errors = settings.max_errors;
  return out;
}

void EmailChannel::start() {
  if (smtp_) services_.spawn(smtp_->run());
  if (lmtp_) services_.spawn(lmtp_->run());
  services_.spawn(keep_time());
}

void EmailChannel::accept(Wire::Socket socket, std::string remote, const SmtpRules& rules) {
  if (const auto refusal = house_->enter(remote)) {
    spdlog::info("smtp: {} turned away: {} {}", remote, refusal->code, refusal->enhanced);
    return turn_away(std::move(socket), *refusal);
  }
  conversations_.spawn(
      serve(std::make_shared<Session>(house_, rules, std::move(socket), std::move(remote), tick_)));
}

asio::awaitable<void> EmailChannel::serve(std::shared_ptr<Session> session) {
  struct Listed {
    Listed(std::shared_ptr<std::unordered_set<Session*>> s, Session* one)
        : sessions(std::move(s)), session(one) {
      sessions->insert(session);
    }
    ~Listed() { sessions->erase(session); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;
    std::shared_ptr<std::unordered_set<Session*>> sessions;
    Session* session;
  };
  const Listed listed(sessions_, session.get());
  if (drain_left_ms_ >= 0) session->drain();
  co_await session->run();
}

/// One timer for all sessions: each only counts down, so that a read costs no timer of its own.
asio::awaitable<void> EmailChannel::keep_time() {
  asio::steady_timer timer(executor_);
  std::int64_t minute_ms = 0;
  for (;;) {
    timer.expires_after(std::chrono::milliseconds(tick_.ms));
    co_await timer.async_wait(asio::use_awaitable);
    for (Session* session : *sessions_) session->tick();
    if ((minute_ms += tick_.ms) >= 60'000) {
      minute_ms = 0;
      house_->forget_rates();
    }
    if (drain_left_ms_ > 0 && (drain_left_ms_ -= tick_.ms) <= 0) {
      spdlog::warn("smtp: {} sessions did not end in time and are dropped", sessions_->size());
      for (Session* session : *sessions_) session->abort();
    }
  }
}

asio::awaitable<void> EmailChannel::stop() {
  if (smtp_) smtp_->close();
  if (lmtp_) lmtp_->close();
  drain_left_ms_ = std::max<std::int64_t>(house_->settings().timeouts.drain.ms, 1);
  for (Session* session : *sessions_) session->drain();
  co_await conversations_.join();
  services_.cancel();
  co_await services_.join();
}

void EmailChannel::replace_mailboxes(std::shared_ptr<const Mailboxes> mailboxes) {
  house_->replace_mailboxes(std::move(mailboxes));
}

void EmailChannel::reload_certificate() { house_->replace_tls(tls_of(house_->settings())); }

}  // namespace deskwire::email
