// SPDX-License-Identifier: Apache-2.0
// Log-ins: seeded from the configuration at start, changed by the command line. A log-in is a plain
// row; what the engine knows of a person (role, skills, queues, enabled) changes by PutAgent, so
// both are kept in step here.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "app/command_line.hpp"
#include "auth/password.hpp"
#include "config/config.hpp"
#include "desk/accounts.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

/// Applies a verb to the rows; the changed row. Throws std::runtime_error when there is no such
/// user.
UserRow changed_user(const std::vector<UserRow>& existing, const UserOptions& options,
                     const std::string& password_hash, Instant now);

class Users {
 public:
  Users(Core& core, Accounts& accounts) : core_(core), accounts_(accounts) {}

  /// Adds the users of the configuration that are not there, and gives every log-in an agent row
  /// that matches it.
  boost::asio::awaitable<void> seed(std::vector<config::SeedUser> seeds);
  /// `user add|passwd|disable` on a running daemon.
  boost::asio::awaitable<void> change(UserOptions options, std::string password);

 private:
  boost::asio::awaitable<std::string> hash(std::string password);
  boost::asio::awaitable<void> put_agent(UserRow row, const config::SeedUser* seed);

  Core& core_;
  Accounts& accounts_;
  PasswordHasher hasher_;
};

}  // namespace deskwire::app
