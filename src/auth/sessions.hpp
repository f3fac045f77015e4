// SPDX-License-Identifier: Apache-2.0
// Who is signed in, as a bounded cache over the store's session rows. Sessions slide: each use
// moves the end, and the row is written again only when that moved far enough to matter. One thread
// only.
#pragma once
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "deskwire/port/store.hpp"

namespace deskwire {

/// A person who proved to be one.
struct Principal {
  AgentId id;
  std::string user;  ///< Log-in name.
  std::string name;  ///< Shown to others.
  Role role = Role::agent;
};

struct SessionLimits {
  Duration lifetime = hours(12);      ///< After the last use.
  Duration write_every = minutes(5);  ///< The stored row lags behind the last use by at most this.
  std::size_t max_cached = 10'000;
};

class SessionCache {
 public:
  explicit SessionCache(SessionLimits limits = {}) : limits_(limits) {}

  struct Hit {
    SessionRow session;
    bool write = false;  ///< The row moved far enough to be stored again.
  };

  /// A new session's row, cached.
  [[nodiscard]] SessionRow open(SessionRow row, Instant now);
  /// A row found in the store; nothing if it has ended by now.
  [[nodiscard]] std::optional<Hit> adopt(const SessionRow& row, Instant now);
  /// The cached session, its end moved; nothing if it is unknown here or has ended.
  [[nodiscard]] std::optional<Hit> use(const std::string& token_hash, Instant now);
  void forget(const std::string& token_hash);
  void forget_user(AgentId user);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }

 private:
  struct Entry {
    SessionRow row;
    Instant written_at;
  };
  using Order = std::list<Entry>;  ///< Latest used first.

  Hit touch(Order::iterator entry, Instant now);
  Order::iterator insert(SessionRow row, Instant written_at);

  SessionLimits limits_;
  Order order_;
  std::unordered_map<std::string, Order::iterator> rows_;
};

}  // namespace deskwire
