// SPDX-License-Identifier: Apache-2.0
// What every room that serves people shares, wired over the runtime's seams: names, figures, sight,
// look-ups, sign-in. Loop thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "desk/accounts.hpp"
#include "desk/board_watch.hpp"
#include "desk/lookup.hpp"
#include "desk/people.hpp"
#include "desk/sign_in.hpp"
#include "runtime/feed.hpp"
#include "runtime/gateway.hpp"
#include "runtime/workers.hpp"

namespace deskwire {

class FrontDesk {
 public:
  /// `state` holds exactly what is durable: make it before the core starts. `settings.now` is the
  /// desk's clock.
  FrontDesk(boost::asio::any_io_executor executor, const SignInSettings& settings,
            const State& state, Gateway& gateway, Workers& workers, Feed& feed);
  FrontDesk(const FrontDesk&) = delete;
  FrontDesk& operator=(const FrontDesk&) = delete;

  /// Called after the board took a committed batch, or, with null, after time alone changed it.
  /// Listeners live as long as the desk.
  using Listener = BoardWatch::Told;
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  [[nodiscard]] Gateway& gateway() { return gateway_; }
  [[nodiscard]] Workers& workers() { return workers_; }
  [[nodiscard]] Feed& feed() { return feed_; }
  [[nodiscard]] Directory& directory() { return directory_; }
  [[nodiscard]] const Board& board() const { return watch_.board(); }
  [[nodiscard]] const AlertBook& alerts() const { return watch_.alerts(); }
  [[nodiscard]] Lookup& lookup() { return lookup_; }
  [[nodiscard]] SignIn& sign_in() { return sign_in_; }
  [[nodiscard]] Accounts& accounts() { return accounts_; }
  /// Sets no timer any more.
  void stop() { watch_.stop(); }

 private:
  Gateway& gateway_;
  Workers& workers_;
  Feed& feed_;
  Directory directory_;
  std::vector<Listener> listeners_;
  BoardWatch watch_;
  Lookup lookup_;
  SignIn sign_in_;
  Accounts accounts_;
  Feed::Subscription subscription_;
};

}  // namespace deskwire
