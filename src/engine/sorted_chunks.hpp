// SPDX-License-Identifier: Apache-2.0
// An ordered set for a million small keys: sorted chunks of at most kChunk entries behind a sorted
// list of each chunk's last entry. A search touches one dense array and one chunk, so it stays in
// the cache where a tree of nodes would miss at every level; memory is the keys themselves.
#pragma once
#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace deskwire {

template <class T, std::size_t kChunk = 256>
class SortedChunks {
 public:
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] const T& front() const {
    assert(size_ != 0);
    return chunks_.front().front();
  }

  /// False when it was there already.
  bool insert(const T& value) {
    if (chunks_.empty()) {
      chunks_.push_back({value});
      last_.push_back(value);
      size_ = 1;
      return true;
    }
    const std::size_t at = std::min(chunk_for(value), chunks_.size() - 1);
    auto& chunk = chunks_[at];
    const auto place = std::ranges::lower_bound(chunk, value);
    if (place != chunk.end() && *place == value) return false;
    chunk.insert(place, value);
    last_[at] = chunk.back();
    ++size_;
    if (chunk.size() > kChunk) split(at);
    return true;
  }

  /// False when it was not there.
  bool erase(const T& value) {
    const std::size_t at = chunk_for(value);
    if (at == chunks_.size()) return false;
    auto& chunk = chunks_[at];
    const auto place = std::ranges::lower_bound(chunk, value);
    if (place == chunk.end() || !(*place == value)) return false;
    chunk.erase(place);
    --size_;
    if (chunk.empty()) {
      chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(at));
      last_.erase(last_.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      last_[at] = chunk.back();
    }
    return true;
  }

  /// How many entries are less than `value`.
  [[nodiscard]] std::size_t count_below(const T& value) const {
    const std::size_t at = chunk_for(value);
    std::size_t count = 0;
    for (std::size_t i = 0; i < at; ++i) count += chunks_[i].size();
    if (at < chunks_.size()) {
      const auto& chunk = chunks_[at];
      count += static_cast<std::size_t>(std::ranges::lower_bound(chunk, value) - chunk.begin());
    }
    return count;
  }

  /// Calls `visit(entry)` in order until it returns false.
  template <class Visit>
  void walk(Visit visit) const {
    for (const auto& chunk : chunks_)
      for (const T& value : chunk)
        if (!visit(value)) return;
  }

 private:
  /// The first chunk whose last entry is not less than `value`; the number of chunks if none.
  [[nodiscard]] std::size_t chunk_for(const T& value) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(last_, value) - last_.begin());
  }

  void split(std::size_t at) {
    auto& chunk = chunks_[at];
    const auto middle = chunk.begin() + static_cast<std::ptrdiff_t>(chunk.size() / 2);
    std::vector<T> upper(middle, chunk.end());
    chunk.erase(middle, chunk.end());
    last_[at] = chunk.back();
    const auto after = static_cast<std::ptrdiff_t>(at) + 1;
    last_.insert(last_.begin() + after, upper.back());
    chunks_.insert(chunks_.begin() + after, std::move(upper));
  }

  std::vector<std::vector<T>> chunks_;  ///< None is empty.
  std::vector<T> last_;                 ///< last_[i] == chunks_[i].back().
  std::size_t size_ = 0;
};

}  // namespace deskwire
