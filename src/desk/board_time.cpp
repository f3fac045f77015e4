// SPDX-License-Identifier: Apache-2.0
// What time alone changes on the board, and the figures read from it.
#include <algorithm>
#include <iterator>

#include "desk/board.hpp"

namespace deskwire {
namespace {

/// Waits are estimated anew at most this often while tickets come and go,
constexpr Duration kLookEvery = seconds(1);
/// and at least this often while one is due soon: a pace grows old by itself.
constexpr Duration kLookAgain = minutes(1);

}  // namespace

void Board::move_dues(Line& line) const {
  const auto move = [&](std::set<Due>& from, std::set<Due>& to, Instant before) {
    while (!from.empty() && from.begin()->first < before) {
      to.insert(from.extract(from.begin()));
      line.dirty = true;
    }
  };
  move(line.later, line.soon, now_ + kSoon + milliseconds(1));
  move(line.soon, line.late, now_);
}

bool Board::anyone_there(QueueId id) const {
  return std::ranges::any_of(agents_, [id](const auto& row) {
    const Agent& agent = row.second;
    return agent.enabled && agent.connected && agent.presence == Presence::available &&
           agent.capacity_percent > 0 && std::ranges::binary_search(agent.queues, id);
  });
}

/// Estimates the line's waits. Walks the line only as far as the last ticket that is due soon; true
/// when a figure changed.
bool Board::look_ahead(Line& line, QueueId id) const {
  const std::optional<Pace> pace = line.tally.pace(now_);
  std::map<Due, Risk> risks;
  line.crossing = kNever;
  // What is late is no risk any more: it has a figure of its own.
  const auto first_soon = line.by_due.lower_bound({now_, TicketId{}});
  const auto end_of_soon = line.by_due.upper_bound({now_ + kSoon, TicketId{~0ULL}});
  auto left = static_cast<std::size_t>(std::distance(first_soon, end_of_soon));
  // Of a line that stands still nothing is known, unless it is that nobody is there.
  const bool known = pace || (left > 0 && !anyone_there(id));
  std::size_t place = 0;
  for (auto at = line.by_rank.begin(); known && left > 0 && at != line.by_rank.end(); ++at) {
    ++place;
    const Instant due = at->second;
    if (due < now_ || due > now_ + kSoon) continue;
    --left;
    const Instant starts_at = pace ? now_ + pace->until_turn(place) : kNever;
    const TicketId ticket = at->first.second;
    if (starts_at > due)
      risks.emplace(Due{due, ticket}, Risk{ticket, id, due, place, starts_at});
    else
      line.crossing = std::min(line.crossing, now_ + (due - starts_at) + milliseconds(1));
  }
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  const bool changed = pace != line.pace || !std::ranges::equal(risks, line.risks, same);
  line.pace = pace;
  line.risks = std::move(risks);
  line.dirty = false;
  return changed;
}

void Board::begin_day(BoardChange& change) {
  const Instant day = policy_->day_of(now_);
  if (day <= day_) return;
  day_ = day;
  for (auto& [id, burden] : burdens_) {
    if (burden.answered_today > 0) change.agents.push_back(id);
    burden.answered_today = 0;
  }
}

BoardChange Board::advance(Instant now) {
  BoardChange change;
  now_ = std::max(now_, now);
  begin_day(change);
  const bool look = now_ >= looked_at_ + kLookEvery;
  for (auto& [id, line] : lines_) {
    const std::size_t soon = line.soon.size(), late = line.late.size();
    move_dues(line);
    bool changed =
        line.tally.advance(now_, day_) || line.soon.size() != soon || line.late.size() != late;
    const bool due = now_ >= line.crossing ||
                     (!line.by_due.empty() && line.by_due.begin()->first <= now_ + kSoon &&
                      now_ >= looked_at_ + kLookAgain);
    // A new slot is reason enough: what was taken in the oldest is forgotten.
    if ((look && (line.dirty || changed)) || due) {
      const bool had = !line.risks.empty();
      const bool differs = look_ahead(line, id);
      change.risks = change.risks || (differs && (had || !line.risks.empty()));
      changed = changed || differs;
    }
    if (changed) change.queues.push_back(id);
  }
  if (look) looked_at_ = now_;
  finish(change);
  return change;
}

Instant Board::next_advance() const {
  Instant next = kNever;
  for (const auto& [id, line] : lines_) {
    next = std::min({next, line.tally.slot_at() + kSlot, line.crossing});
    if (line.dirty) next = std::min(next, looked_at_ + kLookEvery);
    if (!line.later.empty()) next = std::min(next, line.later.begin()->first - kSoon);
    if (!line.soon.empty()) next = std::min(next, line.soon.begin()->first + milliseconds(1));
    const bool soon = !line.by_due.empty() && line.by_due.begin()->first <= now_ + kSoon;
    if (soon) next = std::min(next, looked_at_ + kLookAgain);
  }
  return next;
}

QueueFigures Board::queue(QueueId id) const {
  QueueFigures out;
  out.queue = id;
  const auto found = lines_.find(id);
  if (found == lines_.end()) return out;
  const Line& line = found->second;
  out.waiting = line.by_age.size();
  if (!line.by_age.empty()) out.oldest_at = line.by_age.begin()->first;
  if (!line.by_due.empty()) out.next_due_at = line.by_due.begin()->first;
  out.late = line.late.size();
  out.due_soon = line.soon.size();
  out.at_risk = line.risks.size();
  out.level = line.tally.level();
  if (line.pace) out.wait = line.pace->expected(line.by_age.size());
  out.slot_at = line.tally.slot_at();
  out.arrivals = line.tally.arrivals();
  out.answered = line.tally.answered();
  return out;
}

std::size_t Board::at_risk(QueueId id) const {
  const auto found = lines_.find(id);
  return found == lines_.end() ? 0 : found->second.risks.size();
}

std::vector<Risk> Board::risks(QueueId id) const {
  std::vector<Risk> out;
  if (const auto found = lines_.find(id); found != lines_.end())
    for (const auto& [due, risk] : found->second.risks) out.push_back(risk);
  return out;
}

std::vector<TicketId> Board::line_up(const std::vector<QueueId>& queues, std::size_t skip,
                                     std::size_t limit) const {
  struct Run {
    std::set<Due>::const_iterator at, end;
    bool operator<(const Run& other) const { return *other.at < *at; }
  };
  std::vector<Run> runs;
  std::vector<Due> rest;
  for (const QueueId id : queues) {
    const auto found = lines_.find(id);
    if (found == lines_.end()) continue;
    const Line& line = found->second;
    if (!line.by_due.empty()) runs.push_back({line.by_due.begin(), line.by_due.end()});
    if (line.by_due.size() == line.by_age.size()) continue;
    for (const auto& [since, ticket] : line.by_age)
      if (tickets_.at(ticket).due_at == kNever) rest.emplace_back(since, ticket);
  }
  std::ranges::sort(rest);
  std::vector<TicketId> out;
  const auto take = [&](TicketId id) {
    if (skip > 0)
      --skip;
    else
      out.push_back(id);
  };
  std::make_heap(runs.begin(), runs.end());
  while (!runs.empty() && out.size() < limit) {
    std::pop_heap(runs.begin(), runs.end());
    take(runs.back().at->second);
    if (++runs.back().at == runs.back().end)
      runs.pop_back();
    else
      std::push_heap(runs.begin(), runs.end());
  }
  for (auto at = rest.begin(); at != rest.end() && out.size() < limit; ++at) take(at->second);
  return out;
}

std::vector<TicketId> Board::list(Figure figure, QueueId queue, AgentId agent) const {
  std::vector<TicketId> out;
  const auto found = lines_.find(queue);
  if (found == lines_.end()) return out;
  const Line& line = found->second;
  const auto add_dues = [&](const auto& dues) {
    for (const auto& due : dues) out.push_back(due.second);
  };
  const auto add_endings = [&](auto wanted) {
    for (const Ending& ending : line.tally.endings())
      if (wanted(ending) && (!agent || ending.agent == agent)) out.push_back(ending.ticket);
    std::ranges::reverse(out);
  };
  switch (figure) {
    case Figure::waiting:
      add_dues(line.by_age);
      break;
    case Figure::late:
      add_dues(line.late);
      break;
    case Figure::due_in_30m:
      add_dues(line.soon);
      break;
    case Figure::at_risk:
      for (const auto& [due, risk] : line.risks) out.push_back(risk.ticket);
      break;
    case Figure::met:
      add_endings([&](const Ending& e) { return line.tally.standing(e) == Standing::met; });
      break;
    case Figure::missed:
      add_endings([&](const Ending& e) { return line.tally.standing(e) == Standing::missed; });
      break;
    case Figure::answered:
      add_endings([](const Ending& e) { return e.answered; });
      break;
    case Figure::assigned:
      for (const auto& [id, share] : tickets_)
        if (share.state == TicketState::assigned && share.queue == queue &&
            (!agent || share.agent == agent))
          out.push_back(id);
      std::ranges::sort(out);
      break;
  }
  return out;
}

}  // namespace deskwire
