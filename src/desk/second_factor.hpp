// SPDX-License-Identifier: Apache-2.0
// The second half of a log-in: codes of an authenticator app, and recovery codes for a lost one. A
// code is good once, also when it is sent twice at the same time: one question about a user is
// answered after the other, and `Busy` is thrown at a second one. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "deskwire/domain/entities.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class SecondFactor {
 public:
  enum class Verdict : std::uint8_t {
    passed,  ///< Right, or none is asked for.
    needed,  ///< One is asked for and was not given.
    wrong,
  };

  explicit SecondFactor(Workers& workers) : workers_(workers) {}

  boost::asio::awaitable<Verdict> check(AgentId user, std::string code, Instant now);
  [[nodiscard]] boost::asio::awaitable<bool> enabled(AgentId user);
  /// How many recovery codes are left; nothing when no code is asked for.
  [[nodiscard]] boost::asio::awaitable<std::optional<std::size_t>> recovery_left(AgentId user);
  /// A secret that counts once `confirm` has seen a code of it; empty if one counts already.
  boost::asio::awaitable<std::string> begin(AgentId user, Instant now);
  /// Recovery codes, told once; nothing when the code is wrong or nothing was begun.
  boost::asio::awaitable<std::optional<std::vector<std::string>>> confirm(AgentId user,
                                                                          std::string code,
                                                                          Instant now);
  boost::asio::awaitable<void> disable(AgentId user);

 private:
  struct Row {
    std::string secret;
    bool confirmed = false;
    std::int64_t used = 0;              ///< The step of the last code.
    std::vector<std::string> recovery;  ///< Hashes of those that are left.
  };
  boost::asio::awaitable<std::optional<Row>> load(AgentId user);
  boost::asio::awaitable<void> save(AgentId user, Row row, Instant now);
  /// Spends a code of the row; false: it is none, or was spent.
  static bool spend(Row& row, const std::string& code, Instant now);

  /// A user's row between being read and being written again.
  class Hold {
   public:
    Hold(std::unordered_set<AgentId>& held, AgentId user);
    ~Hold() { held_.erase(user_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    std::unordered_set<AgentId>& held_;
    AgentId user_;
  };

  Workers& workers_;
  std::unordered_set<AgentId> held_;
};

}  // namespace deskwire
