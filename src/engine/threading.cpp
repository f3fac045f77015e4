// SPDX-License-Identifier: Apache-2.0
// Look-ups in the order in which they count.
#include "engine/threading.hpp"

#include "engine/customers.hpp"

#include <algorithm>

namespace deskwire {
namespace {

constexpr std::size_t kMaxReferences = 100;

/// Tickets that the keys of a message lead to; zero for none.
struct Hits {
  TicketId referred;  ///< By the first of its references that leads anywhere.
  TicketId answered;  ///< Where mails that refer to this one went before it.
};

/// Walks every key, also after the first hit: those that lead nowhere are remembered with the
/// ticket.
Hits follow_keys(Desk& desk, const ReceiveMessage& m, Thread& thread) {
  const auto follow = [&](Key key, TicketId& hit) {
    if (!key) return;
    const KeyRow* row = desk.find_key(KeyKind::thread, key);
    if (row && row->ticket) {
      if (!hit) hit = row->ticket;
    } else if (std::ranges::find(thread.unseen, key) == thread.unseen.end()) {
      thread.unseen.push_back(key);
    }
  };
  Hits hits;
  for (const Key& key : counted_references(m)) follow(key, hits.referred);
  follow(m.own_key, hits.answered);
  return hits;
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

/// The sender's own identity tells, else the first of the others that were verified to be theirs.
CustomerId sender_of(Desk& desk, const ReceiveMessage& m) {
  if (const KeyRow* known = desk.find_key(KeyKind::identity, m.sender.key)) return known->customer;
  for (const IdentityContent& other : m.also) {
    const KeyRow* known = desk.find_key(KeyKind::identity, other.key);
    if (!known) continue;
    // Two ids of the company's own never meet in one customer.
    const KeyRow* taken = m.sender_is_external
                              ? desk.find_key(KeyKind::external, external_key(known->customer))
                              : nullptr;
    if (!taken) return known->customer;
  }
  return {};
}

/// Where the conversation of a closed ticket goes on; the ticket itself if nowhere.
const Ticket* newest(Desk& desk, const Ticket* ticket) {
  if (!ticket || ticket->state != TicketState::closed) return ticket;
  const KeyRow* row = desk.find_key(KeyKind::follow_up, conversation_key(*ticket));
  const Ticket* next = row ? desk.find_ticket(row->ticket) : nullptr;
  return next ? next : ticket;
}

}  // namespace

TicketId first_of_conversation(const Ticket& ticket) {
  return ticket.conversation ? ticket.conversation : ticket.id;
}

std::uint32_t next_visible(const Ticket& ticket) {
  return ticket.channel == Channel::chat ? ticket.visible_seq + 1 : 0;
}

Key conversation_key(const Ticket& ticket) { return {0, first_of_conversation(ticket).value}; }

std::span<const Key> counted_references(const ReceiveMessage& message) {
  return std::span(message.references).first(std::min(message.references.size(), kMaxReferences));
}

Thread find_thread(Desk& desk, const ReceiveMessage& m) {
  Thread thread;
  const KeyRow* seen = desk.find_key(KeyKind::dedupe, m.dedupe);
  if (seen && seen->expires_at > desk.now) thread.duplicate = seen;
  thread.sender = sender_of(desk, m);
  // Asked for now: learn_identities() needs it once nothing can be asked any more.
  if (m.sender_is_external && thread.sender)
    (void)desk.find_key(KeyKind::external, external_key(thread.sender));
  if (m.bounce) thread.bounced = find_bounced(desk, *m.bounce);
  const Hits hits = follow_keys(desk, m, thread);
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
  if (!thread.ticket) thread.ticket = desk.find_ticket(hits.referred);
  // A bounce stays with the message that it speaks of.
  if (!thread.bounced) thread.ticket = newest(desk, thread.ticket);
  // Mails overtake each other: an answer to this one may have opened the follow-up already.
  if (!thread.ticket || (thread.ticket->state == TicketState::closed && !thread.bounced))
    if (const Ticket* answer = desk.find_ticket(hits.answered))
      thread.ticket = newest(desk, answer);
  if (thread.sender && !desk.find_customer(thread.sender)) thread.sender = {};
  if (thread.ticket)
    thread.participant = thread.by_token || is_participant(*thread.ticket, m, thread.sender);
  return thread;
}

}  // namespace deskwire
