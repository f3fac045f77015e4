// SPDX-License-Identifier: Apache-2.0
#include "desk/front_desk.hpp"

#include <utility>

namespace deskwire {

FrontDesk::FrontDesk(boost::asio::any_io_executor executor, const SignInSettings& settings,
                     const State& state, Gateway& gateway, Workers& workers, Feed& feed)
    : gateway_(gateway),
      workers_(workers),
      feed_(feed),
      directory_(workers, feed),
      watch_(std::move(executor), state, gateway.policy(), settings.now,
             [this](const std::shared_ptr<const Batch>& batch, const BoardChange& change) {
               for (const Listener& listener : listeners_) listener(batch, change);
             }),
      lookup_(workers, gateway, directory_, watch_.board()),
      sign_in_(settings, workers, directory_, feed),
      accounts_(workers, gateway, watch_.board(), settings.cost, settings.now,
                [this](AgentId user) { sign_in_.forget_user(user); }) {
  subscription_ = feed.subscribe([this](const std::shared_ptr<const Batch>& batch) {
    watch_.on_batch(batch, gateway_.policy());
  });
}

}  // namespace deskwire
