// SPDX-License-Identifier: Apache-2.0
// How a coroutine on the loop waits for a job on another thread.
#pragma once
#include <boost/asio/append.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <utility>

#include "runtime/workers.hpp"

namespace deskwire {

/// Hands `post` a callback for the outcome and resumes on the loop when it was called; `post` says
/// whether the queue took it. The awaiting coroutine's own executor is kept busy meanwhile, so the
/// loop does not run dry.
template <class Post>
boost::asio::awaitable<void> finished(boost::asio::io_context& loop, const char* busy, Post post) {
  co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable),
                                       void(std::exception_ptr)>(
      [&loop, busy](auto handler, Post p) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto resume = [&loop, shared,
                       work = boost::asio::make_work_guard(loop)](std::exception_ptr error) {
          boost::asio::post(loop, boost::asio::append(std::move(*shared), std::move(error)));
        };
        if (!p(resume)) resume(std::make_exception_ptr(Busy(busy)));
      },
      boost::asio::use_awaitable, std::move(post));
}

template <class F>
std::exception_ptr outcome_of(F&& f) {
  try {
    f();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace deskwire
