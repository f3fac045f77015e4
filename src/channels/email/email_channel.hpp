// SPDX-License-Identifier: Apache-2.0
// Mail's entrances as a whole: the SMTP and LMTP listeners, their sessions, and how they stop. Loop
// thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <unordered_set>

#include "channels/email/email_server_settings.hpp"
#include "channels/email/listener.hpp"
#include "channels/email/mail_house.hpp"
#include "channels/email/session.hpp"
#include "runtime/task_group.hpp"

namespace deskwire::email {

class EmailChannel {
 public:
  /// Reads the certificate, makes the spool folder, binds both addresses. Throws
  /// boost::system::system_error when an address is taken, other std::exceptions when something of
  /// the settings cannot be used. Connections are accepted after start().
  EmailChannel(boost::asio::any_io_executor executor, MailHouse::Seams seams,
               EmailServerSettings settings, std::shared_ptr<const Mailboxes> mailboxes);
  /// stop() was joined, or the executor's context has stopped.
  ~EmailChannel();
  EmailChannel(const EmailChannel&) = delete;
  EmailChannel& operator=(const EmailChannel&) = delete;

  void start();
  /// Accepts no more, tells idle sessions 421, lets mails on their way in get their answer for
  /// `timeouts.drain`, then drops what is left. Resumes when no session is left; a mail that is
  /// being committed is waited for.
  boost::asio::awaitable<void> stop();

  /// With the port that was picked; empty when not configured.
  [[nodiscard]] std::string smtp_address() const { return smtp_ ? smtp_->address() : ""; }
  [[nodiscard]] std::string lmtp_address() const { return lmtp_ ? lmtp_->address() : ""; }
  [[nodiscard]] std::size_t sessions() const { return sessions_->size(); }

  /// After a reload of the configuration: for recipients from now on.
  void replace_mailboxes(std::shared_ptr<const Mailboxes> mailboxes);
  /// Reads the same certificate files again, for handshakes from now on. Throws, and keeps the old
  /// one, when they cannot be used.
  void reload_certificate();

 private:
  [[nodiscard]] SmtpRules rules(bool lmtp) const;
  [[nodiscard]] std::unique_ptr<Listener> listen(const std::string& address, bool lmtp);
  void accept(Wire::Socket socket, std::string remote, const SmtpRules& rules);
  boost::asio::awaitable<void> serve(std::shared_ptr<Session> session);
  boost::asio::awaitable<void> keep_time();

  boost::asio::any_io_executor executor_;
  std::shared_ptr<MailHouse> house_;  ///< Sessions hold it too.
  Duration tick_;
  std::unique_ptr<Listener> smtp_;
  std::unique_ptr<Listener> lmtp_;
  std::shared_ptr<std::unordered_set<Session*>> sessions_;
  std::int64_t drain_left_ms_ = -1;  ///< Counts down while stopping.
  TaskGroup conversations_;
  TaskGroup services_;  ///< The accept loops and the tick.
};

}  // namespace deskwire::email
