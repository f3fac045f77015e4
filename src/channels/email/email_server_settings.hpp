// SPDX-License-Identifier: Apache-2.0
// What an operator may say about mail's entrances. app/ fills it from the configuration; the
// defaults are good ones.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "channels/email/data_reader.hpp"
#include "deskwire/base/instant.hpp"
#include "runtime/limits.hpp"

namespace deskwire::email {

/// RFC 5321 §4.5.3.2 gives these from the client's side; a server waits no shorter than its client
/// may take.
struct EmailTimeouts {
  Duration command = minutes(5);  ///< For the next command.
  Duration data =
      minutes(3);  ///< For the next piece of a mail, and for the client to take an answer.
  Duration mail = minutes(30);  ///< For a whole mail's text: a byte a minute is not a sender.
  Duration session = hours(1);  ///< For a session as a whole; a mail on its way in is waited for.
  Duration handshake = seconds(30);
  Duration linger = seconds(2);  ///< After our last word, for the client to read it and close.
  Duration drain = seconds(6);   ///< When stopping: for mails on their way in.
};

struct EmailServerSettings {
  std::string hostname = "localhost";
  std::string smtp;             ///< "127.0.0.1:2525", "[::1]:25", port 0 picks one; empty: none.
  std::string lmtp;             ///< The same or "unix:/run/deskwire/lmtp"; empty: none.
  std::string spool_directory;  ///< For mails over 256 KiB, and notes about what is parsed; made if
                                ///< not there.
  std::string tls_certificate_file;  ///< PEM, with its chain; empty: no STARTTLS.
  std::string tls_key_file;
  bool tls_required = false;
  BareLineEnds bare_line_ends = BareLineEnds::refuse;
  std::string postmaster;  ///< Whose mail "postmaster" is; empty: the first mailbox.
  std::uint64_t max_message_bytes = 25ULL << 20;
  std::size_t max_recipients = 100;
  std::size_t max_errors = 20;
  std::size_t max_sessions = limits::kMailSessions;  ///< SMTP and LMTP together.
  std::size_t max_sessions_per_address = 100;
  std::size_t max_mails_per_minute = 0;  ///< From one address; 0: any number.
  std::size_t max_tls_handshakes = limits::kTlsHandshakes;
  std::uint64_t memory_bytes = 64ULL << 20;  ///< Of mails on their way in that are not in files.
  std::uint64_t spool_bytes = limits::kSpoolBytes;  ///< Of those that are.
  EmailTimeouts timeouts;
};

}  // namespace deskwire::email
