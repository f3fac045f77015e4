// SPDX-License-Identifier: Apache-2.0
#include "desk/front_desk.hpp"

#include <utility>

namespace deskwire {

FrontDesk::FrontDesk(SignInSettings settings, const State& state, Gateway& gateway,
                     Workers& workers, Feed& feed)
    : gateway_(gateway),
      workers_(workers),
      feed_(feed),
      directory_(workers, feed),
      board_(state),
      lookup_(workers, gateway, directory_, board_),
      sign_in_(std::move(settings), workers, directory_, feed) {
  subscription_ = feed.subscribe([this](const std::shared_ptr<const Batch>& batch) {
    const BoardChange change = board_.apply(*batch);
    for (const Listener& listener : listeners_) listener(batch, change);
  });
}

}  // namespace deskwire
