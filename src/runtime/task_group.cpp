// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <cstdint>
#include <exception>
#include <unordered_map>
#include <utility>
#include <vector>

namespace deskwire {
namespace asio = boost::asio;

/// Outlives the group while tasks run: their completion handlers hold it.
struct TaskGroup::Impl {
  Impl(asio::any_io_executor e, std::string n)
      : executor(e), name(std::move(n)), emptied(e, asio::steady_timer::time_point::max()) {}

  asio::any_io_executor executor;
  std::string name;
  asio::steady_timer emptied;  ///< Never expires; cancelled when the last task ends.
  std::unordered_map<std::uint64_t, asio::cancellation_signal> tasks;
  std::uint64_t next = 1;
  bool cancelled = false;

  void ended(std::uint64_t id, const std::exception_ptr& error) {
    tasks.erase(id);
    if (tasks.empty()) emptied.cancel();
    if (error) report(error);
  }

  void report(const std::exception_ptr& error) const {
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
      if (e.code() != asio::error::operation_aborted)
        spdlog::error("a task of {} ended: {}", name, e.code().message());
    } catch (const std::exception& e) {
      spdlog::error("a task of {} ended: {}", name, e.what());
    }
  }
};

TaskGroup::TaskGroup(asio::any_io_executor executor, std::string name)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(name))) {}

TaskGroup::~TaskGroup() { cancel(); }

void TaskGroup::spawn(asio::awaitable<void> task) {
  if (impl_->cancelled) return;
  const std::uint64_t id = impl_->next++;
  asio::cancellation_signal& signal = impl_->tasks[id];
  asio::co_spawn(
      impl_->executor, std::move(task),
      asio::bind_cancellation_slot(
          signal.slot(), [impl = impl_, id](std::exception_ptr e) { impl->ended(id, e); }));
}

void TaskGroup::cancel() {
  impl_->cancelled = true;
  std::vector<std::uint64_t> ids;
  ids.reserve(impl_->tasks.size());
  for (const auto& task : impl_->tasks) ids.push_back(task.first);
  // A coroutine listens to terminal cancellation unless it says otherwise, so every kind is sent. A
  // task may end while another is told, hence by id.
  for (std::uint64_t id : ids)
    if (auto it = impl_->tasks.find(id); it != impl_->tasks.end())
      it->second.emit(asio::cancellation_type::all);
}

asio::awaitable<void> TaskGroup::join() {
  const std::shared_ptr<Impl> impl = impl_;
  // Whoever joins has often been cancelled itself, and must wait nevertheless.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!impl->tasks.empty())
    co_await impl->emptied.async_wait(asio::as_tuple(asio::use_awaitable));
  co_await asio::this_coro::throw_if_cancelled(throws);
}

std::size_t TaskGroup::size() const { return impl_->tasks.size(); }

}  // namespace deskwire
