// SPDX-License-Identifier: Apache-2.0
// Keys of the desk, the storage and the listeners.
#include "config/tables.hpp"

namespace deskwire::config {
namespace {

constexpr std::uint64_t kKiB = 1ULL << 10, kMiB = 1ULL << 20, kGiB = 1ULL << 30;

Kind<BareLf> bare_lf() {
  return as(one_of({"refuse", "normalise"}), [](const std::string& word) {
    return word == "refuse" ? BareLf::refuse : BareLf::normalise;
  });
}

Kind<SmarthostTls> smarthost_tls() {
  return as(one_of({"none", "starttls", "tls"}), [](const std::string& word) {
    return word == "none"  ? SmarthostTls::none
           : word == "tls" ? SmarthostTls::tls
                           : SmarthostTls::starttls;
  });
}

Kind<std::uint16_t> port() {
  return as(integer(1, 65'535), [](std::uint32_t n) { return static_cast<std::uint16_t>(n); });
}

const Section<TlsConfig>& tls_table() {
  static const auto table =
      Section<TlsConfig>("A certificate turns STARTTLS on.")
          .add("certificate", &TlsConfig::certificate, file_path(), optional(),
               "Certificate chain, PEM.")
          .add("key", &TlsConfig::key, file_path(), optional(), "Private key, PEM.")
          .add("required", &TlsConfig::required, boolean(), standard("false"),
               "Refuse mail from sessions without TLS.")
          .check([](Reader& reader, const Node& node, TlsConfig& tls) {
            const bool certificate = node.find("certificate") != nullptr,
                       key = node.find("key") != nullptr;
            if (certificate == key && (certificate || !tls.required)) return;
            reader.fail(node.place,
                        certificate ? "a certificate without its key" : "no certificate",
                        "certificate and key together");
          });
  return table;
}

const Section<SmtpTimeouts>& smtp_timeouts_table() {
  static const auto table =
      Section<SmtpTimeouts>("How long a silent client is waited for (RFC 5321 §4.5.3.2).")
          .add("command", &SmtpTimeouts::command, duration(seconds(1), hours(1)), standard("5m"),
               "For the next command (§4.5.3.2.7 asks for 5 minutes at least).")
          .add("data", &SmtpTimeouts::data, duration(seconds(1), hours(1)), standard("3m"),
               "For the next block of a mail (§4.5.3.2.5).")
          .add("handshake", &SmtpTimeouts::handshake, duration(seconds(1), minutes(10)),
               standard("30s"), "For a TLS handshake.")
          .add("session", &SmtpTimeouts::session, duration(minutes(1), days(1)), standard("1h"),
               "For a session as a whole, so that a trickle of commands ends too.");
  return table;
}

}  // namespace

const Section<DeskConfig>& desk_table() {
  static const auto table = Section<DeskConfig>("Who this desk is.")
                                .add("name", &DeskConfig::name, text(100), required(),
                                     "The desk's name, shown to agents and customers.")
                                .add("public_url", &DeskConfig::public_url, origin(), required(),
                                     "How browsers and providers reach it; webhook signatures and "
                                     "origins are checked against it.")
                                .add("region", &DeskConfig::region, region(), standard("US"),
                                     "Country for phone numbers without a prefix.")
                                .add("zone", &DeskConfig::zone, zone(), standard("Etc/UTC"),
                                     "Time zone of calendars that name none.")
                                .add("language", &DeskConfig::language, language(), standard("en"),
                                     "Language of texts to customers.");
  return table;
}

const Section<StorageConfig>& storage_table() {
  static const auto table =
      Section<StorageConfig>("Where tickets are kept.")
          .add("driver", &StorageConfig::driver, one_of({"sqlite"}), standard("sqlite"),
               "The store.")
          .add("path", &StorageConfig::path, file_path(), required(),
               "Data folder; made if missing. `--data` overrides it.")
          .add("disk_reserve", &StorageConfig::disk_reserve_bytes, size(0, 1024 * kGiB),
               standard("256MiB"),
               "Mail is refused with 452 while less than this is free, so that agents can still "
               "work.")
          .add("journal_retention", &StorageConfig::journal_retention,
               duration(days(1), days(36'500)), standard("400d"), "How long the history is kept.");
  return table;
}

const Section<HttpConfig>& http_table() {
  static const auto table =
      Section<HttpConfig>("Console, REST, sockets, hooks and metrics on one listener.")
          .add("listen", &HttpConfig::listen, endpoint(false), standard("127.0.0.1:8080"),
               "Address; port 0 picks one. `--http` overrides it. Put a TLS proxy in front.")
          .add("trusted_proxies", &HttpConfig::trusted_proxies, list_of(network(), 100),
               standard("[]"), "Whose X-Forwarded-For counts.")
          .add("allowed_origins", &HttpConfig::allowed_origins, list_of(origin(), 100),
               standard("[]"),
               "Further origins whose pages may open sockets; the public URL always may.")
          .add("metrics_token", &HttpConfig::metrics_token, secret(), optional(),
               "Bearer token for /metrics from elsewhere than loopback; without it only loopback "
               "may.");
  return table;
}

const Section<SmtpConfig>& smtp_table() {
  static const auto table =
      Section<SmtpConfig>("Mail in by SMTP.")
          .add("listen", &SmtpConfig::listen, endpoint(false), optional(),
               "Address; unset: no SMTP. `--smtp` overrides it.")
          .add("hostname", &SmtpConfig::hostname, hostname(), optional(),
               "Name in the greeting and in Received; the public URL's host if unset.")
          .add("tls", &SmtpConfig::tls, section(tls_table()), standard("{}"), "STARTTLS.")
          .add("max_message", &SmtpConfig::max_message_bytes, size(64 * kKiB, kGiB),
               standard("50MiB"), "Largest mail (SIZE).")
          .add("max_recipients", &SmtpConfig::max_recipients, integer(1, 10'000), standard("100"),
               "Recipients a mail (§4.5.3.1.8 asks for 100 at least).")
          .add("max_sessions", &SmtpConfig::max_sessions, integer(1, 100'000), standard("1000"),
               "Sessions at once, LMTP included.")
          .add("max_sessions_per_address", &SmtpConfig::max_sessions_per_address,
               integer(1, 100'000), standard("100"), "Sessions at once from one address.")
          .add("max_messages_per_minute", &SmtpConfig::max_messages_per_minute,
               integer(0, 1'000'000), standard("0"),
               "Mails a minute from one address; 0: no limit. Loopback is never limited.")
          .add("max_errors", &SmtpConfig::max_errors, integer(1, 1'000), standard("20"),
               "Refused commands a session; then 421.")
          .add("timeouts", &SmtpConfig::timeouts, section(smtp_timeouts_table()), standard("{}"),
               "Patience with silent clients.")
          .add("bare_lf", &SmtpConfig::bare_lf, bare_lf(), standard("refuse"),
               "A bare CR or LF in a mail: `refuse` it (550 5.6.11, safe against smuggling) or "
               "`normalise` to CRLF.");
  return table;
}

const Section<LmtpConfig>& lmtp_table() {
  static const auto table =
      Section<LmtpConfig>("Mail in by LMTP; limits and timeouts are those of smtp.")
          .add("listen", &LmtpConfig::listen, endpoint(true), optional(),
               "Address or Unix socket; unset: no LMTP. `--lmtp` overrides it.")
          .add("max_sessions", &LmtpConfig::max_sessions, integer(1, 10'000), standard("200"),
               "Sessions at once.");
  return table;
}

const Section<SmarthostConfig>& smarthost_table() {
  static const auto table =
      Section<SmarthostConfig>("All outgoing mail goes through one mail server.")
          .add("host", &SmarthostConfig::host, host_or_address(), required(), "Name or address.")
          .add("port", &SmarthostConfig::port, port(), standard("587"),
               "Usually 587 (STARTTLS), 465 (TLS) or 25.")
          .add("tls", &SmarthostConfig::tls, smarthost_tls(), standard("starttls"),
               "`starttls` and `tls` insist on it and check the certificate.")
          .add("ca_file", &SmarthostConfig::ca_file, file_path(), optional(),
               "Who its certificate may be signed by, PEM; unset: whom the system trusts.")
          .add("user", &SmarthostConfig::user, text(), optional(), "For AUTH; unset: no log-in.")
          .add("password", &SmarthostConfig::password, secret(), optional(), "For AUTH.")
          .add("max_connections", &SmarthostConfig::max_connections, integer(1, 200),
               standard("16"), "At once.")
          .add("give_up_after", &SmarthostConfig::give_up_after, duration(minutes(1), days(14)),
               standard("5d"),
               "A mail that could not leave by then has failed, and the agent is told.")
          .check([](Reader& reader, const Node& node, SmarthostConfig&) {
            const bool user = node.find("user") != nullptr,
                       password = node.find("password") != nullptr;
            if (user == password) return;
            reader.fail(node.place,
                        user ? "a user without a password" : "a password without a user",
                        "user and password together");
          });
  return table;
}

const Section<MailConfig>& mail_table() {
  static const auto table =
      Section<MailConfig>("What holds for mail in and out.")
          .add("trusted_authserv_ids", &MailConfig::trusted_authserv_ids, list_of(text(253), 50),
               standard("[]"),
               "Whose Authentication-Results (RFC 8601) are believed: the names your own mail "
               "servers write.")
          .add("forwarders", &MailConfig::forwarders, list_of(text(320), 1000), standard("[]"),
               "Colleagues whose forwarded mail belongs to whoever wrote it first: addresses, or "
               "`@domain` for all of one. With trusted_authserv_ids they must be authenticated.")
          .add("token_secret", &MailConfig::token_secret, secret(), optional(),
               "Signs reply addresses and Message-IDs. Unset: one is drawn at the first start and "
               "kept with the data.");
  return table;
}

const Section<LimitsConfig>& limits_table() {
  static const auto table =
      Section<LimitsConfig>("Bounds an operator may want to move.")
          .add("attachment", &LimitsConfig::attachment_bytes, size(kKiB, kGiB), standard("25MiB"),
               "One uploaded file.")
          .add("spool", &LimitsConfig::spool_bytes, size(64 * kMiB, 1024 * kGiB), standard("1GiB"),
               "Mails on their way in, all entrances together; beyond it they are asked to come "
               "later (452).")
          .add("http_connections", &LimitsConfig::http_connections, integer(10, 100'000),
               standard("4000"), "Requests and sockets at once.")
          .add("http_connections_per_address", &LimitsConfig::http_connections_per_address,
               integer(1, 100'000), standard("256"),
               "The same from one address; trusted proxies are not counted.")
          .add("console_sessions", &LimitsConfig::console_sessions, integer(1, 100'000),
               standard("2000"), "Agents' sockets at once.")
          .add("console_sessions_per_user", &LimitsConfig::console_sessions_per_user,
               integer(1, 10'000), standard("20"), "The same of one user.")
          .add("chat_sockets", &LimitsConfig::chat_sockets, integer(1, 100'000), standard("20000"),
               "Visitors' sockets at once; http_connections bounds them too.")
          .add("login_attempts", &LimitsConfig::login_attempts, integer(1, 1'000), standard("10"),
               "Failed log-ins for a name and an address in 15 minutes; then 429.")
          .add("session_length", &LimitsConfig::session_length, duration(minutes(5), days(90)),
               standard("12h"), "How long a log-in is good for.");
  return table;
}

}  // namespace deskwire::config
