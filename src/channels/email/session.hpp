// SPDX-License-Identifier: Apache-2.0
// One SMTP or LMTP connection: feeds the machine from a bounded buffer, keeps the mail's bytes,
// waits for the commit before the answer. Loop thread only; a coroutine runs it, and the listener's
// tick is its clock.
#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "channels/email/mail_house.hpp"
#include "channels/email/smtp_machine.hpp"
#include "channels/email/wire.hpp"

namespace deskwire::email {

class Session final : private SmtpHost {
 public:
  /// `remote` is the client's address without port, empty on a local socket. `tick` is how often
  /// tick() will be called. The house was entered and is left when this is destroyed.
  Session(std::shared_ptr<MailHouse> house, const SmtpRules& rules, Wire::Socket socket,
          std::string remote, Duration tick);
  ~Session() override;

  /// The whole conversation. Called once.
  boost::asio::awaitable<void> run();
  /// Time goes on: what waited too long ends.
  void tick();
  /// Ends it at the next rest: at once when no mail is on its way in, else after that mail's
  /// answer.
  void drain();
  /// Drops the connection; a mail that is being committed still is.
  void abort();

 private:
  enum class Ending : std::uint8_t { no, timeout, drain, abort };

  std::optional<SmtpReply> refuse_mail() override { return house_->refuse_mail(remote_); }
  RecipientVerdict recipient(std::string_view address) override {
    return house_->recipient(address);
  }
  bool may_start_tls() override;

  boost::asio::awaitable<bool> converse();
  boost::asio::awaitable<bool> hear();
  boost::asio::awaitable<bool> flush();
  boost::asio::awaitable<void> keep_body();
  boost::asio::awaitable<void> deliver();
  boost::asio::awaitable<bool> shake_hands();
  void begin_body();
  void no_room(SmtpReply reply);
  void release_handshake();
  [[nodiscard]] std::uint64_t ticks(Duration length) const;
  [[nodiscard]] bool drains_now() const {
    return ending_ == Ending::drain && !machine_.receiving();
  }

  const std::shared_ptr<MailHouse> house_;
  const bool lmtp_;
  const std::string remote_;
  const Duration tick_;
  Wire wire_;
  SmtpMachine machine_;
  Ending ending_ = Ending::no;
  bool hearing_ = false;  ///< Waits for the client, and for nothing else.
  bool handshake_taken_ = false;
  std::uint64_t ticks_left_ = 0;  ///< For what is waited for; 0: no limit runs.
  std::uint64_t mail_ticks_left_ = 0;
  std::uint64_t session_ticks_left_;

  std::array<char, 16384> buffer_;
  std::string_view unread_;         ///< Of buffer_: heard, not fed yet.
  std::shared_ptr<MailBody> body_;  ///< Of mail `body_number_`.
  std::uint64_t body_number_ = 0;
  std::optional<SmtpReply> refusal_;  ///< Why that mail could not be kept.
};

}  // namespace deskwire::email
