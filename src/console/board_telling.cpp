// SPDX-License-Identifier: Apache-2.0
#include "console/board_telling.hpp"

#include <algorithm>
#include <utility>

#include "desk/board_rows.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace json = boost::json;

namespace {

template <class Id>
std::vector<Id> each_once(std::vector<Id> ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

}  // namespace

void BoardTelling::watched_by(const std::set<AgentId>& agents) {
  for (std::size_t i = 0; i < fan_.viewers().size(); ++i)
    if (agents.contains(fan_.viewers()[i].agent)) watchers_.push_back(i);
}

std::vector<std::size_t> BoardTelling::those_who(const Sees& sees) const {
  std::vector<std::size_t> out;
  for (const std::size_t i : watchers_)
    if (sees(fan_.viewers()[i].sight)) out.push_back(i);
  return out;
}

void BoardTelling::add(std::string_view type, const json::object& row,
                       const std::vector<std::size_t>& to) {
  const Board& board = desk_.board();
  fan_.add_board(EventText(at_, board.now(), event_of(type, row)), board.revision(), to);
}

void BoardTelling::tell(const BoardChange& change) {
  if (watchers_.empty()) return;
  tell_queues(each_once(change.queues));
  tell_agents(each_once(change.agents));
  if (change.risks) tell_risks();
  tell_alerts(each_once(change.alerts));
  tell_totals();
}

void BoardTelling::tell_queues(const std::vector<QueueId>& ids) {
  const Board& board = desk_.board();
  for (const QueueId id : ids) {
    if (board.policy()->queue(id) == nullptr) continue;
    const auto to = those_who([id](const Sight& sight) { return sight.sees_queue(id); });
    if (!to.empty()) add("board.queue", rows::queue(board.queue(id), *board.policy()), to);
  }
}

void BoardTelling::tell_agents(const std::vector<AgentId>& ids) {
  const Board& board = desk_.board();
  for (const AgentId id : ids) {
    const Agent* agent = board.agent(id);
    if (agent == nullptr) continue;
    const auto to = those_who([agent](const Sight& sight) { return sight.sees_agent(*agent); });
    if (!to.empty()) add("board.agent", rows::agent(*agent, board, people_, *board.policy()), to);
  }
}

void BoardTelling::tell_risks() {
  const auto to = those_who([](const Sight& sight) { return sight.all(); });
  if (to.empty()) return;
  const Sight& sight = fan_.viewers()[to.front()].sight;
  add("board.at_risk", {{"items", rows::risks(desk_.board(), sight, people_)}}, to);
}

void BoardTelling::tell_alerts(const std::vector<std::size_t>& places) {
  const auto to = those_who([](const Sight& sight) { return sight.all(); });
  const auto& entries = desk_.alerts().entries();
  for (const std::size_t place : places)
    // A new policy may have fewer of them.
    if (!to.empty() && place < entries.size())
      add("board.alert", rows::alert(entries[place], *desk_.board().policy()), to);
}

/// Once for all who see the same queues.
void BoardTelling::tell_totals() {
  std::vector<std::size_t> left = watchers_;
  while (!left.empty()) {
    const Sight& sight = fan_.viewers()[left.front()].sight;
    std::vector<std::size_t> same, others;
    for (const std::size_t i : left)
      (fan_.viewers()[i].sight.sees_as(sight) ? same : others).push_back(i);
    add("board.totals", rows::totals(totals_of(desk_.board(), sight)), same);
    left = std::move(others);
  }
}

}  // namespace deskwire
