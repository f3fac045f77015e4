// SPDX-License-Identifier: Apache-2.0
#include "runtime/ticker.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace deskwire {
namespace {

constexpr Duration kShortest = milliseconds(10);
constexpr Duration kLongest = seconds(1);

}  // namespace

Ticker::Ticker(boost::asio::io_context& loop, const Engine& engine, const DeskClock& clock,
               Gateway& gateway)
    : timer_(loop), engine_(engine), clock_(clock), gateway_(gateway), beat_at_(clock.steady()) {}

void Ticker::arm() {
  if (stopped_ || ticking_) return;
  const Instant now = clock_.now();
  const Instant due = std::clamp(engine_.next_wakeup(), now, now + kLongest);
  if (due >= armed_for_) return;
  armed_for_ = due;
  wait(due - now);
}

void Ticker::wait(Duration d) {
  timer_.expires_after(std::chrono::milliseconds(std::max(d, kShortest).ms));
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec && !stopped_) fire();
  });
}

void Ticker::fire() {
  armed_for_ = kNever;
  beat_at_ = clock_.steady();
  if (engine_.next_wakeup() <= clock_.now())
    submit_tick();
  else
    arm();
}

void Ticker::submit_tick() {
  ticking_ = true;
  Command tick{.actor = {}, .body = Tick{}};
  gateway_.submit(std::move(tick), Lane::interactive, [this](const Submission&) {
    ticking_ = false;
    arm();
  });
}

void Ticker::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace deskwire
