// SPDX-License-Identifier: Apache-2.0
// What changed on the board as events for those who watch it. All rows of one telling are of one
// instant, the totals last: with them the watcher's figures add up again.
#pragma once
#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "console/fan_out.hpp"
#include "desk/front_desk.hpp"

namespace deskwire {

class BoardTelling {
 public:
  BoardTelling(const FrontDesk& desk, const People& people, Cursor at, FanOut& fan)
      : desk_(desk), people_(people), at_(at), fan_(fan) {}

  /// Rows are made for these alone.
  void watched_by(const std::set<AgentId>& agents);
  void tell(const BoardChange& change);

 private:
  using Sees = std::function<bool(const Sight&)>;
  [[nodiscard]] std::vector<std::size_t> those_who(const Sees& sees) const;
  void add(std::string_view type, const boost::json::object& row,
           const std::vector<std::size_t>& to);
  void tell_queues(const std::vector<QueueId>& ids);
  void tell_agents(const std::vector<AgentId>& ids);
  void tell_risks();
  void tell_alerts(const std::vector<std::size_t>& places);
  void tell_totals();

  const FrontDesk& desk_;
  const People& people_;
  Cursor at_;
  FanOut& fan_;
  std::vector<std::size_t> watchers_;  ///< Positions in the viewers.
};

}  // namespace deskwire
