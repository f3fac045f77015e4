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

/// A copy of the policy's calendar that lives as long as it.
std::shared_ptr<const Calendar> hours_of(const PolicyPtr& policy, CalendarId id) {
  const Calendar* calendar = id ? policy->calendar(id) : nullptr;
  return calendar ? std::shared_ptr<const Calendar>(policy, calendar) : nullptr;
}

bool is_open(TicketState state) {
  return state == TicketState::queued || state == TicketState::assigned;
}

}  // namespace

Board::Board(const State& state, PolicyPtr policy, Instant now)
    : policy_(std::move(policy)), now_(now), day_(policy_->day_of(now)), looked_at_(now) {
  BoardChange ignored;
  for (const Queue& queue : policy_->queues) line_of(queue.id);
  for (const auto& [id, agent] : state.agents) agents_.emplace(id, agent);
  load_shares(state);
  for (const auto& [id, offer] : state.offers) put_offer(offer, ignored);
  for (auto& [id, line] : lines_) look_ahead(line, id);
}

/// In the order in which they were taken: what happened lately is remembered in that order.
void Board::load_shares(const State& state) {
  std::vector<const Ticket*> tickets;
  tickets.reserve(state.tickets.size());
  for (const auto& [id, ticket] : state.tickets) tickets.push_back(&ticket);
  std::ranges::sort(tickets, {}, [](const Ticket* t) { return std::pair(t->assigned_at, t->id); });
  BoardChange ignored;
  for (const Ticket* ticket : tickets) put_ticket(*ticket, ignored);
}

Board::Line& Board::line_of(QueueId id) {
  const auto [place, fresh] = lines_.try_emplace(id);
  if (!fresh) return place->second;
  Tally& tally = place->second.tally;
  tally.advance(now_, day_);
  if (const Queue* queue = policy_->queue(id)) {
    const ServiceLevel level = policy_->level_of(*queue);
    tally.promise(level, hours_of(policy_, level.calendar));
  }
  return place->second;
}

BoardChange Board::replace_policy(PolicyPtr policy) {
  policy_ = std::move(policy);
  BoardChange change;
  for (const Queue& queue : policy_->queues) {
    const ServiceLevel level = policy_->level_of(queue);
    line_of(queue.id).tally.promise(level, hours_of(policy_, level.calendar));
    change.queues.push_back(queue.id);
  }
  finish(change);
  return change;
}

BoardChange Board::apply(const Batch& batch) {
  BoardChange change;
  if (!batch.journal.empty()) change = advance(std::max(now_, batch.journal.back().at));
  for (const Agent& agent : batch.agents) {
    agents_.insert_or_assign(agent.id, agent);
    change.agents.push_back(agent.id);
  }
  // Whether anyone is there to take tickets decides about risks.
  if (!batch.agents.empty())
    for (auto& [id, line] : lines_) line.dirty = line.dirty || !line.by_due.empty();
  for (const Ticket& ticket : batch.tickets) put_ticket(ticket, change);
  for (const Offer& offer : batch.offers) put_offer(offer, change);
  finish(change);
  return change;
}

void Board::finish(BoardChange& change) {
  sort_unique(change.queues);
  sort_unique(change.agents);
  if (!change.queues.empty() || !change.agents.empty()) ++revision_;
}

Board::Share Board::share_of(const Ticket& ticket) {
  Share out{.state = ticket.state,
            .queue = ticket.queue,
            .agent = ticket.agent,
            .queued_at = ticket.queued_at,
            .assigned_at = ticket.assigned_at,
            .due_at = kNever,
            .rank = ticket.rank,
            .weight_percent = ticket.snoozed_until ? std::uint16_t{0} : ticket.weight_percent,
            .asked_at = ticket.asked_at,
            .asked_in = ticket.asked_in,
            .ending = {},
            .ended_in = {}};
  for (const Clock& clock : ticket.clocks)
    if (unmet(clock)) out.due_at = std::min(out.due_at, clock.due_at);
  if (!is_open(out.state)) out.due_at = kNever;
  if (ticket.answered_at) {
    out.ending = Ending{ticket.id, ticket.asked_at, ticket.answered_at, ticket.answered_by, true};
    out.ended_in = ticket.answered_in;
  } else if (ticket.asked_at && ticket.state == TicketState::resolved) {
    out.ending = Ending{ticket.id, ticket.asked_at, ticket.state_since, {}, false};
    out.ended_in = ticket.queue;
  }
  return out;
}

void Board::put_ticket(const Ticket& ticket, BoardChange& change) {
  const auto found = tickets_.find(ticket.id);
  Share now = share_of(ticket);
  const bool closed = ticket.state == TicketState::closed;
  bool waited = false;
  if (found != tickets_.end()) {
    Share& old = found->second;
    change.before.push_back({ticket.id, old.queue, old.agent});
    if (old == now) return;
    waited = old.state == TicketState::queued;
    remove(ticket.id, old, change);
    // Closing undoes nothing that was counted.
    if (!closed) count(old, false, change);
  }
  if (closed) {
    if (found != tickets_.end()) tickets_.erase(found);
    return;
  }
  count(now, true, change);
  add(ticket.id, now, change);
  const bool taken = found == tickets_.end() ? bool(now.asked_at) : waited;
  if (taken && now.state == TicketState::assigned)
    line_of(now.queue).tally.taken(now.assigned_at, now.assigned_at - now.queued_at);
  tickets_.insert_or_assign(ticket.id, std::move(now));
}

/// Its part in what is counted over time: how it came, and how its wait for an answer ended.
void Board::count(const Share& share, bool in, BoardChange& change) {
  if (share.asked_at && share.asked_in) {
    line_of(share.asked_in).tally.arrived(share.asked_at, in ? 1 : -1);
    change.queues.push_back(share.asked_in);
  }
  if (!share.ending || !share.ended_in) return;
  Tally& tally = line_of(share.ended_in).tally;
  in ? tally.end(*share.ending) : tally.undo(*share.ending);
  change.queues.push_back(share.ended_in);
  if (!share.ending->agent || share.ending->at < day_) return;
  burdens_[share.ending->agent].answered_today += in ? 1U : ~0U;
  change.agents.push_back(share.ending->agent);
}

void Board::add(TicketId id, const Share& share, BoardChange& change) {
  if (!is_open(share.state) || !share.queue) return;
  Line& line = line_of(share.queue);
  if (share.due_at != kNever) {
    auto& dues = share.due_at < now_            ? line.late
                 : share.due_at <= now_ + kSoon ? line.soon
                                                : line.later;
    dues.emplace(share.due_at, id);
  }
  line.dirty = true;
  change.queues.push_back(share.queue);
  if (share.state == TicketState::queued) {
    line.by_age.emplace(share.queued_at, id);
    line.by_rank.emplace(std::pair(share.rank, id), share.due_at);
    if (share.due_at != kNever) line.by_due.emplace(share.due_at, id);
    return;
  }
  BurdenFigures& burden = burdens_[share.agent];
  burden.load_percent += share.weight_percent;
  ++burden.tickets;
  change.agents.push_back(share.agent);
}

void Board::remove(TicketId id, const Share& share, BoardChange& change) {
  if (!is_open(share.state) || !share.queue) return;
  Line& line = line_of(share.queue);
  const Due due{share.due_at, id};
  line.late.erase(due);
  line.soon.erase(due);
  line.later.erase(due);
  line.dirty = true;
  change.queues.push_back(share.queue);
  if (share.state == TicketState::queued) {
    line.by_age.erase({share.queued_at, id});
    line.by_rank.erase({share.rank, id});
    line.by_due.erase(due);
    change.risks = line.risks.erase(due) > 0 || change.risks;
    return;
  }
  BurdenFigures& burden = burdens_[share.agent];
  burden.load_percent -= share.weight_percent;
  --burden.tickets;
  change.agents.push_back(share.agent);
}

void Board::put_offer(const Offer& offer, BoardChange& change) {
  if (const auto old = offers_.find(offer.id); old != offers_.end()) {
    BurdenFigures& burden = burdens_[old->second.agent];
    burden.load_percent -= old->second.weight_percent;
    --burden.offers;
    offers_.erase(old);
  }
  change.agents.push_back(offer.agent);
  if (offer.end != OfferEnd::pending) return;
  BurdenFigures& burden = burdens_[offer.agent];
  burden.load_percent += offer.weight_percent;
  ++burden.offers;
  offers_.emplace(offer.id, offer);
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

BurdenFigures Board::burden(AgentId id) const {
  const auto found = burdens_.find(id);
  return found == burdens_.end() ? BurdenFigures{} : found->second;
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
