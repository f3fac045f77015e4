// SPDX-License-Identifier: Apache-2.0
#include "desk/board_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace deskwire {
namespace {

/// Whatever is due, the loop has a rest between.
constexpr Duration kShortest = milliseconds(20);
/// The system's clock may be set: no wait is longer than a slot.
constexpr Duration kLongest = kSlot;

void add_all(BoardChange& to, BoardChange from) {
  to.queues.insert(to.queues.end(), from.queues.begin(), from.queues.end());
  to.agents.insert(to.agents.end(), from.agents.begin(), from.agents.end());
}

}  // namespace

BoardWatch::BoardWatch(boost::asio::any_io_executor executor, const State& state, PolicyPtr policy,
                       Clock clock, Told told)
    : timer_(std::move(executor)),
      clock_(std::move(clock)),
      told_(std::move(told)),
      board_(state, policy, clock_()),
      alerts_(policy) {
  alerts_.judge(board_);
}

void BoardWatch::on_batch(const std::shared_ptr<const Batch>& batch, const PolicyPtr& policy) {
  BoardChange change = board_.apply(*batch);
  if (policy != board_.policy()) {
    add_all(change, board_.replace_policy(policy));
    alerts_.replace_policy(policy);
  }
  change.alerts = alerts_.judge(board_);
  told_(batch, change);
  arm();
}

void BoardWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void BoardWatch::arm() {
  if (stopped_) return;
  const Instant now = clock_();
  const Instant next = std::min(board_.next_advance(), alerts_.next(board_));
  const Instant due = std::clamp(next, now + kShortest, now + kLongest);
  // A timer that goes off too early only looks and is set again.
  if (armed_for_ <= due && armed_for_ > now) return;
  armed_for_ = due;
  timer_.expires_after(std::chrono::milliseconds((due - now).ms));
  timer_.async_wait([this](boost::system::error_code failed) {
    if (!failed) fire();
  });
}

void BoardWatch::fire() {
  armed_for_ = kNever;
  BoardChange change = board_.advance(clock_());
  change.alerts = alerts_.judge(board_);
  if (!change.empty()) told_(nullptr, change);
  arm();
}

}  // namespace deskwire
