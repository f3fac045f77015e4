// SPDX-License-Identifier: Apache-2.0
// What all mail sessions of the daemon share: the way to the engine, who lives here, and the counts
// that keep any one peer from taking everything. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "channels/email/email_server_settings.hpp"
#include "channels/email/inbound.hpp"
#include "channels/email/mailboxes.hpp"
#include "channels/email/poison_guard.hpp"
#include "channels/email/smtp_machine.hpp"
#include "channels/email/spool.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire::email {

/// From a mail's bytes to its command, on a parse worker: Inbound::command.
using MailParser = std::function<Command(const Envelope& envelope, std::string_view raw)>;

class MailHouse {
 public:
  struct Seams {
    Gateway& gateway;
    Workers& workers;
    MailParser parse;
    std::function<Instant()> now;  ///< The desk's clock.
    /// Inbound::opaque_command, for a mail over which the daemon crashed twice; none: it is parsed
    /// again.
    MailParser parse_opaque = {};
  };

  MailHouse(Seams seams, EmailServerSettings settings, std::shared_ptr<const Mailboxes> mailboxes,
            std::shared_ptr<boost::asio::ssl::context> tls);

  [[nodiscard]] const EmailServerSettings& settings() const { return settings_; }
  [[nodiscard]] Workers& workers() { return seams_.workers; }
  [[nodiscard]] SpoolBudget& budget() { return budget_; }
  [[nodiscard]] Instant now() const { return seams_.now(); }
  [[nodiscard]] const std::shared_ptr<boost::asio::ssl::context>& tls() const { return tls_; }
  void replace_mailboxes(std::shared_ptr<const Mailboxes> mailboxes);
  void replace_tls(std::shared_ptr<boost::asio::ssl::context> tls) { tls_ = std::move(tls); }

  /// Counts a session in, or says why it cannot be. Local sockets have no `remote` and only count
  /// as a whole.
  [[nodiscard]] std::optional<SmtpReply> enter(const std::string& remote);
  void leave(const std::string& remote);
  [[nodiscard]] std::size_t sessions() const { return sessions_; }

  /// Nothing, or why this is no time for a mail. Counts it against the address's rate.
  [[nodiscard]] std::optional<SmtpReply> refuse_mail(const std::string& remote);
  [[nodiscard]] RecipientVerdict recipient(std::string_view address) const;
  /// A place among the handshakes under way; give it back when done.
  [[nodiscard]] bool take_handshake();
  void give_handshake() { --handshakes_; }
  [[nodiscard]] std::string next_mail_id();
  /// Once a minute.
  void forget_rates();

  /// Parses, submits, and returns after the commit with what the client is to be told.
  boost::asio::awaitable<SmtpReply> take(Envelope envelope, std::shared_ptr<MailBody> body);

 private:
  struct Remote {
    std::size_t sessions = 0;
    std::size_t mails = 0;  ///< In this minute.
  };

  Seams seams_;
  EmailServerSettings settings_;
  std::shared_ptr<const Mailboxes> mailboxes_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  SpoolBudget budget_;
  std::shared_ptr<PoisonGuard> guard_;  ///< Jobs under way hold it too.
  std::unordered_map<std::string, Remote>
      remotes_;  ///< With a session, or with mails in this minute.
  std::size_t sessions_ = 0;
  std::size_t handshakes_ = 0;
  std::uint64_t mails_ = 0;
};

/// What a submission means to the mail's client. Our own faults are 4xx, so that the mail comes
/// again.
[[nodiscard]] SmtpReply reply_for(const Submission& submission);

}  // namespace deskwire::email
