// SPDX-License-Identifier: Apache-2.0
// Work beside the loop: results and exceptions come back, full queues say so.
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <latch>
#include <thread>

#include "runtime/limits.hpp"
#include "runtime/rig.hpp"

namespace deskwire {
namespace {

using namespace test;
namespace asio = boost::asio;

template <class Coroutine>
void run(Rig& rig, Coroutine coroutine) {
  TaskGroup tasks(rig.loop.get_executor(), "the test");
  bool done = false;
  tasks.spawn([](Coroutine& c, bool& flag) -> asio::awaitable<void> {
    co_await c();
    flag = true;
  }(coroutine, done));
  rig.run_until([&] { return tasks.size() == 0; });
  CHECK(done);
}

}  // namespace

TEST_CASE("workers run elsewhere and answer on the loop") {
  Rig rig;
  rig.make();
  const auto loop_thread = std::this_thread::get_id();
  run(rig, [&]() -> asio::awaitable<void> {
    Workers& workers = rig.core->workers();
    const auto parser =
        co_await workers.run(Workers::Pool::parse, [] { return std::this_thread::get_id(); });
    CHECK(parser != loop_thread);
    CHECK(std::this_thread::get_id() == loop_thread);
    const auto users = co_await workers.read([](Reader& r) { return r.users().size(); });
    CHECK(users == 0);
    UserRow user;
    user.id = AgentId{1};
    user.user = "ann";
    co_await workers.store([user](Store& s) { s.put_user(user); });
    const auto found = co_await workers.read([](Reader& r) { return r.user("ann"); });
    CHECK(found.has_value());
  });
}

TEST_CASE("an exception in a job comes back to whoever waits") {
  Rig rig;
  rig.make();
  run(rig, [&]() -> asio::awaitable<void> {
    bool thrown = false;
    try {
      co_await rig.core->workers().run(Workers::Pool::parse,
                                       [] { throw std::invalid_argument("not a mail"); });
    } catch (const std::invalid_argument& e) {
      thrown = std::string(e.what()) == "not a mail";
    }
    CHECK(thrown);
  });
}

TEST_CASE("a full pool says busy") {
  Rig rig;
  rig.make();
  std::latch begun(1), go_on(1);
  TaskGroup tasks(rig.loop.get_executor(), "the test");
  int busy = 0, done = 0;
  const auto job = [&](std::function<void()> work) -> asio::awaitable<void> {
    try {
      co_await rig.core->workers().run(Workers::Pool::hash, std::move(work));
      ++done;
    } catch (const Busy&) {
      ++busy;
    }
  };
  tasks.spawn(job([&] {
    begun.count_down();
    go_on.wait();
  }));
  rig.loop.poll();
  begun.wait();
  for (std::size_t i = 0; i < limits::kHashQueue + 3; ++i) tasks.spawn(job([] {}));
  rig.run_until([&] { return busy == 3; });
  go_on.count_down();
  rig.run_until([&] { return tasks.size() == 0; });
  CHECK(done == static_cast<int>(limits::kHashQueue) + 1);
}

TEST_CASE("a pool that stops runs what it took") {
  int ran = 0;
  {
    JobPool pool("test", 1, 100);
    for (int i = 0; i < 50; ++i) REQUIRE(pool.try_post([&](std::size_t) { ++ran; }));
    pool.stop();
    CHECK_FALSE(pool.try_post([&](std::size_t) { ++ran; }));
  }
  CHECK(ran == 50);
}

}  // namespace deskwire
