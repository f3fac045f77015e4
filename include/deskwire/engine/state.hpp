// SPDX-License-Identifier: Apache-2.0
// The engine's state: live rows by id. Loads are always derived from rows, never counted separately in a way that can drift.
#pragma once
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/events.hpp"
#include "deskwire/domain/policy.hpp"

namespace deskwire {

class State {
 public:
  std::unordered_map<TicketId, Ticket> tickets;      ///< All but closed, and closed ones loaded lately.
  std::unordered_map<AgentId, Agent> agents;
  std::unordered_map<OfferId, Offer> offers;         ///< Pending; ended ones until the batch that ended them is sealed.
  std::unordered_map<MessageId, OutboxItem> outbox;  ///< Queued or sending.
  std::unordered_map<CustomerId, Customer> customers;///< Of live tickets.

  [[nodiscard]] const Ticket* ticket(TicketId id) const;
  [[nodiscard]] const Agent* agent(AgentId id) const;
  [[nodiscard]] const Offer* offer(OfferId id) const;
  /// Sum of live assignments and live offers of an agent, in percent of one full agent.
  [[nodiscard]] std::uint32_t load_percent(AgentId id) const;
};

}  // namespace deskwire
