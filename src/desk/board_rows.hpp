// SPDX-License-Identifier: Apache-2.0
// What stands above and beside the board's queues and agents, as the objects of the public
// interfaces.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>

#include "desk/alerts.hpp"
#include "desk/board.hpp"
#include "desk/people.hpp"
#include "desk/sight.hpp"
#include "desk/totals.hpp"

namespace deskwire::rows {

/// `{waiting,oldest_at,level,due_in_30m,at_risk,agents_on,agents_free}`.
[[nodiscard]] boost::json::object totals(const TotalFigures& figures);
/// `[{ticket,due_at,queue,place,expected_at,remedy,act,agent}]`, the soonest first; for those who
/// may act on all of it, else empty.
[[nodiscard]] boost::json::array risks(const Board& board, const Sight& sight,
                                       const People& people);
/// `{name,state,when,queue,over,under,for_seconds,value,since,raised_at}`.
[[nodiscard]] boost::json::object alert(const AlertBook::Entry& entry, const Policy& policy);
/// Those that are raised, for those who see all queues, else empty.
[[nodiscard]] boost::json::array alerts(const AlertBook& book, const Sight& sight,
                                        const Policy& policy);

/// What a supervisor can do about a risk.
struct Remedy {
  std::string words;     ///< "bring back Ann, away for 12 min".
  std::string_view act{};  ///< What does it at once: bring_back, give (to `agent`) or raise (its
                         ///< priority); empty: nothing that one call does.
  AgentId agent{};
};
[[nodiscard]] Remedy remedy(const Board& board, const Risk& risk, const People& people);

}  // namespace deskwire::rows
