// SPDX-License-Identifier: Apache-2.0
#include "desk/alerts.hpp"

#include <algorithm>
#include <utility>

namespace deskwire {
namespace {

QueueFigures sum_of_all(const Board& board) {
  QueueFigures out;
  for (const Queue& one : board.policy()->queues) {
    const QueueFigures figures = board.queue(one.id);
    out.waiting += figures.waiting;
    out.at_risk += figures.at_risk;
    out.level.met += figures.level.met;
    out.level.total += figures.level.total;
    if (figures.oldest_at && (!out.oldest_at || figures.oldest_at < out.oldest_at))
      out.oldest_at = figures.oldest_at;
  }
  return out;
}

/// The figures that alerts watch: of a queue, or of all together, which are added up once.
class Watched {
 public:
  explicit Watched(const Board& board) : board_(board) {}
  QueueFigures of(QueueId queue) {
    if (queue) return board_.queue(queue);
    if (!all_) all_ = sum_of_all(board_);
    return *all_;
  }

 private:
  const Board& board_;
  std::optional<QueueFigures> all_;
};

/// In the threshold's unit; nothing where there is nothing to measure.
std::optional<std::int64_t> value_of(const Alert& alert, const QueueFigures& figures, Instant now) {
  switch (alert.when) {
    case AlertWhen::waiting:
      return static_cast<std::int64_t>(figures.waiting);
    case AlertWhen::at_risk:
      return static_cast<std::int64_t>(figures.at_risk);
    case AlertWhen::oldest:
      return figures.oldest_at ? std::max<std::int64_t>(0, (now - figures.oldest_at).ms) : 0;
    case AlertWhen::level:
      if (figures.level.total == 0) return std::nullopt;
      return static_cast<std::int64_t>(figures.level.met * 100 / figures.level.total);
  }
  return std::nullopt;
}

bool beyond(const Alert& alert, const std::optional<std::int64_t>& value) {
  if (!value) return false;
  return alert.over ? *value > alert.threshold : *value < alert.threshold;
}

/// A wait grows into an alert by itself, at this instant.
Instant grows_at(const Alert& alert, const QueueFigures& figures) {
  if (alert.when != AlertWhen::oldest || !alert.over || !figures.oldest_at) return kNever;
  return figures.oldest_at + milliseconds(alert.threshold + 1);
}

bool same(const Alert& a, const Alert& b) {
  return a.name == b.name && a.when == b.when && a.queue == b.queue && a.over == b.over &&
         a.threshold == b.threshold && a.hold == b.hold;
}

}  // namespace

void AlertBook::replace_policy(const PolicyPtr& policy) {
  std::vector<Entry> old = std::exchange(entries_, {});
  for (const Alert& alert : policy->alerts) {
    const auto known =
        std::ranges::find_if(old, [&](const Entry& e) { return same(e.alert, alert); });
    if (known != old.end())
      entries_.push_back(*known);
    else
      entries_.push_back({.alert = alert, .since = {}, .raised_at = {}, .value = {}});
  }
}

std::vector<std::size_t> AlertBook::judge(const Board& board) {
  std::vector<std::size_t> changed;
  const Instant now = board.now();
  Watched watched(board);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    const QueueFigures figures = watched.of(entry.alert.queue);
    const auto value = value_of(entry.alert, figures, now);
    if (!beyond(entry.alert, value)) {
      if (entry.raised_at) changed.push_back(i);
      entry.since = entry.raised_at = {};
      entry.value = value;
      continue;
    }
    // A wait is known to the millisecond, however late one looks.
    if (!entry.since) entry.since = std::min(now, grows_at(entry.alert, figures));
    if (entry.raised_at || now < entry.since + entry.alert.hold) continue;
    entry.raised_at = now;
    entry.value = value;
    changed.push_back(i);
  }
  return changed;
}

Instant AlertBook::next(const Board& board) const {
  Instant next = kNever;
  Watched watched(board);
  for (const Entry& entry : entries_) {
    if (entry.raised_at) continue;
    next = std::min(next, entry.since ? entry.since + entry.alert.hold
                                      : grows_at(entry.alert, watched.of(entry.alert.queue)));
  }
  return next;
}

}  // namespace deskwire
