// SPDX-License-Identifier: Apache-2.0
// Tokens with which a company's other systems ask as one of the desk's users: told once, kept as a
// hash, good until they end or are revoked. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/domain/entities.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

struct ApiToken {
  std::string id;  ///< Names it; no secret.
  std::string name;
  AgentId user;
  Instant created_at, expires_at;
};

class ApiTokens {
 public:
  explicit ApiTokens(Workers& workers) : workers_(workers) {}

  /// "dwt_" and 43 characters; anything else need not be looked up.
  [[nodiscard]] static bool looks_like_one(std::string_view token);
  struct Drawn {
    std::string token;
    ApiToken row;
  };
  boost::asio::awaitable<Drawn> create(std::string name, AgentId user, Instant now, Duration life);
  boost::asio::awaitable<std::vector<ApiToken>> list();
  /// What was revoked; nothing if there is none of that id.
  boost::asio::awaitable<std::optional<ApiToken>> revoke(std::string id);
  /// Whose it is; nothing once it has ended.
  boost::asio::awaitable<std::optional<ApiToken>> find(std::string token, Instant now);

 private:
  Workers& workers_;
};

}  // namespace deskwire
