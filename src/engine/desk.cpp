// SPDX-License-Identifier: Apache-2.0
// The frame of one command: what was loaded for it, what it emits, and what may leave memory when.
#include "engine/desk.hpp"

#include <algorithm>
#include <cassert>

#include "deskwire/engine/evolve.hpp"
#include "engine/state_index.hpp"
#include "engine/touched.hpp"

namespace deskwire {
namespace {

template <class T>
void add_new(std::vector<T>& to, const T& value) {
  if (std::ranges::find(to, value) == to.end()) to.push_back(value);
}

/// The newest of several loads of one command comes last.
template <class Rows, class Id, class Projection>
auto last_of(const Rows& rows, Id id, Projection projection) -> decltype(rows.data()) {
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    if (std::invoke(projection, *row) == id) return &*row;
  return nullptr;
}

}  // namespace

void Needs::merge(const Needs& other) {
  for (const auto& key : other.keys) add_new(keys, key);
  for (TicketId id : other.tickets) add_new(tickets, id);
  for (CustomerId id : other.customers) add_new(customers, id);
  for (MessageId id : other.messages) add_new(messages, id);
}

Desk::Desk(PolicyPtr policy, Snapshot snapshot)
    : now(snapshot.last_now),
      policy_(std::move(policy)),
      seq_(snapshot.seq),
      next_ticket_(snapshot.next_ticket),
      next_message_(snapshot.next_message),
      next_offer_(snapshot.next_offer),
      next_customer_(snapshot.next_customer),
      last_journaled_(snapshot.last_now) {
  assert(policy_);
  for (Ticket& t : snapshot.tickets) state.tickets.emplace(t.id, std::move(t));
  for (Agent& a : snapshot.agents) state.agents.emplace(a.id, std::move(a));
  for (Offer& o : snapshot.offers) state.offers.emplace(o.id, std::move(o));
  for (OutboxItem& i : snapshot.outbox) state.outbox.emplace(i.message, i);
  for (Customer& c : snapshot.customers) state.customers.emplace(c.id, c);
  index_policy();
  state.index().fired_until = snapshot.last_now;
  state.reindex();
}

void Desk::index_policy() {
  queues_.clear();
  for (const Queue& q : policy_->queues) queues_.emplace(q.id, &q);
  state.index().close_after = policy_->close_after;
  state.index().strategies.clear();
  for (const Queue& q : policy_->queues) state.index().strategies.emplace(q.id, q.strategy);
}

/// The caller re-derives what hangs on the policy; timers and orders that do are rebuilt here.
void Desk::replace_policy(PolicyPtr policy) {
  const Duration close_after = state.index().close_after;
  const auto strategies = state.index().strategies;
  policy_ = std::move(policy);
  index_policy();
  const StateIndex& fresh = state.index();
  if (fresh.close_after != close_after || fresh.strategies != strategies) state.reindex();
}

const Queue* Desk::queue(QueueId id) const {
  const auto found = queues_.find(id);
  return found == queues_.end() ? nullptr : found->second;
}

std::uint16_t Desk::weight_of(Channel channel) const {
  return policy_->weight_percent.at(static_cast<std::size_t>(channel));
}

void Desk::begin(const Command& command, const Loaded& loaded, Instant at, Applied& out) {
  now = std::max(now, at);
  actor_ = &command.actor;
  loaded_ = &loaded;
  out_ = &out;
  missing_ = {};
  unmatched_tickets.clear();
  freed_agents.clear();
}

void Desk::emit(Event event) {
  assert(!asks());
  // Events are large; most commands emit fewer than this many.
  if (out_->events.empty()) out_->events.reserve(8);
  note_touched(state, event, out_->touched);
  evolve(state, event);
  note_ended(event);
  out_->events.push_back(std::move(event));
}

void Desk::keep_message(const Message& message) {
  out_->messages.push_back(message);
  if (message.direction == Direction::out) messages_.put(seq(), message.id, message);
}

void Desk::keep_key(const KeyRow& row) {
  out_->keys.push_back(row);
  keys_.put(seq(), {row.kind, row.key}, row);
}

void Desk::keep_identity(const IdentityContent& identity, CustomerId customer) {
  out_->identities_seen.push_back(identity);
  out_->identity_customers.push_back(customer);
}

const KeyRow* Desk::find_key(KeyKind kind, Key key) {
  if (!key) return nullptr;
  if (const KeyRow* row = keys_.find({kind, key})) return row;
  const auto is_it = [&](const KeyRow& row) { return row.kind == kind && row.key == key; };
  const auto found = std::find_if(loaded_->keys.rbegin(), loaded_->keys.rend(), is_it);
  if (found != loaded_->keys.rend()) return &*found;
  const std::pair wanted{kind, key};
  if (std::ranges::find(loaded_->asked.keys, wanted) == loaded_->asked.keys.end())
    add_new(missing_.keys, wanted);
  return nullptr;
}

const Ticket* Desk::find_ticket(TicketId id) {
  if (!id) return nullptr;
  if (const Ticket* ticket = state.ticket(id)) return ticket;
  if (const Ticket* ticket = last_of(loaded_->tickets, id, &Ticket::id)) return ticket;
  if (std::ranges::find(loaded_->asked.tickets, id) == loaded_->asked.tickets.end())
    add_new(missing_.tickets, id);
  return nullptr;
}

const Customer* Desk::find_customer(CustomerId id) {
  if (!id) return nullptr;
  if (const Customer* customer = state.customer(id)) return customer;
  if (const Customer* customer = last_of(loaded_->customers, id, &Customer::id)) return customer;
  if (std::ranges::find(loaded_->asked.customers, id) == loaded_->asked.customers.end())
    add_new(missing_.customers, id);
  return nullptr;
}

const Message* Desk::find_message(MessageId id) {
  if (!id) return nullptr;
  if (const Message* message = messages_.find(id)) return message;
  if (const Message* message = last_of(loaded_->messages, id, &Message::id)) return message;
  if (std::ranges::find(loaded_->asked.messages, id) == loaded_->asked.messages.end())
    add_new(missing_.messages, id);
  return nullptr;
}

void Desk::admit(const Ticket& ticket) {
  const auto [row, fresh] = state.tickets.try_emplace(ticket.id, ticket);
  if (fresh) state.index().adopt(row->second);
}

void Desk::admit(const Customer& customer) { state.customers.try_emplace(customer.id, customer); }

void Desk::finish() {
  if (out_->events.empty()) return;
  note_fading();
  out_->receipt.seq = ++seq_;
  last_journaled_ = now;
}

void Desk::note_ended(const Event& event) {
  OfferId ended;
  if (const auto* accepted = std::get_if<OfferAccepted>(&event)) {
    ended = accepted->offer;
    accepted_.try_emplace(ended, Accepted{accepted->agent, accepted->ticket});
    accepted_order_.push_back(ended);
    if (accepted_order_.size() > kAcceptedKept) {
      accepted_.erase(accepted_order_.front());
      accepted_order_.pop_front();
    }
  } else if (const auto* declined = std::get_if<OfferDeclined>(&event)) {
    ended = declined->offer;
  } else if (const auto* expired = std::get_if<OfferExpired>(&event)) {
    ended = expired->offer;
  } else if (const auto* rescinded = std::get_if<OfferRescinded>(&event)) {
    ended = rescinded->offer;
  }
  if (ended) ended_offers_.push_back(ended);
}

/// Rows that ended here, and customers who have no open ticket, may leave once the store shows
/// them.
void Desk::note_fading() {
  for (TicketId id : out_->touched.tickets) {
    const Ticket* ticket = state.ticket(id);
    if (!ticket || ticket->state != TicketState::closed) continue;
    fading_tickets_.put(seq(), id, 0);
    if (ticket->customer) fading_customers_.put(seq(), ticket->customer, 0);
  }
  for (CustomerId id : out_->touched.customers)
    if (!state.index().open_tickets.contains(id)) fading_customers_.put(seq(), id, 0);
}

void Desk::settle(std::uint64_t as_of) {
  if (as_of == 0) return;
  keys_.drop_through(as_of);
  messages_.drop_through(as_of);
  fading_tickets_.drop_through(as_of, [&](TicketId id, char) {
    const Ticket* ticket = state.ticket(id);
    if (ticket && ticket->state == TicketState::closed) state.tickets.erase(id);
  });
  fading_customers_.drop_through(as_of, [&](CustomerId id, char) {
    if (!state.index().open_tickets.contains(id)) state.customers.erase(id);
  });
}

void Desk::sealed() {
  for (OfferId id : ended_offers_) state.offers.erase(id);
  ended_offers_.clear();
}

const Desk::Accepted* Desk::accepted_lately(OfferId id) const {
  const auto found = accepted_.find(id);
  return found == accepted_.end() ? nullptr : &found->second;
}

Snapshot Desk::counters() const {
  Snapshot counters;
  counters.seq = seq_;
  counters.next_ticket = next_ticket_;
  counters.next_message = next_message_;
  counters.next_offer = next_offer_;
  counters.next_customer = next_customer_;
  counters.last_now = last_journaled_;
  return counters;
}

}  // namespace deskwire
