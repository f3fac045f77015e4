// SPDX-License-Identifier: Apache-2.0
// Look-ups in the live rows, and whether two states agree.
#include "deskwire/engine/state.hpp"

#include <algorithm>

#include "engine/state_index.hpp"

namespace deskwire {
namespace {

template <class Map, class Id>
const typename Map::mapped_type* find_row(const Map& rows, Id id) {
  const auto found = rows.find(id);
  return found == rows.end() ? nullptr : &found->second;
}

/// Every row of `a` that is live is in `b` and the same.
template <class Map, class IsLive>
bool covered(const Map& a, const Map& b, IsLive is_live) {
  return std::ranges::all_of(a, [&](const auto& entry) {
    if (!is_live(entry.second)) return true;
    const auto found = b.find(entry.first);
    return found != b.end() && found->second == entry.second;
  });
}

template <class Map, class IsLive>
bool same_live(const Map& a, const Map& b, IsLive is_live) {
  return covered(a, b, is_live) && covered(b, a, is_live);
}

}  // namespace

State::State() : index_(std::make_unique<StateIndex>()) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

const Ticket* State::ticket(TicketId id) const { return find_row(tickets, id); }
const Agent* State::agent(AgentId id) const { return find_row(agents, id); }
const Offer* State::offer(OfferId id) const { return find_row(offers, id); }
const OutboxItem* State::outbox_item(MessageId id) const { return find_row(outbox, id); }
const Customer* State::customer(CustomerId id) const { return find_row(customers, id); }

std::uint32_t State::load_percent(AgentId id) const { return index_->load(id); }

std::uint32_t State::waiting(QueueId queue) const {
  const auto found = index_->queues.find(queue);
  return found == index_->queues.end() ? 0 : found->second.waiting;
}

void State::reindex() {
  auto fresh = std::make_unique<StateIndex>();
  fresh->close_after = index_->close_after;
  fresh->strategies = index_->strategies;
  fresh->fired_until = index_->fired_until;
  index_ = std::move(fresh);
  for (const auto& [id, agent] : agents) index_->enter(agent);
  for (const auto& [id, offer] : offers) index_->enter(offer);
  for (const auto& [id, ticket] : tickets) index_->adopt(ticket);
}

bool rows_equal(const State& a, const State& b) {
  const auto always = [](const auto&) { return true; };
  const auto open = [](const Ticket& t) { return t.state != TicketState::closed; };
  const auto pending = [](const Offer& o) { return o.end == OfferEnd::pending; };
  const auto has_open = [&](const Customer& c) { return a.index().open_tickets.contains(c.id); };
  return same_live(a.tickets, b.tickets, open) && same_live(a.agents, b.agents, always) &&
         same_live(a.offers, b.offers, pending) && same_live(a.outbox, b.outbox, always) &&
         same_live(a.customers, b.customers, has_open);
}

}  // namespace deskwire
