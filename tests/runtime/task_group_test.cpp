// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>

namespace deskwire {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> wait_for_ever(int& ended) {
  struct AtEnd {
    int& n;
    ~AtEnd() { ++n; }
  } at_end{ended};
  asio::steady_timer timer(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

TEST_CASE("cancelled tasks end, and the owner can wait for them") {
  asio::io_context loop;
  TaskGroup tasks(loop.get_executor(), "test"), owner(loop.get_executor(), "owner");
  int ended = 0;
  for (int i = 0; i < 3; ++i) tasks.spawn(wait_for_ever(ended));
  loop.poll();
  CHECK(tasks.size() == 3);
  bool joined = false;
  owner.spawn([](TaskGroup& t, bool& flag, int& n) -> asio::awaitable<void> {
    t.cancel();
    co_await t.join();
    flag = n == 3;
  }(tasks, joined, ended));
  loop.restart();
  loop.run();
  CHECK(joined);
  CHECK(tasks.size() == 0);
}

TEST_CASE("an owner that is cancelled itself still waits for its tasks") {
  asio::io_context loop;
  TaskGroup tasks(loop.get_executor(), "test"), owner(loop.get_executor(), "owner");
  int ended = 0;
  tasks.spawn(wait_for_ever(ended));
  bool joined = false;
  owner.spawn([](TaskGroup& t, bool& flag, int& n) -> asio::awaitable<void> {
    co_await t.join();
    flag = n == 1;
  }(tasks, joined, ended));
  loop.poll();
  owner.cancel();
  loop.restart();
  loop.poll();
  CHECK(owner.size() == 1);
  tasks.cancel();
  loop.restart();
  loop.run();
  CHECK(joined);
}

TEST_CASE("joining nobody returns at once, and after a cancel nothing starts") {
  asio::io_context loop;
  TaskGroup tasks(loop.get_executor(), "test"), owner(loop.get_executor(), "owner");
  bool joined = false;
  owner.spawn([](TaskGroup& t, bool& flag) -> asio::awaitable<void> {
    co_await t.join();
    flag = true;
  }(tasks, joined));
  loop.run();
  CHECK(joined);
  tasks.cancel();
  int ended = 0;
  tasks.spawn(wait_for_ever(ended));
  CHECK(tasks.size() == 0);
}

TEST_CASE("a task that throws ends alone") {
  asio::io_context loop;
  TaskGroup tasks(loop.get_executor(), "test");
  int ended = 0;
  tasks.spawn(wait_for_ever(ended));
  tasks.spawn([]() -> asio::awaitable<void> {
    throw std::runtime_error("expected in this test");
    co_return;
  }());
  loop.poll();
  CHECK(tasks.size() == 1);
  tasks.cancel();
  loop.restart();
  loop.run();
}

}  // namespace deskwire
