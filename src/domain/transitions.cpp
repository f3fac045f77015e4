// SPDX-License-Identifier: Apache-2.0
// The rows of the transition table, ordered by state.
#include "deskwire/domain/transitions.hpp"

#include <algorithm>
#include <array>

namespace deskwire {
namespace {

using enum TicketState;
using enum Verb;

constexpr auto kTransitions = std::to_array<Transition>({
    {queued, accept_offer, Party::agent, assigned},
    {queued, claim, Party::agent, assigned},
    {queued, reply, Party::agent, assigned},
    {queued, resolve, Party::supervisor, resolved},
    {queued, transfer_to_queue, Party::agent, queued},
    {queued, transfer_to_agent, Party::agent, assigned},
    {queued, customer_message_to_queue, Party::customer, queued},

    {assigned, reply, Party::agent, assigned},
    {assigned, set_pending, Party::agent, pending},
    {assigned, set_on_hold, Party::agent, on_hold},
    {assigned, resolve, Party::agent, resolved},
    {assigned, transfer_to_queue, Party::agent, queued},
    {assigned, transfer_to_agent, Party::agent, assigned},
    {assigned, snooze, Party::agent, assigned},
    {assigned, unsnooze, Party::agent, assigned},
    {assigned, withdraw_reply, Party::agent, queued},
    {assigned, customer_message_to_agent, Party::customer, assigned},

    {pending, reply, Party::agent, pending},
    {pending, set_on_hold, Party::agent, on_hold},
    {pending, resolve, Party::agent, resolved},
    {pending, transfer_to_queue, Party::agent, queued},
    {pending, transfer_to_agent, Party::agent, assigned},
    {pending, customer_message_to_agent, Party::customer, assigned},
    {pending, customer_message_to_queue, Party::customer, queued},

    {on_hold, reply, Party::agent, on_hold},
    {on_hold, set_pending, Party::agent, pending},
    {on_hold, resolve, Party::agent, resolved},
    {on_hold, transfer_to_queue, Party::agent, queued},
    {on_hold, transfer_to_agent, Party::agent, assigned},
    {on_hold, customer_message_to_agent, Party::customer, assigned},
    {on_hold, customer_message_to_queue, Party::customer, queued},

    {resolved, reply, Party::agent, resolved},
    {resolved, transfer_to_queue, Party::agent, queued},
    {resolved, transfer_to_agent, Party::agent, assigned},
    {resolved, customer_message_to_agent, Party::customer, assigned},
    {resolved, customer_message_to_queue, Party::customer, queued},
    {resolved, close, Party::system, closed},
});

constexpr auto kVerbs = std::to_array<std::string_view>(
    {"accept_offer", "claim", "reply", "set_pending", "set_on_hold", "resolve", "transfer_to_queue",
     "transfer_to_agent", "customer_message_to_agent", "customer_message_to_queue", "close",
     "snooze", "unsnooze", "withdraw_reply"});
constexpr auto kParties =
    std::to_array<std::string_view>({"customer", "agent", "supervisor", "admin", "system"});

/// A customer's rows are the customer's alone: nobody else can write in their name.
bool may(Party who, Party least) {
  return least == Party::customer ? who == Party::customer : who >= least;
}

}  // namespace

std::span<const Transition> transitions() { return kTransitions; }

std::optional<TicketState> next_state(TicketState from, Verb verb, Party who) {
  const auto row = std::ranges::find_if(kTransitions, [&](const Transition& t) {
    return t.from == from && t.verb == verb && may(who, t.least);
  });
  if (row == kTransitions.end()) return std::nullopt;
  return row->to;
}

Party party_of(Role role) {
  switch (role) {
    case Role::agent:
      return Party::agent;
    case Role::supervisor:
      return Party::supervisor;
    case Role::admin:
      return Party::admin;
  }
  return Party::agent;
}

std::string_view name(Verb verb) { return kVerbs.at(static_cast<std::size_t>(verb)); }
std::string_view name(Party party) { return kParties.at(static_cast<std::size_t>(party)); }

}  // namespace deskwire
