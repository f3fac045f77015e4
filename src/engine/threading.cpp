// SPDX-License-Identifier: Apache-2.0
// Look-ups in the order in which they count.
#include "engine/threading.hpp"

#include <algorithm>

namespace deskwire {
namespace {

constexpr std::size_t kMaxReferences = 100;

/// Walks every key, also after the first hit: those that lead nowhere are remembered with the
/// ticket.
TicketId follow_references(Desk& desk, const ReceiveMessage& m, Thread& thread) {
  TicketId hit;
  const auto follow = [&](Key key) {
    if (!key) return;
    const KeyRow* row = desk.find_key(KeyKind::thread, key);
    if (row && row->ticket) {
      if (!hit) hit = row->ticket;
      thread.seen.push_back(*row);
    } else if (std::ranges::find(thread.unseen, key) == thread.unseen.end()) {
      thread.unseen.push_back(key);
    }
  };
  for (const Key& key : counted_references(m)) follow(key);
  follow(m.own_key);
  return hit;
}

const Message* find_bounced(Desk& desk, const BounceReport& report) {
  MessageId id = report.message;
  if (!id) {
    const KeyRow* row = desk.find_key(KeyKind::thread, report.message_key);
    if (row) id = row->message;
  }
  const Message* message = desk.find_message(id);
  return message && message->direction == Direction::out ? message : nullptr;
}

bool is_participant(const Ticket& ticket, const ReceiveMessage& m, CustomerId sender) {
  if (!m.sender.key) return false;
  const auto& all = ticket.participants;
  return std::ranges::find(all, m.sender.key) != all.end() || (sender && sender == ticket.customer);
}

}  // namespace

std::span<const Key> counted_references(const ReceiveMessage& message) {
  return std::span(message.references).first(std::min(message.references.size(), kMaxReferences));
}

Thread find_thread(Desk& desk, const ReceiveMessage& m) {
  Thread thread;
  const KeyRow* seen = desk.find_key(KeyKind::dedupe, m.dedupe);
  if (seen && seen->expires_at > desk.now) thread.duplicate = seen;
  if (const KeyRow* known = desk.find_key(KeyKind::identity, m.sender.key))
    thread.sender = known->customer;
  if (m.bounce) thread.bounced = find_bounced(desk, *m.bounce);
  const TicketId referred = follow_references(desk, m, thread);
  if (desk.asks()) return thread;
  if (thread.duplicate) {
    thread.ticket = desk.state.ticket(thread.duplicate->ticket);
    return thread;
  }
  if (thread.bounced) thread.ticket = desk.find_ticket(thread.bounced->ticket);
  if (!thread.ticket && m.token_ticket) {
    thread.ticket = desk.find_ticket(m.token_ticket);
    thread.by_token = thread.ticket != nullptr;
  }
  if (!thread.ticket) thread.ticket = desk.find_ticket(referred);
  if (thread.sender && !desk.find_customer(thread.sender)) thread.sender = {};
  if (thread.ticket)
    thread.participant = thread.by_token || is_participant(*thread.ticket, m, thread.sender);
  return thread;
}

}  // namespace deskwire
