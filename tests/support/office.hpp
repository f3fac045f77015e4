// SPDX-License-Identifier: Apache-2.0
// A whole desk in memory behind a real listener: core, front desk and console on a loop of their
// own, for clients that block. Users: ann and bob (agents of general; ann of billing too, with the
// skill), sue (supervisor), ada (admin); the password of each is "secret-" and the name.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "console/console.hpp"
#include "desk/front_desk.hpp"
#include "desk/ticket_search.hpp"
#include "http/server.hpp"
#include "runtime/core.hpp"
#include "runtime/task_group.hpp"
#include "storage/memory/memory_store.hpp"
#include "support/builders.hpp"
#include "support/temp_dir.hpp"

namespace deskwire::test {

inline constexpr AgentId ann{1}, bob{2}, sue{3}, ada{4};

struct OfficeSettings {
  HttpSettings http;
  ConsoleSettings console;
  SignInSettings sign_in;
  /// May change the policy before it is in force.
  std::function<void(Policy&)> policy;
  /// Makes a search index in a directory of its own; called with it before `more`.
  std::function<void(TicketSearch&)> with_search;
  /// Called before the listener opens, for routes beside the console's.
  std::function<void(HttpServer&, FrontDesk&, Core&)> more;
};

class Office {
 public:
  explicit Office(OfficeSettings settings = {});
  ~Office();
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  /// Submits and waits until it is durable.
  Submission submit(Command command);
  /// A mail from `who`; the ticket it went to.
  Submission receive(const Mail& mail);
  /// Runs `f` on the loop and waits.
  template <class F>
  auto on_loop(F f) {
    std::packaged_task<decltype(f())()> task(std::move(f));
    auto result = task.get_future();
    boost::asio::post(loop_, [&task] { task(); });
    return result.get();
  }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] Core& core() { return *core_; }
  [[nodiscard]] Console& console() { return *console_; }
  /// Runs `task` on the loop and waits.
  void run(boost::asio::awaitable<void> task);
  [[nodiscard]] boost::asio::any_io_executor executor() { return loop_.get_executor(); }
  void stop();

  std::uint16_t port = 0;

 private:
  std::unique_ptr<TempDir> directory_;
  boost::asio::io_context loop_{1};
  Metrics metrics_;
  std::unique_ptr<Core> core_;
  std::unique_ptr<FrontDesk> desk_;
  std::unique_ptr<TicketSearch> search_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<Console> console_;
  TaskGroup tasks_;
  std::thread thread_;
};

}  // namespace deskwire::test
