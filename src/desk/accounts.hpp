// SPDX-License-Identifier: Apache-2.0
// Log-ins, changed while the desk runs. A log-in is a plain row; what the engine knows of a person
// (role, skills, queues, enabled) changes by PutAgent, so both are kept in step here. Loop thread
// only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auth/password.hpp"
#include "desk/board.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

/// What is set changes; of someone new the rest is as for a fresh agent.
struct AccountChange {
  std::string user;  ///< Log-in name.
  std::optional<std::string> name;
  std::optional<std::string> password;  ///< In clear; hashed and forgotten.
  std::optional<Role> role;
  std::optional<bool> enabled;
  std::optional<std::vector<SkillLevel>> skills;
  std::optional<std::vector<QueueId>> queues;
  std::optional<std::uint16_t> capacity_percent;
};

/// The row of somebody new, or a sentence: the name is taken or is none.
[[nodiscard]] std::expected<UserRow, std::string> new_user(const std::vector<UserRow>& existing,
                                                           const std::string& user,
                                                           const std::string& name, Role role,
                                                           Instant now);

class Accounts {
 public:
  enum class Mode : std::uint8_t { add, change };
  /// `changed`: a log-in is another one now; what is held of it elsewhere is dropped.
  Accounts(Workers& workers, Gateway& gateway, const Board& board, PasswordCost cost,
           std::function<Instant()> now, std::function<void(AgentId)> changed);

  /// One change after the other, in the journal as done `by`. A sentence for people when it cannot
  /// be done; the last admin who may log in stays one.
  boost::asio::awaitable<std::expected<UserRow, std::string>> put(AccountChange change, Mode mode,
                                                                  Actor by = {});

 private:
  boost::asio::awaitable<std::expected<UserRow, std::string>> put_alone(AccountChange change,
                                                                        Mode mode, Actor by);
  boost::asio::awaitable<bool> put_agent(const UserRow& row, const AccountChange& change, Actor by);

  Workers& workers_;
  Gateway& gateway_;
  const Board& board_;
  PasswordHasher hasher_;
  std::function<Instant()> now_;
  std::function<void(AgentId)> changed_;
  bool busy_ = false;
};

}  // namespace deskwire
