// SPDX-License-Identifier: Apache-2.0
#include "channels/email/session.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "channels/email/trace_header.hpp"

namespace deskwire::email {
namespace asio = boost::asio;

Session::Session(std::shared_ptr<MailHouse> house, const SmtpRules& rules, Wire::Socket socket,
                 std::string remote, Duration tick)
    : house_(std::move(house)),
      lmtp_(rules.lmtp),
      remote_(std::move(remote)),
      tick_(tick),
      wire_(std::move(socket)),
      machine_(rules, *this),
      session_ticks_left_(ticks(house_->settings().timeouts.session)) {}

Session::~Session() {
  release_handshake();
  house_->leave(remote_);
}

asio::awaitable<void> Session::run() {
  machine_.greet();
  if (!co_await converse()) co_return;
  if (!co_await flush()) co_return;
  ticks_left_ = ticks(house_->settings().timeouts.linger);
  if (ending_ != Ending::abort) co_await wire_.linger();
}

/// True when the machine wants to close, false when the connection is gone.
asio::awaitable<bool> Session::converse() {
  for (;;) {
    switch (machine_.want()) {
      case SmtpMachine::Want::input:
        // Replies wait while pipelined commands are still to be read, so that the whole group is
        // answered with one write.
        if (unread_.empty()) {
          if (!co_await flush()) co_return false;
          if (!co_await hear()) co_return false;
        } else {
          machine_.feed(unread_);
          co_await keep_body();
        }
        break;
      case SmtpMachine::Want::delivery:
        if (!co_await flush()) co_return false;
        co_await deliver();
        break;
      case SmtpMachine::Want::tls:
        if (!co_await flush() || !co_await shake_hands()) co_return false;
        break;
      case SmtpMachine::Want::close:
        co_return true;
    }
  }
}

/// Waits for bytes, or for a reason to stop waiting. False when the connection is gone.
asio::awaitable<bool> Session::hear() {
  const EmailTimeouts& timeouts = house_->settings().timeouts;
  if (!drains_now() && ending_ != Ending::abort) {
    ticks_left_ = ticks(machine_.receiving() ? timeouts.data : timeouts.command);
    hearing_ = true;
    const Wire::Read read = co_await wire_.read(asio::buffer(buffer_));
    hearing_ = false;
    ticks_left_ = 0;
    if (!read.ec) {
      if (ending_ == Ending::timeout) ending_ = Ending::no;  // It spoke in the last moment.
      unread_ = std::string_view(buffer_.data(), read.bytes);
      co_return true;
    }
  }
  const std::string& host = house_->settings().hostname;
  switch (ending_) {
    case Ending::no:
      co_return false;
    case Ending::abort:
      co_return false;
    case Ending::timeout:
      machine_.end({421, "4.4.2", host + " Timeout, closing"});
      break;
    case Ending::drain:
      machine_.end({421, "4.3.2", host + " Stopping; try again soon"});
      break;
  }
  co_return true;
}

asio::awaitable<bool> Session::flush() {
  if (!machine_.has_replies()) co_return true;
  const std::string replies = machine_.take_replies();
  ticks_left_ = ticks(house_->settings().timeouts.data);
  const auto ec = co_await wire_.write(replies);
  ticks_left_ = 0;
  co_return !ec;
}

/// Takes over what the machine has of a mail's text.
asio::awaitable<void> Session::keep_body() {
  const std::string part = machine_.take_body();
  if (machine_.mail_number() != body_number_) begin_body();
  const bool wanted = machine_.receiving() || machine_.want() == SmtpMachine::Want::delivery;
  if (!wanted || machine_.discarding() || refusal_) {
    body_.reset();
    if (!wanted) mail_ticks_left_ = 0;
    co_return;
  }
  if (!body_->add(part)) {
    no_room({452, "4.3.1", "No room for a mail of this size now; try again later"});
    co_return;
  }
  if (!body_->wants_flush()) co_return;
  try {
    co_await house_->workers().run(Workers::Pool::parse, [body = body_] { body->flush(); });
  } catch (const Busy&) {
    no_room({451, "4.3.2", "Busy; try again soon"});
  } catch (const boost::system::system_error&) {
    throw;  // We are being stopped.
  } catch (const std::system_error& e) {
    spdlog::error("smtp: {}", e.what());
    no_room({452, "4.3.1", "No room for mail now; try again later"});
  }
}

void Session::begin_body() {
  body_number_ = machine_.mail_number();
  refusal_.reset();
  mail_ticks_left_ = ticks(house_->settings().timeouts.mail);
  body_ = std::make_shared<MailBody>(house_->budget(), house_->settings().spool_directory);
  const SmtpTransaction& mail = machine_.transaction();
  const std::string id = house_->next_mail_id();
  const Trace trace{.sender = mail.sender,
                    .recipient = mail.recipients.size() == 1
                                     ? std::string_view(mail.recipients.front().given)
                                     : "",
                    .helo = machine_.helo(),
                    .remote_ip = remote_,
                    .hostname = house_->settings().hostname,
                    .id = id,
                    .lmtp = lmtp_,
                    .extended = machine_.extended(),
                    .tls = machine_.tls_active(),
                    .smtputf8 = mail.smtputf8,
                    .at = house_->now()};
  if (!body_->add(trace_header(trace)))
    no_room({452, "4.3.1", "No room for mail now; try again later"});
}

void Session::no_room(SmtpReply reply) {
  body_.reset();
  machine_.refuse_body(reply);
  refusal_ = std::move(reply);
}

asio::awaitable<void> Session::deliver() {
  mail_ticks_left_ = 0;
  auto body = std::exchange(body_, nullptr);
  if (refusal_ || !body) {
    machine_.delivered(
        refusal_.value_or(SmtpReply{451, "4.3.0", "Local trouble; try again later"}));
    co_return;
  }
  const SmtpTransaction& mail = machine_.transaction();
  Envelope envelope;
  envelope.mail_from = mail.sender;
  for (const SmtpRecipient& recipient : mail.recipients)
    envelope.rcpt_to.push_back(recipient.address);
  envelope.helo = machine_.helo();
  envelope.remote_ip = remote_;
  envelope.tls = machine_.tls_active();
  envelope.smtputf8 = mail.smtputf8;
  envelope.received_at = house_->now();
  const std::uint64_t bytes = body->size();
  const SmtpReply reply = co_await house_->take(std::move(envelope), std::move(body));
  spdlog::debug("{}: mail of {} bytes from {}: {} {} {}", lmtp_ ? "lmtp" : "smtp", bytes, remote_,
                reply.code, reply.enhanced, reply.text);
  machine_.delivered(reply);
}

bool Session::may_start_tls() {
  handshake_taken_ = house_->tls() != nullptr && house_->take_handshake();
  return handshake_taken_;
}

void Session::release_handshake() {
  if (std::exchange(handshake_taken_, false)) house_->give_handshake();
}

asio::awaitable<bool> Session::shake_hands() {
  unread_ = {};
  ticks_left_ = ticks(house_->settings().timeouts.handshake);
  const auto ec = co_await wire_.start_tls(house_->tls());
  ticks_left_ = 0;
  release_handshake();
  if (ec) {
    spdlog::info("smtp: TLS with {} failed: {}", remote_, ec.message());
    co_return false;
  }
  machine_.tls_started();
  co_return true;
}

void Session::tick() {
  const bool waited = ticks_left_ > 0 && --ticks_left_ == 0;
  // What ran out while something else is waited for stays at its last tick until the client is.
  const bool dawdled = hearing_ && mail_ticks_left_ == 1;
  const bool lingered = hearing_ && !machine_.receiving() && session_ticks_left_ == 1;
  if (mail_ticks_left_ > 1) --mail_ticks_left_;
  if (session_ticks_left_ > 1) --session_ticks_left_;
  if (!waited && !dawdled && !lingered) return;
  if (ending_ == Ending::no) ending_ = Ending::timeout;
  wire_.cancel();
}

void Session::drain() {
  if (ending_ != Ending::abort) ending_ = Ending::drain;
  if (hearing_ && !machine_.receiving()) wire_.cancel();
}

void Session::abort() {
  ending_ = Ending::abort;
  wire_.close();
}

/// Rounded up, and one more, because the tick under way may end at once.
std::uint64_t Session::ticks(Duration length) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(length.ms, 1) + tick_.ms - 1) /
             static_cast<std::uint64_t>(tick_.ms) +
         1;
}

}  // namespace deskwire::email
