// SPDX-License-Identifier: Apache-2.0
// Hands RFC 5322 messages to the smarthost over SMTP and says honestly what came of each: accepted,
// to be tried again, or refused for good. Only a reply to MAIL, RCPT or DATA can be final: a
// greeting, a log-in or TLS that fails says nothing about the mail.
#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/names.hpp"
#include "runtime/job_pool.hpp"
#include "runtime/limits.hpp"

namespace deskwire {

enum class SmtpTls : std::uint8_t {
  none,      ///< Plain; for a smarthost on the same machine.
  starttls,  ///< STARTTLS is required and the certificate checked.
  implicit,  ///< TLS from the first byte (port 465).
};

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 25;
  std::string ehlo_name;  ///< How we greet; empty: "localhost".
  SmtpTls tls = SmtpTls::none;
  bool verify_certificate = true;
  std::string ca_file;                             ///< Empty: the system's.
  std::string user, password;                      ///< AUTH when `user` is not empty.
  std::size_t connections = limits::kSmtpThreads;  ///< At once, each with a thread; at least one.
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds reply_timeout{300'000};  ///< For one reply (RFC 5321 §4.5.3.2).
  std::chrono::milliseconds total_timeout{900'000};  ///< For the whole delivery.
};

struct SmtpMessage {
  std::string envelope_from;            ///< Without angle brackets; empty: the null path.
  std::vector<std::string> recipients;  ///< At least one.
  std::string data;  ///< The whole message, CRLF line ends; dots are stuffed here.
};

struct SmtpReply {
  std::uint16_t code = 0;  ///< 0: no reply came.
  std::string text;        ///< The last line as received, code included.
};

struct SmtpResult {
  DeliveryState state = DeliveryState::queued;  ///< sent, queued (try again) or failed (final).
  SmtpReply last;                               ///< What decided.
  std::vector<SmtpReply> recipients;  ///< In the message's order, as far as they were asked.
  /// For people and for the journal, which keeps no personal data: addresses are blanked. At most
  /// 200 bytes.
  std::string detail;
};

class SmtpConnection;

/// A few threads, each with one kept connection. libcurl waits for the reply to the data, and for
/// the answer to QUIT, with its whole thread, also behind its multi interface; so a tarpit holds
/// these threads and nothing else.
class SmtpSender {
 public:
  /// Outcomes are told on `loop`.
  SmtpSender(boost::asio::io_context& loop, SmtpSettings settings);
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  /// `done` is called on the loop thread, once, never inside this call. Loop thread.
  void send(SmtpMessage message, std::function<void(SmtpResult)> done);
  /// What is under way and what comes is told as queued. Blocks for a moment, not for the
  /// smarthost.
  void stop();

 private:
  boost::asio::io_context& loop_;
  const SmtpSettings settings_;
  std::vector<std::unique_ptr<SmtpConnection>> connections_;  ///< One a thread.
  JobPool threads_;
};

/// `text` with everything that looks like a mail address replaced, and what is not printable ASCII.
[[nodiscard]] std::string without_addresses(std::string_view text, std::size_t most_bytes = 200);

}  // namespace deskwire
