// SPDX-License-Identifier: Apache-2.0
#include "console/fan_out.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace deskwire {

namespace {

/// Where hardly two sessions are equal, keeping their bytes would only cost memory.
constexpr std::size_t kKept = 256;

}  // namespace

FanOut::FanOut(std::vector<Viewer> viewers) : viewers_(std::move(viewers)), seen_(viewers_.size()) {
  for (std::size_t i = 0; i < viewers_.size(); ++i) places_[viewers_[i].agent] = i;
}

void FanOut::add(EventText event, const std::vector<std::size_t>& to) {
  add(std::move(event), false, to);
}

void FanOut::add_board(EventText event, std::uint64_t revision,
                       const std::vector<std::size_t>& to) {
  revision_ = revision;
  add(std::move(event), true, to);
}

void FanOut::add(EventText event, bool board, const std::vector<std::size_t>& to) {
  const auto place = static_cast<std::uint32_t>(events_.size());
  for (const std::size_t viewer : to) seen_[viewer].push_back(place);
  events_.push_back({std::move(event), board});
}

void FanOut::group() {
  const auto less = [](const Seen* a, const Seen* b) { return *a < *b; };
  std::set<const Seen*, decltype(less)> distinct(less);
  for (const Seen& seen : seen_) grouped_.push_back(*distinct.insert(&seen).first);
}

FanOut::Kind FanOut::kind_of(const Session& session, const Seen& seen) const {
  const auto at_of = [this](std::uint32_t event) { return events_[event].text.at; };
  const auto rows =
      std::ranges::find_if(seen, [this](std::uint32_t e) { return events_[e].board; });
  const auto known = std::upper_bound(
      seen.begin(), rows, session.live_after,
      [&](std::uint64_t row, std::uint32_t event) { return row < at_of(event).row; });
  Kind kind{.seen = &seen,
            .known = static_cast<std::size_t>(known - seen.begin()),
            .board = false,
            .prev = session.sent.wire()};
  // A session that is ahead of these rows has batches to come, and with them newer rows.
  kind.board = session.board && revision_ > session.board_after && rows != seen.end() &&
               session.sent.wire() <= at_of(*rows).wire();
  return kind;
}

FanOut::Told FanOut::write(const Kind& kind) const {
  EventChain chain(Cursor::from_wire(kind.prev));
  for (std::size_t i = kind.known; i < kind.seen->size(); ++i) {
    const Entry& entry = events_[(*kind.seen)[i]];
    if (entry.board && !kind.board) break;
    chain.add(entry.text);
  }
  Told out{.frames = chain.take(), .sent = chain.sent()};
  return out;
}

void FanOut::tell(Session& session) {
  if (grouped_.empty()) group();
  const auto place = places_.find(session.who->id);
  if (place == places_.end() || grouped_[place->second]->empty()) return;
  const Kind kind = kind_of(session, *grouped_[place->second]);
  if (told_.size() >= kKept && !told_.contains(kind)) told_.clear();
  auto told = told_.find(kind);
  if (told == told_.end()) told = told_.emplace(kind, write(kind)).first;
  session.sent = told->second.sent;
  for (const FramesPtr& frames : told->second.frames) session.socket->send(frames);
}

}  // namespace deskwire
