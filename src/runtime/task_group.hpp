// SPDX-License-Identifier: Apache-2.0
// Owns coroutines: its owner cancels and joins them; nothing is ever detached. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>

namespace deskwire {

class TaskGroup {
 public:
  /// `name` appears in the log when a task ends with an exception.
  TaskGroup(boost::asio::any_io_executor executor, std::string name);
  ~TaskGroup();  ///< Every task must have been joined or the executor's context stopped.
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`; after cancel() it is dropped at once.
  void spawn(boost::asio::awaitable<void> task);
  void cancel();                        ///< Asks every task to stop (total cancellation).
  boost::asio::awaitable<void> join();  ///< Resumes when none is left.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace deskwire
