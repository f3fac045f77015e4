// SPDX-License-Identifier: Apache-2.0
// Which tickets a filter shows, newest first. A list is merged from runs of one queue or agent and
// one state, each already in order in its index, so its cost follows the page asked for and not the
// size of the store. Filters beyond those (`asks_details`) look at each open ticket that is left.
#pragma once
#include <functional>
#include <vector>

#include "deskwire/port/store.hpp"
#include "storage/sqlite/database.hpp"

namespace deskwire::sqlite {

class TicketLists {
 public:
  explicit TicketLists(const Database& database);

  /// At most `filter.limit` (1–200) ids, newest first.
  [[nodiscard]] std::vector<TicketId> find(const TicketFilter& filter);

 private:
  struct Search;

  void add_run(Search& search, Rows rows);
  [[nodiscard]] bool fits(const TicketFilter& filter, TicketId id);
  void add_queue(Search& search, QueueId queue);
  void add_agent(Search& search, AgentId agent);
  [[nodiscard]] std::vector<QueueId> all_queues();

  Statement by_queue_, by_agent_, by_customer_, by_id_, whole_, next_queue_;
};

}  // namespace deskwire::sqlite
