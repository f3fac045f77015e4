// SPDX-License-Identifier: Apache-2.0
// Who is asking: log-in by password, sessions by token. Hashing runs on the hash pool, rows go
// through the workers; what decides is in memory and bounded. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "auth/password.hpp"
#include "auth/rate_limiter.hpp"
#include "auth/sessions.hpp"
#include "desk/api_tokens.hpp"
#include "desk/people.hpp"
#include "desk/second_factor.hpp"
#include "runtime/feed.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

struct SignInSettings {
  PasswordCost cost;
  SessionLimits sessions;
  /// Failures only: who gets it right is given back what the attempt took.
  RateLimit per_user{.burst = 10, .refill = seconds(30)};
  RateLimit per_address{.burst = 30, .refill = seconds(5)};
  std::function<Instant()> now;
};

struct SignedIn {
  std::string token;
  Instant expires_at;
  Principal who;
};

/// Where a log-in comes from.
struct Caller {
  std::string network;  ///< What the address limit counts: client_network() of the address.
  std::string device;   ///< In words, as text::device_of() says; may be empty.
};

struct SignInRefused {
  enum class Kind : std::uint8_t {
    wrong,
    code_needed,  ///< Name and password are right; a code of the authenticator app is asked for.
    code_wrong,
    limited,
    busy
  };
  Kind kind = Kind::wrong;
  Duration retry_after;
};

class SignIn {
 public:
  SignIn(SignInSettings settings, Workers& workers, Directory& directory, Feed& feed);

  boost::asio::awaitable<std::expected<SignedIn, SignInRefused>> log_in(std::string user,
                                                                        std::string password,
                                                                        std::string code,
                                                                        Caller from);
  /// The session's owner, and a later end for the session; nothing if it is none or has ended.
  boost::asio::awaitable<std::optional<SignedIn>> who(std::string token);
  boost::asio::awaitable<void> log_out(std::string token);
  /// By the hash of its token.
  boost::asio::awaitable<void> end_session(std::string token_hash);
  [[nodiscard]] SecondFactor& second_factor() { return second_factor_; }
  [[nodiscard]] ApiTokens& api_tokens() { return api_tokens_; }
  /// Whether it is the user's password; counted as an attempt to log in.
  boost::asio::awaitable<std::optional<SignInRefused>> check_password(std::string user,
                                                                      std::string password,
                                                                      std::string network);
  /// The same for a code of somebody's authenticator app.
  boost::asio::awaitable<std::optional<SignInRefused>> check_code(const Principal& who,
                                                                  std::string code);
  /// The one that is gone; nothing if there is none of that id.
  boost::asio::awaitable<std::optional<ApiToken>> revoke_api_token(std::string id);
  /// A log-in changed: its cached sessions are looked at again.
  void forget_user(AgentId user);
  /// Who keeps sockets open asks again who somebody is when told so here.
  void when_changed(std::function<void(AgentId)> told) { changed_ = std::move(told); }

 private:
  boost::asio::awaitable<std::optional<Principal>> principal(AgentId id);
  boost::asio::awaitable<std::optional<SignedIn>> by_api_token(std::string token);
  boost::asio::awaitable<std::expected<UserRow, SignInRefused>> by_password(
      std::string user, std::string password, std::optional<std::string> code, std::string network);

  SignInSettings settings_;
  Workers& workers_;
  Directory& directory_;
  PasswordHasher hasher_;
  SessionCache sessions_;
  SecondFactor second_factor_;
  ApiTokens api_tokens_;
  RateLimiter by_user_;
  RateLimiter by_address_;
  std::function<void(AgentId)> changed_ = [](AgentId) {};
  Feed::Subscription subscription_;
};

}  // namespace deskwire
