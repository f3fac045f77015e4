// SPDX-License-Identifier: Apache-2.0
// What the engine decided and the store may not show yet. Every entry carries the journal sequence
// that made it; once a load was read at or after that sequence the store has it, and the entry
// goes.
#pragma once
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>

namespace deskwire {

/// The newest value by key of the commands that are not surely durable.
template <class K, class V, class Hash = std::hash<K>>
class Recent {
 public:
  void put(std::uint64_t seq, const K& key, V value) {
    rows_.insert_or_assign(key, Row{seq, std::move(value)});
    order_.emplace_back(seq, key);
  }
  [[nodiscard]] const V* find(const K& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second.value;
  }
  /// Forgets what was made at or before `seq`; calls `gone(key, value)` for each.
  template <class Gone>
  void drop_through(std::uint64_t seq, Gone gone) {
    while (!order_.empty() && order_.front().first <= seq) {
      const auto found = rows_.find(order_.front().second);
      if (found != rows_.end() && found->second.seq == order_.front().first) {
        auto node = rows_.extract(found);
        gone(node.key(), node.mapped().value);
      }
      order_.pop_front();
    }
  }
  void drop_through(std::uint64_t seq) {
    drop_through(seq, [](const K&, const V&) {});
  }

 private:
  struct Row {
    std::uint64_t seq;
    V value;
  };
  std::unordered_map<K, Row, Hash> rows_;
  std::deque<std::pair<std::uint64_t, K>> order_;  ///< Every put, oldest first.
};

}  // namespace deskwire
