// SPDX-License-Identifier: Apache-2.0
#include "app/settings.hpp"

#include <stdexcept>

namespace deskwire::app {
namespace {

config::Endpoint endpoint(const std::string& flag, const std::string& text) {
  auto parsed = config::parse_endpoint(text);
  if (!parsed) throw std::invalid_argument("--" + flag + " " + text + ": expected HOST:PORT");
  return std::move(*parsed);
}

std::string address_of(const std::optional<config::Endpoint>& listen) {
  return listen ? to_string(*listen) : std::string();
}

SmtpTls tls_of(config::SmarthostTls tls) {
  switch (tls) {
    case config::SmarthostTls::none:
      return SmtpTls::none;
    case config::SmarthostTls::starttls:
      return SmtpTls::starttls;
    case config::SmarthostTls::tls:
      return SmtpTls::implicit;
  }
  return SmtpTls::starttls;
}

}  // namespace

void override_listeners(config::Config& config, const ServeOptions& options) {
  if (options.http) config.http.listen = endpoint("http", *options.http);
  if (options.smtp) config.smtp.listen = endpoint("smtp", *options.smtp);
  if (options.lmtp) config.lmtp.listen = endpoint("lmtp", *options.lmtp);
  // What the file may not say, the command line may not either.
  if (config.demo && !is_loopback(config.http.listen)) {
    throw std::invalid_argument("--http " + to_string(config.http.listen) +
                                ": a configuration with passwords in clear is for loopback only");
  }
}

std::vector<std::string> secret_values(const std::vector<config::Secret>& secrets) {
  std::vector<std::string> out;
  for (const config::Secret& secret : secrets) out.push_back(secret.value);
  return out;
}

std::filesystem::path data_folder(const config::Config& config, const ServeOptions& options) {
  return options.data.value_or(config.storage.path);
}

SqliteSettings sqlite_settings(const config::Config& config, const std::filesystem::path& data) {
  SqliteSettings out;
  out.directory = data;
  out.journal_retention = config.storage.journal_retention;
  return out;
}

HttpSettings http_settings(const config::Config& config) {
  HttpSettings out;
  out.host = config.http.listen.host == "localhost" ? "127.0.0.1" : config.http.listen.host;
  out.port = config.http.listen.port;
  out.public_url = config.desk.public_url;
  out.allowed_origins = config.http.allowed_origins;
  out.trusted_proxies = config.http.trusted_proxies;
  out.max_connections = config.limits.http_connections;
  out.max_per_address = config.limits.http_connections_per_address;
  return out;
}

email::EmailServerSettings mail_settings(const config::Config& config,
                                         const std::filesystem::path& data) {
  const config::SmtpConfig& smtp = config.smtp;
  email::EmailServerSettings out;
  out.hostname = smtp.hostname;
  out.smtp = address_of(smtp.listen);
  out.lmtp = address_of(config.lmtp.listen);
  out.spool_directory = (data / "spool").string();
  out.tls_certificate_file = smtp.tls.certificate.string();
  out.tls_key_file = smtp.tls.key.string();
  out.tls_required = smtp.tls.required;
  out.bare_line_ends = smtp.bare_lf == config::BareLf::refuse ? email::BareLineEnds::refuse
                                                              : email::BareLineEnds::normalise;
  out.max_message_bytes = smtp.max_message_bytes;
  out.max_recipients = smtp.max_recipients;
  out.max_errors = smtp.max_errors;
  out.max_sessions = smtp.max_sessions + config.lmtp.max_sessions;
  out.max_sessions_per_address = smtp.max_sessions_per_address;
  out.max_mails_per_minute = smtp.max_messages_per_minute;
  out.spool_bytes = config.limits.spool_bytes;
  out.timeouts.command = smtp.timeouts.command;
  out.timeouts.data = smtp.timeouts.data;
  out.timeouts.handshake = smtp.timeouts.handshake;
  out.timeouts.session = smtp.timeouts.session;
  return out;
}

email::InboundSettings inbound_settings(const config::Config& config) {
  email::InboundSettings out;
  out.trusted_authserv_ids = config.mail.trusted_authserv_ids;
  out.forwarders = config.mail.forwarders;
  return out;
}

SmtpSettings smarthost_settings(const config::Config& config) {
  SmtpSettings out;
  out.host = config.smarthost.host;
  out.port = config.smarthost.port;
  out.ehlo_name = config.smtp.hostname;
  out.tls = tls_of(config.smarthost.tls);
  out.ca_file = config.smarthost.ca_file;
  out.user = config.smarthost.user;
  out.connections = config.smarthost.max_connections;
  if (config.smarthost.password) out.password = config.smarthost.password->value;
  return out;
}

}  // namespace deskwire::app
