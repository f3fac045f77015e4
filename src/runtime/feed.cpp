// SPDX-License-Identifier: Apache-2.0
#include "runtime/feed.hpp"

#include <utility>

namespace deskwire {

Feed::Subscription Feed::subscribe(Listener listener) {
  const std::uint64_t id = next_id_++;
  listeners_.emplace(id, std::make_shared<Listener>(std::move(listener)));
  return {this, id};
}

void Feed::publish(const std::shared_ptr<const Batch>& batch) {
  if (!batch->journal.empty()) seq_ = batch->journal.back().seq;
  // A listener may end its own or another's subscription, or begin one, while it is called. New
  // ones have greater ids and start with the next batch.
  const std::uint64_t end = next_id_;
  for (auto it = listeners_.begin(); it != listeners_.end() && it->first < end;) {
    const std::uint64_t id = it->first;
    const std::shared_ptr<Listener> listener = it->second;
    (*listener)(batch);
    it = listeners_.upper_bound(id);
  }
}

}  // namespace deskwire
