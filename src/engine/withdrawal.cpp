// SPDX-License-Identifier: Apache-2.0
#include "engine/withdrawal.hpp"

#include <algorithm>

#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/held_answers.hpp"
#include "engine/routing.hpp"

namespace deskwire {
namespace {

/// Whoever wrote it, wherever the ticket is by now, and supervisors.
Outcome may_withdraw(Desk& desk, const Message& message, const Agent& agent) {
  const bool own = message.author_kind == AuthorKind::agent && message.author == agent.id.value;
  if (own) return {};
  const auto ticket = ticket_to_see(desk, message.ticket, &agent);
  if (!ticket) return std::unexpected(ticket.error());
  if (agent.role == Role::agent) return std::unexpected(Refusal::not_allowed);
  return {};
}

/// Its author still has the ticket, as the reply left it.
bool untouched_since(const Ticket& ticket, const Message& message, const OutboxItem& item) {
  return ticket.state == TicketState::assigned && ticket.agent.value == message.author &&
         ticket.assigned_at <= item.created_at &&
         std::max(ticket.last_writer_seq, ticket.other_writer_seq) <= message.seq;
}

void put_back_in_queue(Desk& desk, TicketId id) {
  const Ticket& ticket = *desk.state.ticket(id);
  const AgentId author = ticket.agent;
  take_from_agent(desk, id);
  const QueueId queue = existing_queue(desk, ticket.queue);
  enter_queue(desk, id,
              {.queue = queue,
               .rule = ticket.rule,
               .priority = ticket.priority,
               .required = required_now(desk, ticket, queue),
               .queued_at = ticket.queued_at,
               .preferred = author});
}

void put_back(Desk& desk, const Message& message, const OutboxItem& item) {
  const Ticket* ticket = desk.state.ticket(message.ticket);
  if (!ticket) return;
  if (untouched_since(*ticket, message, item)) {
    const bool asleep = item.snoozed_until > desk.now && ticket->last_in_seq < message.seq;
    const auto waits = next_state(ticket->state, Verb::withdraw_reply, Party::agent);
    if (item.took_ticket && waits) {
      put_back_in_queue(desk, ticket->id);
    } else if (asleep && !ticket->snoozed_until) {
      desk.freed_agents.push_back(ticket->agent);
      desk.emit(TicketSnoozed{ticket->id, ticket->agent, item.snoozed_until, desk.now});
    }
  } else if (ticket->state == TicketState::queued) {
    rerank(desk, ticket->id);
  }
}

}  // namespace

Outcome decide(Desk& desk, const WithdrawMessage& command) {
  const auto agent = acting_agent(desk);
  if (!agent) return std::unexpected(agent.error());
  const Message* found = desk.find_message(command.message);
  if (desk.asks()) return {};
  if (!found || found->direction != Direction::out || found->ticket != command.ticket)
    return std::unexpected(Refusal::no_such_message);
  const Outcome may = may_withdraw(desk, *found, **agent);
  if (!may || desk.asks()) return may;
  Message message = *found;
  desk.receipt().ticket = message.ticket;
  desk.receipt().message = message.id;
  desk.receipt().message_seq = message.seq;
  if (message.delivery == DeliveryState::withdrawn) return {};
  const OutboxItem* live = desk.state.outbox_item(message.id);
  if (!live || !is_held(*live)) return std::unexpected(Refusal::already_sent);

  const OutboxItem item = *live;
  message.delivery = DeliveryState::withdrawn;
  message.held_until = {};
  desk.keep_message(message);
  desk.emit(MessageWithdrawn{message.id, message.ticket, desk.now});
  take_back(desk, item);
  put_back(desk, message, item);
  return {};
}

}  // namespace deskwire
