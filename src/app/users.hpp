// SPDX-License-Identifier: Apache-2.0
// Log-ins: seeded from the configuration at start, changed by the command line. A log-in is a plain
// row; what the engine knows of a person (role, skills, queues, enabled) changes by PutAgent, so
// both are kept in step here.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "app/command_line.hpp"
#include "auth/password.hpp"
#include "config/config.hpp"
#include "runtime/core.hpp"

namespace deskwire::app {

/// The row that `add` makes; throws std::runtime_error with words for the user when the name is
/// taken or bad.
UserRow new_user(const std::vector<UserRow>& existing, const std::string& user,
                 const std::string& name, Role role, Instant now);
/// Applies a verb to the rows; the changed row. Throws std::runtime_error when there is no such
/// user.
UserRow changed_user(const std::vector<UserRow>& existing, const UserOptions& options,
                     const std::string& password_hash, Instant now);

class Users {
 public:
  /// `changed` is called after a log-in changed, so that sessions and names held elsewhere can be
  /// dropped.
  Users(Core& core, std::function<void(AgentId)> changed)
      : core_(core), changed_(std::move(changed)) {}

  /// Adds the users of the configuration that are not there, and gives every log-in an agent row
  /// that matches it.
  boost::asio::awaitable<void> seed(std::vector<config::SeedUser> seeds);
  /// `user add|passwd|disable` on a running daemon.
  boost::asio::awaitable<void> change(UserOptions options, std::string password);

 private:
  boost::asio::awaitable<std::string> hash(std::string password);
  boost::asio::awaitable<void> put_agent(UserRow row, const config::SeedUser* seed);

  Core& core_;
  std::function<void(AgentId)> changed_;
  PasswordHasher hasher_;
};

}  // namespace deskwire::app
