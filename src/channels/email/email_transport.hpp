// SPDX-License-Identifier: Apache-2.0
// Mail's way out: gathers what an answer is made of, has it composed on a worker, hands it to the
// smarthost, and reports what came of it. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/smtp_sender.hpp"
#include "deskwire/port/transport.hpp"
#include "runtime/task_group.hpp"
#include "runtime/workers.hpp"

namespace deskwire::email {

/// Everything one outgoing mail is made of.
struct MailMaterial {
  OutboundMessage outbound;
  std::vector<MessageRow>
      history;  ///< Of its ticket before it, oldest first: the first one and the last hundred.
  std::map<std::string, std::string> blobs;  ///< Bytes of the attachments, by SHA-256.
  std::vector<KeyRow> dead;  ///< Participants' addresses that mail came back from for good.
};

/// Makes the mail, on a worker. Throws std::invalid_argument when it can never be sent (no
/// recipient), in words for the agent.
using MailComposer = std::function<SmtpMessage(const MailMaterial& material)>;

class EmailTransport final : public Transport {
 public:
  EmailTransport(boost::asio::io_context& loop, Workers& workers, MailComposer compose,
                 SmtpSettings smarthost);
  ~EmailTransport() override;
  EmailTransport(const EmailTransport&) = delete;
  EmailTransport& operator=(const EmailTransport&) = delete;

  void send(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  /// A mail is sent again: its Message-ID lets the receiver see a double.
  void look_up(OutboundMessage message, std::function<void(SendOutcome)> done) override;
  /// What is with the smarthost is told as queued, and so is what comes after.
  void close() override;
  /// After close(): resumes when every `done` was called.
  boost::asio::awaitable<void> join() { return tasks_.join(); }

  /// After a reload of the configuration: for mails from now on.
  void replace(MailComposer compose, SmtpSettings smarthost);

 private:
  boost::asio::awaitable<void> deliver(OutboundMessage message,
                                       std::function<void(SendOutcome)> done);
  boost::asio::awaitable<SendOutcome> attempt(OutboundMessage message);
  boost::asio::awaitable<MailMaterial> gather(OutboundMessage message);
  boost::asio::awaitable<SmtpResult> hand_over(SmtpMessage message);

  boost::asio::io_context& loop_;
  Workers& workers_;
  MailComposer compose_;
  std::shared_ptr<SmtpSender> sender_;  ///< Held by what is under way too.
  std::vector<std::weak_ptr<SmtpSender>>
      replaced_;  ///< As long as they still have something under way.
  bool closed_ = false;
  TaskGroup tasks_;
};

}  // namespace deskwire::email
