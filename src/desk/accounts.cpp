// SPDX-License-Identifier: Apache-2.0
#include "desk/accounts.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace deskwire {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kUserBytes = 64;
constexpr std::size_t kLeastPassword = 8;

using Changed = std::expected<UserRow, std::string>;

bool is_user_name(const std::string& user) {
  return !user.empty() && user.size() <= kUserBytes && std::ranges::all_of(user, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           c == '@';
  });
}

const UserRow* find(const std::vector<UserRow>& users, const std::string& user) {
  const auto found = std::ranges::find(users, user, &UserRow::user);
  return found == users.end() ? nullptr : &*found;
}

bool rules(const UserRow& row) { return row.enabled && row.role == Role::admin; }

/// Without an admin nobody could make one.
bool leaves_no_admin(const std::vector<UserRow>& users, const UserRow& changed) {
  return std::ranges::none_of(
      users, [&](const UserRow& row) { return rules(row.id == changed.id ? changed : row); });
}

}  // namespace

Changed new_user(const std::vector<UserRow>& existing, const std::string& user,
                 const std::string& name, Role role, Instant now) {
  if (!is_user_name(user))
    return std::unexpected("'" + user + "' is no user name: up to 64 of a-z 0-9 . - _ @");
  if (find(existing, user) != nullptr)
    return std::unexpected("there is a user '" + user + "' already");
  std::uint64_t last = 0;
  for (const UserRow& row : existing) last = std::max(last, row.id.value);
  UserRow row;
  row.id = AgentId{last + 1};
  row.user = user;
  row.name = name.empty() ? user : name;
  row.role = role;
  row.created_at = now;
  return row;
}

Accounts::Accounts(Workers& workers, Gateway& gateway, const Board& board, PasswordCost cost,
                   std::function<Instant()> now, std::function<void(AgentId)> changed)
    : workers_(workers),
      gateway_(gateway),
      board_(board),
      hasher_(cost),
      now_(std::move(now)),
      changed_(std::move(changed)) {}

asio::awaitable<Changed> Accounts::put(AccountChange change, Mode mode, Actor by) {
  // Two at once would draw the same id, or both be the last admin to go.
  if (busy_) co_return std::unexpected("somebody else is being changed just now, try again");
  busy_ = true;
  struct Release {
    bool& busy;
    ~Release() { busy = false; }
  } release{busy_};
  co_return co_await put_alone(std::move(change), mode, by);
}

asio::awaitable<Changed> Accounts::put_alone(AccountChange change, Mode mode, Actor by) {
  if (change.password && change.password->size() < kLeastPassword)
    co_return std::unexpected("a password has at least 8 characters");
  auto read = [](Reader& reader) { return reader.users(); };
  const std::vector<UserRow> users = co_await workers_.read(read);
  const UserRow* known = find(users, change.user);
  if (mode == Mode::change && known == nullptr)
    co_return std::unexpected("there is no user '" + change.user + "'");
  if (mode == Mode::add && !change.password)
    co_return std::unexpected("somebody new needs a password");
  Changed row = mode == Mode::change ? Changed(*known)
                                     : new_user(users, change.user, "", Role::agent, now_());
  if (!row) co_return row;
  if (change.name) row->name = change.name->empty() ? row->user : *change.name;
  if (change.role) row->role = *change.role;
  if (change.enabled) row->enabled = *change.enabled;
  if (known != nullptr && rules(*known) && leaves_no_admin(users, *row))
    co_return std::unexpected("this is the last admin who can log in");
  if (change.password) {
    auto hash = [this, password = std::move(*change.password)] { return hasher_.hash(password); };
    row->password_hash = co_await workers_.run(Workers::Pool::hash, std::move(hash));
  }
  auto put = [row = *row](Store& store) { store.put_user(row); };
  co_await workers_.store(std::move(put));
  const bool done = co_await put_agent(*row, change, by);
  changed_(row->id);
  if (!done) co_return std::unexpected("the desk is busy, try again");
  spdlog::info("user {} was {}", row->user, mode == Mode::add ? "added" : "changed");
  co_return row;
}

asio::awaitable<bool> Accounts::put_agent(const UserRow& row, const AccountChange& change,
                                          Actor by) {
  PutAgent put;
  put.agent = row.id;
  put.role = row.role;
  put.enabled = row.enabled;
  if (const Agent* known = board_.agent(row.id)) {
    put.skills = known->skills;
    put.queues = known->queues;
    put.capacity_percent = known->capacity_percent;
  }
  if (change.skills) put.skills = *change.skills;
  if (change.queues) put.queues = *change.queues;
  if (change.capacity_percent) put.capacity_percent = *change.capacity_percent;
  std::ranges::sort(put.skills, {}, &SkillLevel::skill);
  std::ranges::sort(put.queues);
  Command command{.actor = by, .body = std::move(put)};
  const Submission done = co_await gateway_.submit(std::move(command), Lane::interactive);
  co_return done.kind == Submission::Kind::done;
}

}  // namespace deskwire
