// SPDX-License-Identifier: Apache-2.0
// The loaded configuration and the command line as each room's own settings.
#pragma once
#include "api/api.hpp"
#include "app/command_line.hpp"
#include "channels/email/email_server_settings.hpp"
#include "channels/email/inbound.hpp"
#include "client/smtp_sender.hpp"
#include "config/config.hpp"
#include "http/server.hpp"
#include "storage/sqlite/sqlite_store.hpp"

namespace deskwire::app {

/// Puts the command line's listeners over the file's. Throws std::invalid_argument for an address
/// that is none.
void override_listeners(config::Config& config, const ServeOptions& options);

/// The values of a list of secrets, in its order.
[[nodiscard]] std::vector<std::string> secret_values(const std::vector<config::Secret>& secrets);

[[nodiscard]] std::filesystem::path data_folder(const config::Config& config,
                                                const ServeOptions& options);
[[nodiscard]] SqliteSettings sqlite_settings(const config::Config& config,
                                             const std::filesystem::path& data);
[[nodiscard]] HttpSettings http_settings(const config::Config& config);
[[nodiscard]] email::EmailServerSettings mail_settings(const config::Config& config,
                                                       const std::filesystem::path& data);
[[nodiscard]] email::InboundSettings inbound_settings(const config::Config& config);
[[nodiscard]] SmtpSettings smarthost_settings(const config::Config& config);

}  // namespace deskwire::app
