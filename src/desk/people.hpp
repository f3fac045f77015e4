// SPDX-License-Identifier: Apache-2.0
// Who is who: user names and shown names by id, read from the store and read again after an agent
// changed. Loop thread only.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "deskwire/port/store.hpp"
#include "runtime/feed.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

/// Immutable; whoever holds it may keep it.
class People {
 public:
  People() = default;
  explicit People(std::vector<UserRow> users);
  [[nodiscard]] const UserRow* find(AgentId id) const;
  [[nodiscard]] const UserRow* find(std::string_view user) const;
  /// Log-in name; empty for someone unknown.
  [[nodiscard]] std::string_view user(AgentId id) const;
  /// The name to show: the person's own, else the log-in name.
  [[nodiscard]] std::string_view shown(AgentId id) const;
  [[nodiscard]] const std::vector<UserRow>& all() const { return users_; }

 private:
  std::vector<UserRow> users_;  ///< By id.
  std::unordered_map<std::string_view, std::size_t> by_user_;
};

using PeoplePtr = std::shared_ptr<const People>;

class Directory {
 public:
  Directory(Workers& workers, Feed& feed);

  /// Reads only when someone changed since the last time.
  boost::asio::awaitable<PeoplePtr> people();
  /// For a log-in that changed without any command (a password).
  void forget() { ++changes_; }

 private:
  Workers& workers_;
  PeoplePtr people_;
  std::uint64_t changes_ = 1;    ///< What is known to have changed,
  std::uint64_t read_upto_ = 0;  ///< and how much of it `people_` has seen.
  Feed::Subscription subscription_;
};

}  // namespace deskwire
