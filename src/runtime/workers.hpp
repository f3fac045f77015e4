// SPDX-License-Identifier: Apache-2.0
// Small pools beside the loop, so that nothing slow runs on it: reads, parsing, password hashing,
// and jobs on the storage thread. Each queue is bounded; a full queue answers "busy" by throwing
// Busy from the awaitable.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <type_traits>

#include "deskwire/port/store.hpp"

namespace deskwire {

struct Busy : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Workers {
 public:
  virtual ~Workers() = default;

  /// Runs `f(Reader&)` on a read worker and resumes on the loop with its result; exceptions travel.
  template <class F, class T = std::invoke_result_t<F&, Reader&>>
  boost::asio::awaitable<T> read(F f) {
    auto out = std::make_shared<std::conditional_t<std::is_void_v<T>, char, std::optional<T>>>();
    std::function<void(Reader&)> job = [f = std::move(f), out](Reader& r) mutable {
      if constexpr (std::is_void_v<T>)
        f(r);
      else
        out->emplace(f(r));
    };
    co_await read_job(std::move(job));
    if constexpr (!std::is_void_v<T>) co_return std::move(**out);
  }
  /// The same on the storage thread, between batches, with the Store (one durable transaction
  /// each).
  template <class F, class T = std::invoke_result_t<F&, Store&>>
  boost::asio::awaitable<T> store(F f) {
    auto out = std::make_shared<std::conditional_t<std::is_void_v<T>, char, std::optional<T>>>();
    std::function<void(Store&)> job = [f = std::move(f), out](Store& s) mutable {
      if constexpr (std::is_void_v<T>)
        f(s);
      else
        out->emplace(f(s));
    };
    co_await store_job(std::move(job));
    if constexpr (!std::is_void_v<T>) co_return std::move(**out);
  }
  enum class Pool { parse, hash };
  /// CPU work off the loop: parsing, compression, blob files (`parse`), argon2 (`hash`).
  template <class F, class T = std::invoke_result_t<F&>>
  boost::asio::awaitable<T> run(Pool pool, F f) {
    auto out = std::make_shared<std::conditional_t<std::is_void_v<T>, char, std::optional<T>>>();
    std::function<void()> job = [f = std::move(f), out]() mutable {
      if constexpr (std::is_void_v<T>)
        f();
      else
        out->emplace(f());
    };
    co_await cpu_job(pool, std::move(job));
    if constexpr (!std::is_void_v<T>) co_return std::move(**out);
  }

  virtual boost::asio::awaitable<void> read_job(std::function<void(Reader&)> job) = 0;
  virtual boost::asio::awaitable<void> store_job(std::function<void(Store&)> job) = 0;
  virtual boost::asio::awaitable<void> cpu_job(Pool pool, std::function<void()> job) = 0;
};

}  // namespace deskwire
