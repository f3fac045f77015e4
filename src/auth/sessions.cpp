// SPDX-License-Identifier: Apache-2.0
#include "auth/sessions.hpp"

#include <utility>

namespace deskwire {

SessionRow SessionCache::open(SessionRow row, Instant now) {
  row.created_at = row.last_seen_at = now;
  row.expires_at = now + limits_.lifetime;
  insert(row, now);
  return row;
}

std::optional<SessionCache::Hit> SessionCache::adopt(const SessionRow& row, Instant now) {
  if (row.expires_at <= now) return std::nullopt;
  // Another request may have adopted it while this one was reading.
  if (const auto found = rows_.find(row.token_hash); found != rows_.end())
    return use(row.token_hash, now);
  return touch(insert(row, row.last_seen_at), now);
}

std::optional<SessionCache::Hit> SessionCache::use(const std::string& token_hash, Instant now) {
  const auto found = rows_.find(token_hash);
  if (found == rows_.end()) return std::nullopt;
  if (found->second->row.expires_at <= now) {
    forget(token_hash);
    return std::nullopt;
  }
  return touch(found->second, now);
}

void SessionCache::forget(const std::string& token_hash) {
  const auto found = rows_.find(token_hash);
  if (found == rows_.end()) return;
  order_.erase(found->second);
  rows_.erase(found);
}

void SessionCache::forget_user(AgentId user) {
  for (auto entry = order_.begin(); entry != order_.end();) {
    if (entry->row.user == user) {
      rows_.erase(entry->row.token_hash);
      entry = order_.erase(entry);
    } else {
      ++entry;
    }
  }
}

SessionCache::Hit SessionCache::touch(Order::iterator entry, Instant now) {
  order_.splice(order_.begin(), order_, entry);
  entry->row.last_seen_at = now;
  entry->row.expires_at = now + limits_.lifetime;
  const bool write = now - entry->written_at >= limits_.write_every;
  if (write) entry->written_at = now;
  return {entry->row, write};
}

SessionCache::Order::iterator SessionCache::insert(SessionRow row, Instant written_at) {
  if (rows_.size() >= limits_.max_cached) {
    rows_.erase(order_.back().row.token_hash);
    order_.pop_back();
  }
  order_.push_front({std::move(row), written_at});
  rows_[order_.front().row.token_hash] = order_.begin();
  return order_.begin();
}

}  // namespace deskwire
