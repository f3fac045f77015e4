// SPDX-License-Identifier: Apache-2.0
// The board and its alerts kept true: by every committed batch, and by one timer that is set for
// the next instant at which time alone changes something. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "desk/alerts.hpp"
#include "desk/board.hpp"

namespace deskwire {

class BoardWatch {
 public:
  using Clock = std::function<Instant()>;
  /// The batch is null when only time passed.
  using Told = std::function<void(const std::shared_ptr<const Batch>&, const BoardChange&)>;

  BoardWatch(boost::asio::any_io_executor executor, const State& state, PolicyPtr policy,
             Clock clock, Told told);

  void on_batch(const std::shared_ptr<const Batch>& batch, const PolicyPtr& policy);
  /// No timer after this: whoever runs the loop may want it to end.
  void stop();

  [[nodiscard]] const Board& board() const { return board_; }
  [[nodiscard]] const AlertBook& alerts() const { return alerts_; }

 private:
  void arm();
  void fire();

  boost::asio::steady_timer timer_;
  Clock clock_;
  Told told_;
  Board board_;
  AlertBook alerts_;
  Instant armed_for_ = kNever;
  bool stopped_ = false;
};

}  // namespace deskwire
