// SPDX-License-Identifier: Apache-2.0
#include "desk/board.hpp"

#include <algorithm>

namespace deskwire {
namespace {

template <class T>
void sort_unique(std::vector<T>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
}

}  // namespace

Board::Board(const State& state) {
  BoardChange ignored;
  for (const auto& [id, agent] : state.agents) agents_.emplace(id, agent);
  for (const auto& [id, ticket] : state.tickets) put_ticket(ticket, ignored);
  for (const auto& [id, offer] : state.offers) put_offer(offer, ignored);
}

BoardChange Board::apply(const Batch& batch) {
  BoardChange change;
  for (const Agent& agent : batch.agents) {
    agents_.insert_or_assign(agent.id, agent);
    change.agents.push_back(agent.id);
  }
  for (const Ticket& ticket : batch.tickets) put_ticket(ticket, change);
  for (const Offer& offer : batch.offers) put_offer(offer, change);
  sort_unique(change.queues);
  sort_unique(change.agents);
  return change;
}

Board::Share Board::share_of(const Ticket& ticket) {
  Share out{.state = ticket.state,
            .queue = ticket.queue,
            .agent = ticket.agent,
            .queued_at = ticket.queued_at,
            .due_at = kNever,
            .weight_percent = ticket.snoozed_until ? std::uint16_t{0} : ticket.weight_percent};
  for (const Clock& clock : ticket.clocks)
    if (clock.state == ClockState::running) out.due_at = std::min(out.due_at, clock.due_at);
  return out;
}

void Board::put_ticket(const Ticket& ticket, BoardChange& change) {
  const auto found = tickets_.find(ticket.id);
  const Share now = share_of(ticket);
  if (found != tickets_.end()) {
    change.before.push_back({ticket.id, found->second.queue, found->second.agent});
    if (found->second == now) return;
    remove(ticket.id, found->second, change);
  }
  if (ticket.state == TicketState::closed) {
    tickets_.erase(ticket.id);
    return;
  }
  tickets_.insert_or_assign(ticket.id, now);
  add(ticket.id, now, change);
}

void Board::add(TicketId id, const Share& share, BoardChange& change) {
  if (share.state == TicketState::queued) {
    Line& line = lines_[share.queue];
    line.by_age.emplace(share.queued_at, id);
    if (share.due_at != kNever) line.by_due.emplace(share.due_at, id);
    change.queues.push_back(share.queue);
  } else if (share.state == TicketState::assigned) {
    loads_[share.agent] += share.weight_percent;
    change.agents.push_back(share.agent);
  }
}

void Board::remove(TicketId id, const Share& share, BoardChange& change) {
  if (share.state == TicketState::queued) {
    Line& line = lines_[share.queue];
    line.by_age.erase({share.queued_at, id});
    line.by_due.erase({share.due_at, id});
    change.queues.push_back(share.queue);
  } else if (share.state == TicketState::assigned) {
    loads_[share.agent] -= share.weight_percent;
    change.agents.push_back(share.agent);
  }
}

void Board::put_offer(const Offer& offer, BoardChange& change) {
  if (const auto old = offers_.find(offer.id); old != offers_.end()) {
    loads_[old->second.agent] -= old->second.weight_percent;
    offers_.erase(old);
  }
  change.agents.push_back(offer.agent);
  if (offer.end != OfferEnd::pending) return;
  loads_[offer.agent] += offer.weight_percent;
  offers_.emplace(offer.id, offer);
}

QueueFigures Board::queue(QueueId id) const {
  QueueFigures out{.queue = id, .waiting = 0, .oldest_at = {}, .next_due_at = {}};
  const auto found = lines_.find(id);
  if (found == lines_.end()) return out;
  const Line& line = found->second;
  out.waiting = line.by_age.size();
  if (!line.by_age.empty()) out.oldest_at = line.by_age.begin()->first;
  if (!line.by_due.empty()) out.next_due_at = line.by_due.begin()->first;
  return out;
}

const Agent* Board::agent(AgentId id) const {
  const auto found = agents_.find(id);
  return found == agents_.end() ? nullptr : &found->second;
}

std::vector<AgentId> Board::agents() const {
  std::vector<AgentId> out;
  out.reserve(agents_.size());
  for (const auto& [id, agent] : agents_) out.push_back(id);
  return out;
}

std::uint32_t Board::load_percent(AgentId id) const {
  const auto found = loads_.find(id);
  return found == loads_.end() ? 0 : found->second;
}

std::vector<Offer> Board::offers_of(AgentId id) const {
  std::vector<Offer> out;
  for (const auto& [offer_id, offer] : offers_)
    if (offer.agent == id) out.push_back(offer);
  return out;
}

const Offer* Board::offer(OfferId id) const {
  const auto found = offers_.find(id);
  return found == offers_.end() ? nullptr : &found->second;
}

}  // namespace deskwire
