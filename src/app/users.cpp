// SPDX-License-Identifier: Apache-2.0
#include "app/users.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "deskwire/engine/state.hpp"

namespace deskwire::app {
namespace asio = boost::asio;

namespace {

const UserRow* find(const std::vector<UserRow>& users, const std::string& user) {
  const auto found = std::ranges::find(users, user, &UserRow::user);
  return found == users.end() ? nullptr : &*found;
}

UserRow added_user(const std::vector<UserRow>& existing, const std::string& user,
                   const std::string& name, Role role, Instant now) {
  auto row = new_user(existing, user, name, role, now);
  if (!row) throw std::runtime_error(row.error());
  return std::move(*row);
}

}  // namespace

UserRow changed_user(const std::vector<UserRow>& existing, const UserOptions& options,
                     const std::string& password_hash, Instant now) {
  if (options.verb == UserOptions::Verb::add) {
    UserRow row = added_user(existing, options.user, options.name,
                             parse_name<Role>(options.role).value_or(Role::agent), now);
    row.password_hash = password_hash;
    return row;
  }
  const UserRow* found = find(existing, options.user);
  if (!found) throw std::runtime_error("there is no user '" + options.user + "'");
  UserRow row = *found;
  if (options.verb == UserOptions::Verb::disable)
    row.enabled = false;
  else
    row.password_hash = password_hash;
  return row;
}

asio::awaitable<std::string> Users::hash(std::string password) {
  co_return co_await core_.workers().run(
      Workers::Pool::hash,
      [this, password = std::move(password)] { return hasher_.hash(password); });
}

asio::awaitable<void> Users::seed(std::vector<config::SeedUser> seeds) {
  std::vector<UserRow> users =
      co_await core_.workers().read([](Reader& reader) { return reader.users(); });
  for (const config::SeedUser& seed : seeds) {
    if (find(users, seed.name)) continue;
    UserRow row = added_user(users, seed.name, seed.display_name, seed.role, core_.clock().now());
    row.password_hash = seed.password_hash ? seed.password_hash->value : "";
    if (seed.password) row.password_hash = co_await hash(seed.password->value);
    co_await core_.workers().store([row](Store& store) { store.put_user(row); });
    spdlog::info("user {} ({}) was added from the configuration", row.user, name(row.role));
    users.push_back(row);
  }
  for (const UserRow& row : users) {
    const Agent* agent = core_.engine().state().agent(row.id);
    if (agent && agent->role == row.role && agent->enabled == row.enabled) continue;
    const auto seed = std::ranges::find(seeds, row.user, &config::SeedUser::name);
    co_await put_agent(row, seed == seeds.end() ? nullptr : &*seed);
  }
}

asio::awaitable<void> Users::put_agent(UserRow row, const config::SeedUser* seed) {
  PutAgent put;
  put.agent = row.id;
  put.role = row.role;
  put.enabled = row.enabled;
  if (const Agent* known = core_.engine().state().agent(row.id)) {
    put.skills = known->skills;
    put.queues = known->queues;
    put.capacity_percent = known->capacity_percent;
  } else if (seed) {
    put.skills = seed->skills;
    put.queues = seed->queues;
    put.capacity_percent = seed->capacity_percent;
  }
  Command command{Actor{}, std::move(put)};
  const Submission result = co_await core_.gateway().submit(std::move(command), Lane::interactive);
  if (result.kind != Submission::Kind::done)
    throw std::runtime_error("user '" + row.user + "' could not be changed; try again");
}

asio::awaitable<void> Users::change(UserOptions options, std::string password) {
  AccountChange change;
  change.user = options.user;
  const bool add = options.verb == UserOptions::Verb::add;
  if (add) change.name = options.name;
  if (add) change.role = parse_name<Role>(options.role).value_or(Role::agent);
  if (options.verb == UserOptions::Verb::disable)
    change.enabled = false;
  else
    change.password = std::move(password);
  const auto done =
      co_await accounts_.put(std::move(change), add ? Accounts::Mode::add : Accounts::Mode::change);
  if (!done) throw std::runtime_error(done.error());
}

}  // namespace deskwire::app
