// SPDX-License-Identifier: Apache-2.0
// The only business timer: submits a Tick when the engine has something due. It goes round at least
// once a second, because the system clock may be set, and at most a hundred times a second,
// whatever the engine says.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>

#include "deskwire/engine/engine.hpp"
#include "runtime/clock.hpp"
#include "runtime/gateway.hpp"

namespace deskwire {

class Ticker {
 public:
  Ticker(boost::asio::io_context& loop, const Engine& engine, const DeskClock& clock,
         Gateway& gateway);

  /// The engine's next wake-up may have changed. Cheap when it did not come nearer.
  void arm();
  void stop();
  /// When the ticker last went round: the loop lives.
  [[nodiscard]] SteadyTime beat_at() const { return beat_at_; }

 private:
  void wait(Duration d);
  void fire();
  void submit_tick();

  boost::asio::steady_timer timer_;
  const Engine& engine_;
  const DeskClock& clock_;
  Gateway& gateway_;
  Instant armed_for_ = kNever;  ///< kNever: no wait is under way.
  bool ticking_ = false;        ///< A Tick is on its way to a commit.
  bool stopped_ = false;
  SteadyTime beat_at_;
};

}  // namespace deskwire
