// SPDX-License-Identifier: Apache-2.0
// What every room that serves people shares, wired over the runtime's seams: names, figures, sight,
// look-ups, sign-in. Loop thread only.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "desk/board.hpp"
#include "desk/lookup.hpp"
#include "desk/people.hpp"
#include "desk/sign_in.hpp"
#include "runtime/feed.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class FrontDesk {
 public:
  /// `state` holds exactly what is durable: make it before the core starts.
  FrontDesk(SignInSettings settings, const State& state, Gateway& gateway, Workers& workers,
            Feed& feed);
  FrontDesk(const FrontDesk&) = delete;
  FrontDesk& operator=(const FrontDesk&) = delete;

  /// Called after the board took a committed batch. Listeners live as long as the desk.
  using Listener = std::function<void(const std::shared_ptr<const Batch>&, const BoardChange&)>;
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  [[nodiscard]] Gateway& gateway() { return gateway_; }
  [[nodiscard]] Workers& workers() { return workers_; }
  [[nodiscard]] Feed& feed() { return feed_; }
  [[nodiscard]] Directory& directory() { return directory_; }
  [[nodiscard]] const Board& board() const { return board_; }
  [[nodiscard]] Lookup& lookup() { return lookup_; }
  [[nodiscard]] SignIn& sign_in() { return sign_in_; }

 private:
  Gateway& gateway_;
  Workers& workers_;
  Feed& feed_;
  Directory directory_;
  Board board_;
  Lookup lookup_;
  SignIn sign_in_;
  std::vector<Listener> listeners_;
  Feed::Subscription subscription_;
};

}  // namespace deskwire
