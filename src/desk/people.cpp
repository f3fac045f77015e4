// SPDX-License-Identifier: Apache-2.0
#include "desk/people.hpp"

#include <algorithm>
#include <utility>

namespace deskwire {

namespace asio = boost::asio;

People::People(std::vector<UserRow> users) : users_(std::move(users)) {
  std::ranges::sort(users_, {}, &UserRow::id);
  for (std::size_t i = 0; i < users_.size(); ++i) by_user_.emplace(users_[i].user, i);
}

const UserRow* People::find(AgentId id) const {
  const auto found = std::ranges::lower_bound(users_, id, {}, &UserRow::id);
  return found != users_.end() && found->id == id ? &*found : nullptr;
}

const UserRow* People::find(std::string_view user) const {
  const auto found = by_user_.find(user);
  return found == by_user_.end() ? nullptr : &users_[found->second];
}

std::string_view People::user(AgentId id) const {
  const UserRow* row = find(id);
  return row == nullptr ? std::string_view() : std::string_view(row->user);
}

std::string_view People::shown(AgentId id) const {
  const UserRow* row = find(id);
  if (row == nullptr) return {};
  return row->name.empty() ? row->user : row->name;
}

Directory::Directory(Workers& workers, Feed& feed)
    : workers_(workers), people_(std::make_shared<const People>()) {
  subscription_ = feed.subscribe([this](const std::shared_ptr<const Batch>& batch) {
    for (const JournalEntry& entry : batch->journal)
      for (const Event& event : entry.events)
        if (std::holds_alternative<AgentPut>(event)) ++changes_;
  });
}

asio::awaitable<PeoplePtr> Directory::people() {
  if (read_upto_ == changes_) co_return people_;
  const std::uint64_t upto = changes_;
  const auto job = [](Reader& reader) { return reader.users(); };
  auto users = co_await workers_.read(job);
  people_ = std::make_shared<const People>(std::move(users));
  read_upto_ = std::max(read_upto_, upto);
  co_return people_;
}

}  // namespace deskwire
