// SPDX-License-Identifier: Apache-2.0
// The one table of legal transitions of a ticket: (from, verb, least party) gives to. What is not
// in the table is refused; `closed` leads nowhere. The documentation prints this table.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "deskwire/domain/names.hpp"

namespace deskwire {

/// What moves a ticket. A customer's message has two: to its agent, or back to the queue when the
/// agent is gone.
enum class Verb : std::uint8_t {
  accept_offer,
  claim,
  reply,
  set_pending,
  set_on_hold,
  resolve,
  transfer_to_queue,
  transfer_to_agent,
  customer_message_to_agent,
  customer_message_to_queue,
  close,
  snooze,
  unsnooze,
  withdraw_reply,  ///< The reply that took the ticket out of its queue is taken back.
};

/// Who moves it, from least to most. The system may do what an admin may; a customer only writes.
enum class Party : std::uint8_t { customer, agent, supervisor, admin, system };

struct Transition {
  TicketState from;
  Verb verb;
  Party least;
  TicketState to;
};

[[nodiscard]] std::span<const Transition> transitions();
/// Where `verb` by `who` leads from `from`; nothing when the table has no such row.
[[nodiscard]] std::optional<TicketState> next_state(TicketState from, Verb verb, Party who);
[[nodiscard]] Party party_of(Role role);
[[nodiscard]] std::string_view name(Verb verb);
[[nodiscard]] std::string_view name(Party party);

}  // namespace deskwire
