// SPDX-License-Identifier: Apache-2.0
// A delivery's state only moves forward; a failed reply was no answer, so its clock runs again.
#include "engine/delivery.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "engine/actors.hpp"
#include "engine/clocks.hpp"
#include "engine/held_answers.hpp"
#include "engine/routing.hpp"
#include "engine/threading.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kDetailBytes = 200;
/// After so long a mailbox may exist again.
constexpr Duration kDeadFor = days(180);
/// Receipts come within hours; providers keep their ids for weeks.
constexpr Duration kProviderIdLife = days(30);

/// Reports may come late and out of order: nothing follows a failure, and `delivered` only failure.
bool moves_forward(DeliveryState from, DeliveryState to) {
  if (from == DeliveryState::failed || from == DeliveryState::withdrawn) return false;
  if (from == DeliveryState::delivered) return to == DeliveryState::failed;
  if (from == DeliveryState::sent || from == DeliveryState::unknown)
    return to == DeliveryState::delivered || to == DeliveryState::failed ||
           (from == DeliveryState::unknown && to == DeliveryState::sent);
  return to != DeliveryState::none && to != DeliveryState::sending;
}

void record(Desk& desk, Message message, DeliveryState state, Instant retry_at,
            std::string_view detail) {
  message.delivery = state;
  message.delivery_detail = std::string(utf8_prefix(detail, kDetailBytes));
  desk.receipt().ticket = message.ticket;
  desk.receipt().message = message.id;
  desk.receipt().message_seq = message.seq;
  const DeliveryRecorded e{message.id, message.ticket,          state,
                           retry_at,   message.delivery_detail, desk.now};
  desk.keep_message(message);
  desk.emit(e);
  if (state != DeliveryState::failed) return;
  reopen_first_response(desk, message.ticket, message.at);
  const Ticket* ticket = desk.state.ticket(message.ticket);
  if (ticket && ticket->state == TicketState::queued) rerank(desk, message.ticket);
}

void remember_provider_id(Desk& desk, const Message& message, Key provider_key) {
  if (!provider_key) return;
  KeyRow row;
  row.kind = KeyKind::provider;
  row.key = provider_key;
  row.ticket = message.ticket;
  row.message = message.id;
  row.message_seq = message.seq;
  row.expires_at = desk.now + kProviderIdLife;
  desk.keep_key(row);
}

/// The message that a report speaks of, by its id or by its provider's.
const Message* reported_message(Desk& desk, const RecordDelivery& command) {
  if (command.message) return desk.find_message(command.message);
  const KeyRow* row = desk.find_key(KeyKind::provider, command.provider_key);
  return row ? desk.find_message(row->message) : nullptr;
}

/// The visitor has read what had reached them: no new state, only more to tell.
bool adds_detail(const Message& message, const RecordDelivery& command) {
  return message.delivery == DeliveryState::delivered &&
         command.state == DeliveryState::delivered && message.delivery_detail.empty() &&
         !command.detail.empty();
}

/// Only of those the ticket writes to: a report is easily forged.
void note_dead_address(Desk& desk, const Message& message, Key address) {
  const Ticket* ticket = desk.state.ticket(message.ticket);
  if (!address || !ticket ||
      std::ranges::find(ticket->participants, address) == ticket->participants.end())
    return;
  KeyRow row;
  row.kind = KeyKind::dead_address;
  row.key = address;
  row.ticket = message.ticket;
  row.message = desk.receipt().message;
  row.expires_at = desk.now + kDeadFor;
  desk.keep_key(row);
}

/// Nothing of it has left the house: whoever speaks of its delivery is mistaken.
bool never_left(const Desk& desk, const Message& message) {
  const OutboxItem* item = desk.state.outbox_item(message.id);
  return message.delivery == DeliveryState::withdrawn || (item && is_held(*item));
}

}  // namespace

Outcome decide(Desk& desk, const StartSend& command) {
  if (const Outcome may = require_system(desk); !may) return may;
  const OutboxItem* item = desk.state.outbox_item(command.message);
  if (!item) return std::unexpected(Refusal::no_such_message);
  if (is_held(*item) && desk.now < item->held_until) return std::unexpected(Refusal::wrong_state);
  const Message* message = desk.find_message(command.message);
  if (desk.asks()) return {};
  if (!message) return std::unexpected(Refusal::no_such_message);
  Message row = *message;
  row.delivery = DeliveryState::sending;
  desk.receipt().ticket = row.ticket;
  desk.receipt().message = row.id;
  desk.receipt().message_seq = row.seq;
  const SendStarted e{row.id, item->attempts + 1, desk.now};
  const bool was_held = is_held(*item);
  const OutboxItem held = *item;
  row.held_until = {};
  desk.keep_message(row);
  desk.emit(e);
  if (was_held) let_go(desk, held);
  return {};
}

Outcome decide(Desk& desk, const RecordDelivery& command) {
  if (const Outcome may = require_system(desk); !may) return may;
  const Message* message = reported_message(desk, command);
  if (desk.asks()) return {};
  if (!message || message->direction != Direction::out)
    return std::unexpected(Refusal::no_such_message);
  if (command.state == DeliveryState::none || command.state == DeliveryState::sending)
    return std::unexpected(Refusal::invalid_argument);
  if (never_left(desk, *message)) return std::unexpected(Refusal::wrong_state);
  const OutboxItem* item = desk.state.outbox_item(message->id);
  if (command.message) remember_provider_id(desk, *message, command.provider_key);
  if (command.state == DeliveryState::queued) {
    if (!item) return std::unexpected(Refusal::no_such_message);
    const Instant retry_at = command.retry_at ? command.retry_at : desk.now;
    record(desk, *message, DeliveryState::queued, retry_at, command.detail);
    return {};
  }
  // While the item is live the row may lag behind; the outbox knows best.
  if (!item && !moves_forward(message->delivery, command.state) && !adds_detail(*message, command))
    return {};
  record(desk, *message, command.state, {}, command.detail);
  return {};
}

Outcome decide(Desk& desk, const HurryDelivery& command) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  if (*agent && (*agent)->role == Role::agent) return std::unexpected(Refusal::not_allowed);
  const OutboxItem* item = desk.state.outbox_item(command.message);
  if (!item) return std::unexpected(Refusal::no_such_message);
  const Message* message = desk.find_message(command.message);
  if (desk.asks()) return {};
  if (!message) return std::unexpected(Refusal::no_such_message);
  if (item->state != DeliveryState::queued || is_held(*item))
    return std::unexpected(Refusal::wrong_state);
  if (item->next_attempt_at > desk.now)
    record(desk, *message, DeliveryState::queued, desk.now, message->delivery_detail);
  return {};
}

Outcome decide(Desk& desk, const AttachMedia& command) {
  if (const Outcome may = require_system(desk); !may) return may;
  const Message* message = desk.find_message(command.message);
  if (desk.asks()) return {};
  if (!message) return std::unexpected(Refusal::no_such_message);
  if (!command.content) return std::unexpected(Refusal::invalid_argument);
  desk.receipt().ticket = message->ticket;
  desk.receipt().message = message->id;
  desk.emit(MediaAttached{message->id, message->ticket, desk.now});
  return {};
}

void record_bounce(Desk& desk, const Message& message, const BounceReport& report) {
  if (never_left(desk, message)) return;
  const Receipt own = desk.receipt();
  if (report.permanent) {
    note_dead_address(desk, message, report.dead_address);
    if (message.delivery != DeliveryState::failed)
      record(desk, message, DeliveryState::failed, {}, report.detail);
  } else if (!desk.state.outbox_item(message.id) && message.delivery != DeliveryState::failed) {
    record(desk, message, message.delivery, {}, report.detail);
  }
  desk.receipt() = own;
}

}  // namespace deskwire
