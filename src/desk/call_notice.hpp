// SPDX-License-Identifier: Apache-2.0
// A telephone call as the agents' consoles are told of it: when it begins to ring and whenever
// something becomes of it. Kept nowhere.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "deskwire/port/store.hpp"

namespace deskwire {

struct CallNotice {
  std::string_view state;  ///< "ringing", "answered", "missed" or "ended".
  std::string call;        ///< The telephone system's name of it.
  std::string channel_name;
  std::string from;        ///< E.164, or as it was sent; empty if withheld.
  std::string from_shown;  ///< For people, never empty.
  CustomerId customer;     ///< Zero: nobody we know.
  std::string customer_name;
  std::vector<TicketRow> tickets;  ///< The customer's open ones; each agent is told those they see.
  AgentId agent;                   ///< Whose telephone it is; zero if nobody was named.
  Instant at;

  std::vector<AgentId> to;  ///< Their sessions are told,
  bool everyone = false;    ///< and those of everyone who sees `queue`.
  QueueId queue;
};

}  // namespace deskwire
