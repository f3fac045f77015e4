// SPDX-License-Identifier: Apache-2.0
// Why a command was refused: a closed set, mapped to SMTP, HTTP and JSON-RPC codes once at each
// edge.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <string_view>

namespace deskwire {

enum class Refusal : std::uint8_t {
  no_such_ticket,
  no_such_offer,
  no_such_agent,
  no_such_queue,
  no_such_message,
  not_offered_to_you,
  offer_ended,
  not_your_ticket,  ///< The ticket is neither assigned to the agent nor in one of the agent's
                    ///< queues.
  not_allowed,      ///< The role may not do this.
  wrong_state,      ///< The transition table has no such row.
  ticket_closed,
  ticket_changed,  ///< Somebody else wrote after `expected_seq`.
  agent_disabled,
  cannot_send_here,  ///< No address, or the participant is held as unverified.
  queue_not_empty,   ///< A policy drops a queue with waiting tickets and names no `moved_to`.
  invalid_argument,
  opted_out,       ///< The addressee asked not to be written to on this channel.
  identity_taken,  ///< The address belongs to another customer.
  no_such_customer,
  already_sent,   ///< Its sending has begun: it cannot be taken back.
  too_many_tags,  ///< A ticket has at most 20.
};

template <class T>
using Result = std::expected<T, Refusal>;

constexpr std::string_view name(Refusal r) {
  constexpr auto names = std::to_array<std::string_view>(
      {"no_such_ticket",  "no_such_offer",      "no_such_agent",    "no_such_queue",
       "no_such_message", "not_offered_to_you", "offer_ended",      "not_your_ticket",
       "not_allowed",     "wrong_state",        "ticket_closed",    "ticket_changed",
       "agent_disabled",  "cannot_send_here",   "queue_not_empty",  "invalid_argument",
       "opted_out",       "identity_taken",     "no_such_customer", "already_sent",
       "too_many_tags"});
  return names.at(static_cast<std::size_t>(r));
}

}  // namespace deskwire
