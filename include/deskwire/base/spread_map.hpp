// SPDX-License-Identifier: Apache-2.0
// A hash map for millions of rows that never stops to move them all: it is spread over many small
// ones, each of which grows by itself. Rows stay where they are until they are erased.
#pragma once
#include <array>
#include <cstddef>
#include <iterator>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace deskwire {

/// As std::unordered_map; iteration is in no particular order. `Key` needs a hash whose high bits
/// are spread, as those of ids are.
template <class Key, class T>
class SpreadMap {
  static constexpr std::size_t kParts = 1024;
  using Part = std::unordered_map<Key, T>;
  using Parts = std::array<Part, kParts>;

  template <class OfParts, class Inner>
  class Iterator {
   public:
    using value_type = typename Part::value_type;
    using difference_type = std::ptrdiff_t;
    using reference = decltype(*std::declval<Inner>());
    using pointer = decltype(&*std::declval<Inner>());
    using iterator_category = std::forward_iterator_tag;

    Iterator() = default;
    Iterator(OfParts* parts, std::size_t at, Inner inner) : parts_(parts), at_(at), inner_(inner) {}
    reference operator*() const { return *inner_; }
    pointer operator->() const { return &*inner_; }
    Iterator& operator++() {
      ++inner_;
      skip_ended();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.at_ == b.at_ && (a.at_ == kParts || a.inner_ == b.inner_);
    }

   private:
    friend class SpreadMap;
    void skip_ended() {
      while (inner_ == (*parts_)[at_].end()) {
        if (++at_ == kParts) return;
        inner_ = (*parts_)[at_].begin();
      }
    }

    OfParts* parts_ = nullptr;
    std::size_t at_ = kParts;
    Inner inner_{};
  };

 public:
  using key_type = Key;
  using mapped_type = T;
  using value_type = typename Part::value_type;
  using iterator = Iterator<Parts, typename Part::iterator>;
  using const_iterator = Iterator<const Parts, typename Part::const_iterator>;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  iterator begin() { return first<iterator>(parts_); }
  iterator end() { return {}; }
  [[nodiscard]] const_iterator begin() const { return first<const_iterator>(parts_); }
  [[nodiscard]] const_iterator end() const { return {}; }

  iterator find(const Key& key) { return found<iterator>(parts_, key); }
  [[nodiscard]] const_iterator find(const Key& key) const {
    return found<const_iterator>(parts_, key);
  }
  [[nodiscard]] bool contains(const Key& key) const { return parts_[place(key)].contains(key); }
  T& at(const Key& key) { return parts_[place(key)].at(key); }
  [[nodiscard]] const T& at(const Key& key) const { return parts_[place(key)].at(key); }
  T& operator[](const Key& key) { return try_emplace(key).first->second; }

  template <class... Args>
  std::pair<iterator, bool> try_emplace(const Key& key, Args&&... args) {
    const std::size_t at = place(key);
    const auto [inner, fresh] = parts_[at].try_emplace(key, std::forward<Args>(args)...);
    size_ += fresh ? 1 : 0;
    return {iterator(&parts_, at, inner), fresh};
  }
  template <class Value>
  std::pair<iterator, bool> emplace(const Key& key, Value&& value) {
    return try_emplace(key, std::forward<Value>(value));
  }
  template <class Value>
  void insert_or_assign(const Key& key, Value&& value) {
    const auto [at, fresh] = try_emplace(key, value);
    if (!fresh) at->second = std::forward<Value>(value);
  }
  std::size_t erase(const Key& key) {
    const std::size_t gone = parts_[place(key)].erase(key);
    size_ -= gone;
    return gone;
  }
  void erase(const_iterator at) { erase(Key(at->first)); }
  void erase(iterator at) { erase(Key(at->first)); }

 private:
  static std::size_t place(const Key& key) {
    constexpr int kBits = 10;
    static_assert(std::size_t{1} << kBits == kParts);
    return std::hash<Key>{}(key) >> (8 * sizeof(std::size_t) - kBits);
  }
  template <class At>
  static At first(auto& parts) {
    At at(&parts, 0, parts[0].begin());
    at.skip_ended();
    return at;
  }
  template <class At>
  static At found(auto& parts, const Key& key) {
    const std::size_t at = place(key);
    const auto inner = parts[at].find(key);
    return inner == parts[at].end() ? At() : At(&parts, at, inner);
  }

  Parts parts_;
  std::size_t size_ = 0;
};

}  // namespace deskwire
