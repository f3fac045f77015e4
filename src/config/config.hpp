// SPDX-License-Identifier: Apache-2.0
// The configuration as plain data, and how to load it. What a key means, its unit, default and
// range stand in the tables (tables_*.cpp) and in docs/configuration.md, which is printed from
// them.
#pragma once
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/secrets.hpp"
#include "deskwire/domain/policy.hpp"

namespace deskwire::config {

/// Where to listen or to connect: host and port, or a Unix socket's path.
struct Endpoint {
  std::string host;        ///< A name or an address, IPv6 without brackets.
  std::uint16_t port = 0;  ///< 0: the system picks one.
  std::string unix_path;   ///< Set: host and port mean nothing.
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
/// "host:port", "[v6]:port" or "unix:PATH"; nullopt if it is none of them.
std::optional<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);
/// Reachable from this machine only: 127.0.0.0/8, ::1, localhost, a Unix socket.
bool is_loopback(const Endpoint& endpoint);

struct DeskConfig {
  std::string name;
  std::string public_url;  ///< Scheme, host and port, without a slash at the end.
  std::string region;      ///< ISO 3166 two letters: how national phone numbers are read.
  std::string zone;        ///< IANA name.
  std::string language;    ///< BCP 47.
};

struct StorageConfig {
  std::string driver;  ///< "sqlite".
  std::filesystem::path path;
  std::uint64_t disk_reserve_bytes = 0;  ///< Intake is refused while less is free.
  Duration journal_retention;
};

struct HttpConfig {
  Endpoint listen;
  std::vector<std::string> trusted_proxies;  ///< Addresses and networks (CIDR).
  std::vector<std::string> allowed_origins;
  std::optional<Secret> metrics_token;
};

struct TlsConfig {
  std::filesystem::path certificate, key;  ///< PEM; both empty: no TLS.
  bool required = false;                   ///< MAIL before STARTTLS is refused.
  [[nodiscard]] bool enabled() const { return !certificate.empty(); }
};

struct SmtpTimeouts {
  Duration command, data, handshake, session;
};

enum class BareLf : std::uint8_t { refuse, normalise };

struct SmtpConfig {
  std::optional<Endpoint> listen;  ///< Unset: no SMTP.
  std::string
      hostname;  ///< In the greeting and the trace header; defaults to the public URL's host.
  TlsConfig tls;
  std::uint64_t max_message_bytes = 0;
  std::uint32_t max_recipients = 0;  ///< A mail.
  std::uint32_t max_sessions = 0;
  std::uint32_t max_sessions_per_address = 0;
  std::uint32_t max_messages_per_minute = 0;  ///< A client address; 0: no limit.
  std::uint32_t max_errors = 0;               ///< A session; then 421.
  SmtpTimeouts timeouts;
  BareLf bare_lf = BareLf::refuse;
};

struct LmtpConfig {
  std::optional<Endpoint> listen;  ///< Unset: no LMTP.
  std::uint32_t max_sessions = 0;
};

enum class SmarthostTls : std::uint8_t { none, starttls, tls };

struct SmarthostConfig {
  std::string host;
  std::uint16_t port = 0;
  SmarthostTls tls = SmarthostTls::starttls;
  std::filesystem::path ca_file;  ///< Empty: the system's.
  std::string user;               ///< Empty: no AUTH.
  std::optional<Secret> password;
  std::uint32_t max_connections = 0;
  Duration give_up_after;  ///< A mail that could not leave by then has failed.
};

struct MailConfig {
  std::vector<std::string> trusted_authserv_ids;
  std::vector<std::string> forwarders;  ///< Addresses, or "@domain".
  std::optional<Secret> token_secret;   ///< Unset: the daemon draws one and keeps it with the data.
};

struct LimitsConfig {
  std::uint64_t attachment_bytes = 0;  ///< One upload.
  std::uint64_t spool_bytes = 0;       ///< Mails on their way in, all entrances together.
  std::uint32_t http_connections = 0;
  std::uint32_t http_connections_per_address = 0;
  std::uint32_t console_sessions = 0;
  std::uint32_t console_sessions_per_user = 0;
  std::uint32_t chat_sockets = 0;
  std::uint32_t login_attempts =
      0;                    ///< Failed ones, a name and an address, in a quarter of an hour.
  Duration session_length;  ///< A log-in is good for.
};

struct EmailChannel {
  ChannelId id;
  std::string name;
  std::string address;  ///< Domain in lower case.
  std::vector<std::string> aliases;
  std::string display_name;  ///< In From; defaults to the desk's name.
};

struct SmsChannel {
  ChannelId id;
  std::string name;
  std::string number;                 ///< E.164.
  std::string gateway;                ///< "twilio", "vonage", "telnyx" or "generic".
  std::string api_base;               ///< Empty: the provider's own; set for "generic".
  std::string account;                ///< Set for "twilio" and "vonage".
  std::string key;                    ///< The API key's id; empty: the account signs in itself.
  std::vector<Secret> tokens;         ///< The first signs, all verify.
  std::vector<Secret> hook_secrets;   ///< Verify hooks instead of the tokens; empty: the tokens do.
  std::string messaging_service;      ///< Empty: sent from the number.
  std::string help_reply;             ///< Empty: HELP is answered by an agent.
  std::uint64_t max_media_bytes = 0;  ///< One attachment.
  std::string region;                 ///< How national numbers are read; the desk's if unset.
};

struct ChatChannel {
  ChannelId id;
  std::string name;
  std::vector<std::string> allowed_origins;
  std::string greeting;                  ///< Empty: none.
  std::vector<std::string> ask_for;      ///< Of "name" and "email", in the form's order.
  CalendarId hours;                      ///< Zero: always open.
  std::string closed_message;            ///< Empty: none.
  std::vector<Secret> identity_secrets;  ///< The site signs its users with one; all verify.
  Duration idle_warning, idle_close;     ///< Since the visitor's last sign of life; 0: never.
  ChannelId answer_by_mail;              ///< An email channel; zero: answers stay in the chat.
  Duration mail_after;                   ///< The visitor is gone for.
  std::uint64_t max_upload_bytes = 0;
  std::uint32_t messages_per_minute = 0;  ///< A visitor.
};

struct CtiChannel {
  ChannelId id;
  std::string name;
  std::vector<Secret> secrets;  ///< Standard Webhooks, "whsec_…"; all verify.
  std::string region;           ///< How national numbers are read; the desk's if unset.
};

/// Where an agent's telephone is.
struct AgentPhone {
  std::string user;
  std::string address;  ///< E.164 or "sip:…".
};

/// A number whose calls wait in our queues and are connected to the accepting agent.
struct VoiceChannel {
  ChannelId id;
  std::string name;
  std::string number;    ///< E.164.
  std::string gateway;   ///< "twilio".
  std::string api_base;  ///< Empty: the provider's own.
  std::string account;
  std::vector<Secret> tokens;  ///< The first signs, all verify.
  std::string greeting;
  std::string language;    ///< BCP 47: the voice that reads to the caller.
  std::string hold_music;  ///< https URL; empty: the provider's own.
  std::vector<AgentPhone> phones;
  bool callback = false, voicemail = false;  ///< What a waiting caller is offered.
  CalendarId hours;                          ///< Zero: always open.
};

struct Channels {
  std::vector<EmailChannel> email;
  std::vector<SmsChannel> sms;
  std::vector<ChatChannel> chat;
  std::vector<CtiChannel> cti;
  std::vector<VoiceChannel> voice;
};

/// A user to create if there is none of that name yet.
struct SeedUser {
  std::string name;
  std::string display_name;
  Role role = Role::agent;
  std::optional<Secret> password;       ///< In clear; hash it and forget it.
  std::optional<Secret> password_hash;  ///< "$argon2id$…".
  std::vector<SkillLevel> skills;       ///< Sorted.
  std::vector<QueueId> queues;          ///< Sorted; own ones and those of the teams.
  std::uint16_t capacity_percent = 100;
};

/// What loads and will not do what it seems to be meant for. Nothing is refused because of it.
struct ConfigWarning {
  std::string file;
  std::uint32_t line = 0, column = 0;  ///< As ConfigError's.
  std::string path;
  std::string kind;  ///< "unreachable": one word for each sort, for tools to tell them apart.
  std::string text;  ///< A sentence without its full stop.
};
/// "file:line:column: warning: path: text [kind]" in one line, control characters escaped.
std::string to_string(const ConfigWarning& warning);

struct Config {
  DeskConfig desk;
  StorageConfig storage;
  HttpConfig http;
  SmtpConfig smtp;
  LmtpConfig lmtp;
  SmarthostConfig smarthost;
  MailConfig mail;
  LimitsConfig limits;
  Channels channels;
  std::vector<SeedUser> users;
  PolicyPtr policy;
  bool demo = false;                    ///< A secret stands in the file in clear: loopback only.
  std::vector<ConfigWarning> warnings;  ///< By place.
};

struct ConfigError {
  std::string file;
  std::uint32_t line = 0, column = 0;  ///< From 1, in characters; 0: the file as a whole.
  std::string path;                    ///< "queues[1].skills.billing"
  std::string found, expected;
};
/// "file:line:column: path: found …, expected …" in one line, control characters escaped.
std::string to_string(const ConfigError& error);

struct LoadOptions {
  std::uint64_t policy_version = 1;
  int first_year = 2015, last_year = 2045;  ///< Calendars are expanded over these.
};

/// Reads, checks and builds everything; on failure every error of the file, by place, at least one.
/// `ids` is left alone on failure and gains the new names on success, so a reload is a second call
/// with the same `ids` and the next version. Relative paths in the file are relative to the file's
/// folder.
std::expected<Config, std::vector<ConfigError>> load(const std::filesystem::path& file,
                                                     const SecretSource& secrets, NameIds& ids,
                                                     const LoadOptions& options = {});
/// The same from text; `name` stands in messages, `folder` is what relative paths are relative to.
std::expected<Config, std::vector<ConfigError>> load_text(std::string_view text,
                                                          const std::string& name,
                                                          const std::filesystem::path& folder,
                                                          const SecretSource& secrets, NameIds& ids,
                                                          const LoadOptions& options = {});

/// docs/configuration.md and schemas/config.schema.json, from the same tables as the loader.
std::string reference_markdown();
std::string json_schema();

}  // namespace deskwire::config
