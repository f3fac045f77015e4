// SPDX-License-Identifier: Apache-2.0
// Each move asks the transition table, then lets clocks, capacity and the line follow.
#include "engine/handling.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "deskwire/domain/tag.hpp"
#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/clocks.hpp"
#include "engine/offers.hpp"
#include "engine/replies.hpp"
#include "engine/routing.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kDispositionBytes = 200;
/// Whoever means "never" resolves it.
constexpr Duration kLongestSnooze = days(366);

/// A ticket that the actor may move by `verb`, and where that leads.
struct Move {
  const Agent* agent = nullptr;
  const Ticket* ticket = nullptr;  ///< Null: rows are missing.
  TicketState to = TicketState::queued;
};

Result<Move> check_move(Desk& desk, TicketId id, Verb verb) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const auto ticket = ticket_to_change(desk, id, *agent);
  if (!ticket) return std::unexpected(ticket.error());
  if (!*ticket) return Move{};
  const auto to = next_state((*ticket)->state, verb, party_of(*agent));
  if (!to) return std::unexpected(Refusal::wrong_state);
  desk.receipt().ticket = id;
  return Move{*agent, *ticket, *to};
}

void change_state(Desk& desk, const Ticket& ticket, TicketState to, std::string disposition) {
  if (ticket.offer) rescind(desk, ticket.offer, RescindCause::ticket_left_queue);
  if (ticket.agent) desk.freed_agents.push_back(ticket.agent);
  desk.emit(TicketStateChanged{ticket.id, ticket.state, to, std::move(disposition), desk.now});
}

/// Pending and on hold differ in whom the ticket waits for; the clocks rest in both.
Outcome set_waiting(Desk& desk, TicketId id, Verb verb) {
  const auto move = check_move(desk, id, verb);
  if (!move) return std::unexpected(move.error());
  if (!move->ticket) return {};
  change_state(desk, *move->ticket, move->to, {});
  pause_clocks(desk, id);
  return {};
}

void transfer_to_queue(Desk& desk, const Ticket& ticket, QueueId queue) {
  resume_clocks(desk, ticket.id);
  take_from_agent(desk, ticket.id);
  const ChannelPolicy* address = desk.policy().channel(ticket.channel_name);
  enter_queue(desk, ticket.id,
              {.queue = queue,
               .rule = {},
               .priority = ticket.priority,
               .required = required_by(desk, queue, {}, address),
               .queued_at = ticket.queued_at,
               .preferred = {}});
}

using Tags = std::vector<std::string>;

bool contains(const Tags& tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

/// The tags of `wanted` that are (or are not) in `has`, each once.
Tags tags_that(bool are, const Tags& has, const Tags& wanted) {
  Tags out;
  for (const std::string& tag : wanted)
    if (contains(has, tag) == are && !contains(out, tag)) out.push_back(tag);
  return out;
}

}  // namespace

Outcome decide(Desk& desk, const SetPending& command) {
  return set_waiting(desk, command.ticket, Verb::set_pending);
}

Outcome decide(Desk& desk, const SetOnHold& command) {
  return set_waiting(desk, command.ticket, Verb::set_on_hold);
}

Outcome decide(Desk& desk, const ResolveTicket& command) {
  const auto move = check_move(desk, command.ticket, Verb::resolve);
  if (!move) return std::unexpected(move.error());
  if (!move->ticket) return {};
  change_state(desk, *move->ticket, move->to,
               std::string(utf8_prefix(command.disposition, kDispositionBytes)));
  stop_clock(desk, command.ticket, Metric::resolution);
  // Resolving is no answer: a first response that is still due rests until the customer comes back.
  pause_clocks(desk, command.ticket);
  return {};
}

Outcome decide(Desk& desk, const TransferTicket& command) {
  if (bool(command.queue) == bool(command.agent)) return std::unexpected(Refusal::invalid_argument);
  const Verb verb = command.queue ? Verb::transfer_to_queue : Verb::transfer_to_agent;
  if (command.queue && !desk.queue(command.queue)) return std::unexpected(Refusal::no_such_queue);
  const Agent* target = desk.state.agent(command.agent);
  if (command.agent && !target) return std::unexpected(Refusal::no_such_agent);
  if (target && !target->enabled) return std::unexpected(Refusal::agent_disabled);
  const auto move = check_move(desk, command.ticket, verb);
  if (!move) return std::unexpected(move.error());
  if (!move->ticket) return {};

  const Ticket& ticket = *move->ticket;
  if (command.note) write_note(desk, command.ticket, move->agent, {});
  if (command.queue) {
    transfer_to_queue(desk, ticket, command.queue);
  } else if (ticket.state != TicketState::assigned || ticket.agent != command.agent) {
    resume_clocks(desk, command.ticket);
    assign_by_hand(desk, command.ticket, command.agent);
  } else {
    wake(desk, command.ticket, WakeCause::agent);
  }
  return {};
}

Outcome decide(Desk& desk, const SetPriority& command) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const auto found = ticket_to_change(desk, command.ticket, *agent);
  if (!found) return std::unexpected(found.error());
  if (!*found) return {};
  const Ticket& ticket = **found;
  desk.receipt().ticket = ticket.id;
  if (ticket.priority == command.priority) return {};
  if (*agent) wake(desk, ticket.id, WakeCause::agent);
  desk.emit(PriorityChanged{ticket.id, command.priority, desk.now});
  retarget_clocks(desk, ticket.id);
  if (ticket.state == TicketState::queued) rerank(desk, ticket.id);
  return {};
}

Outcome decide(Desk& desk, const ClaimTicket& command) {
  const auto agent = acting_agent(desk);
  if (!agent) return std::unexpected(agent.error());
  const auto move = check_move(desk, command.ticket, Verb::claim);
  if (!move) return std::unexpected(move.error());
  if (!move->ticket) return {};
  assign_by_hand(desk, command.ticket, (*agent)->id);
  return {};
}

Outcome decide(Desk& desk, const SnoozeTicket& command) {
  if (command.until <= desk.now || command.until > desk.now + kLongestSnooze)
    return std::unexpected(Refusal::invalid_argument);
  const auto move = check_move(desk, command.ticket, Verb::snooze);
  if (!move) return std::unexpected(move.error());
  if (!move->ticket || move->ticket->snoozed_until == command.until) return {};
  desk.freed_agents.push_back(move->ticket->agent);
  desk.emit(TicketSnoozed{command.ticket, move->ticket->agent, command.until, desk.now});
  return {};
}

Outcome decide(Desk& desk, const UnsnoozeTicket& command) {
  const auto move = check_move(desk, command.ticket, Verb::unsnooze);
  if (!move) return std::unexpected(move.error());
  if (move->ticket) wake(desk, command.ticket, WakeCause::agent);
  return {};
}

Outcome decide(Desk& desk, const TagTicket& command) {
  if (!std::ranges::all_of(command.add, is_tag)) return std::unexpected(Refusal::invalid_argument);
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const auto found = ticket_to_change(desk, command.ticket, *agent);
  if (!found) return std::unexpected(found.error());
  if (!*found) return {};
  const Ticket& ticket = **found;
  desk.receipt().ticket = ticket.id;
  Tags added = tags_that(false, ticket.tags, command.add);
  Tags removed = tags_that(true, ticket.tags, command.remove);
  // What is both added and removed is gone.
  std::erase_if(added, [&](const std::string& tag) { return contains(command.remove, tag); });
  if (added.empty() && removed.empty()) return {};
  if (ticket.tags.size() + added.size() > kTagsOfTicket + removed.size())
    return std::unexpected(Refusal::too_many_tags);
  if (*agent) wake(desk, ticket.id, WakeCause::agent);
  desk.emit(TicketTagged{ticket.id, std::move(added), std::move(removed), desk.now});
  return {};
}

}  // namespace deskwire
