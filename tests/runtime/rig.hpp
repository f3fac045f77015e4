// SPDX-License-Identifier: Apache-2.0
// A core on a memory store that can be told to fail or to wait, and a loop that runs until
// something is true.
#pragma once
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core.hpp"
#include "storage/memory/faulty_store.hpp"
#include "storage/memory/memory_store.hpp"
#include "support/builders.hpp"

namespace deskwire::test {

/// A door that a commit waits at. Open until closed.
class Gate {
 public:
  ~Gate() { open(); }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  void open() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  /// The storage thread goes through here.
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
  }
  /// Until the n-th commit stands at the door.
  void await_arrival(int n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= n; });
  }
  [[nodiscard]] int arrived() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int arrived_ = 0;
};

inline Command by_system(CommandBody body) { return {.actor = {}, .body = std::move(body)}; }
inline Command by_agent(AgentId agent, CommandBody body) {
  return {.actor = {ActorKind::agent, agent}, .body = std::move(body)};
}
inline Command a_mail(const std::string& who) { return by_system(a_mail_from(who).build()); }
inline Command an_agent(AgentId id) {
  PutAgent put;
  put.agent = id;
  put.queues = {general};
  return by_system(put);
}

struct Rig {
  std::shared_ptr<MemoryImage> image;
  Gate gate;
  boost::asio::io_context loop;
  Metrics metrics;
  FaultyStore* store = nullptr;  ///< The core owns it.
  std::optional<Core> core;
  Feed::Subscription feed;
  std::vector<std::shared_ptr<const Batch>> published;
  std::exception_ptr fatal;

  explicit Rig(std::shared_ptr<MemoryImage> i = std::make_shared<MemoryImage>())
      : image(std::move(i)) {}
  ~Rig() { gate.open(); }

  void make(PolicyPtr policy = std::make_shared<Policy>(a_policy()), CoreSettings settings = {},
            const std::function<void(FaultyStore&)>& prepare = {}) {
    auto faulty = std::make_unique<FaultyStore>(std::make_unique<MemoryStore>(image));
    store = faulty.get();
    store->set_before_commit([this] { gate.pass(); });
    if (prepare) prepare(*faulty);
    settings.disk_reserve_bytes = std::min<std::uint64_t>(settings.disk_reserve_bytes, 1'000);
    core.emplace(
        loop, std::move(faulty), std::move(policy), std::vector<NameRow>{}, metrics,
        [this](std::exception_ptr error) { fatal = std::move(error); }, std::move(settings));
    feed = core->feed().subscribe(
        [this](const std::shared_ptr<const Batch>& b) { published.push_back(b); });
  }
  void start() {
    std::optional<Submission> started;
    core->start([&](const Submission& s) { started = s; });
    run_until([&] { return started.has_value(); });
    REQUIRE(started->kind == Submission::Kind::done);
    published.clear();
  }

  template <class Condition>
  void run_until(Condition condition) {
    loop.restart();
    const auto work = boost::asio::make_work_guard(loop);
    // What the condition looks at may change on another thread without an event on the loop.
    while (!condition()) loop.run_one_for(std::chrono::milliseconds(2));
  }
  /// Submits; the answer appears behind the pointer.
  std::shared_ptr<std::optional<Submission>> submit(Command command, Lane lane = Lane::intake) {
    auto answer = std::make_shared<std::optional<Submission>>();
    core->gateway().submit(std::move(command), lane,
                           [answer](const Submission& s) { *answer = s; });
    return answer;
  }
  /// Submits and runs until it is answered.
  Submission settle(Command command, Lane lane = Lane::interactive) {
    const auto answer = submit(std::move(command), lane);
    run_until([&] { return answer->has_value(); });
    return **answer;
  }
  /// Lets everything that can happen without the next commit happen.
  void run_while_commit_waits(std::size_t building) {
    run_until([&] { return core->building() >= building; });
  }
  void stop() {
    bool stopped = false;
    TaskGroup tasks(loop.get_executor(), "the test");
    tasks.spawn([](Core& c, bool& flag) -> boost::asio::awaitable<void> {
      co_await c.stop();
      flag = true;
    }(*core, stopped));
    run_until([&] { return stopped; });
    feed = {};
    core.reset();
  }
};

/// The names of the commands in a batch's journal.
inline std::vector<std::string> commands_of(const Batch& batch) {
  std::vector<std::string> names;
  for (const JournalEntry& entry : batch.journal) names.push_back(entry.command);
  return names;
}

}  // namespace deskwire::test
