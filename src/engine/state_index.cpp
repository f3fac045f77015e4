// SPDX-License-Identifier: Apache-2.0
// How rows become places in lines, loads and timers.
#include "engine/state_index.hpp"

#include <algorithm>

namespace deskwire {
namespace {

std::uint64_t hash_of(Channel channel, const std::vector<SkillLevel>& required) {
  std::uint64_t h = static_cast<std::uint64_t>(channel) + 1;
  for (const SkillLevel& s : required)
    h = (h ^ (s.skill.value * 8 + s.level)) * 0x9E3779B97F4A7C15ULL;
  return h;
}

auto find_bucket(auto& queue, std::uint64_t hash, const Ticket& ticket) {
  auto [it, end] = queue.by_hash.equal_range(hash);
  while (it != end &&
         !(it->second->channel == ticket.channel && it->second->required == ticket.required))
    ++it;
  return it == end ? queue.by_hash.end() : it;
}

void add_to_bucket(QueueIndex& queue, const Ticket& ticket) {
  const std::uint64_t hash = hash_of(ticket.channel, ticket.required);
  auto found = find_bucket(queue, hash, ticket);
  if (found == queue.by_hash.end()) {
    queue.buckets.push_back(std::make_unique<Bucket>(Bucket{.channel = ticket.channel,
                                                            .skills = skill_bits(ticket.required),
                                                            .first = {},
                                                            .required = ticket.required,
                                                            .line = {}}));
    found = queue.by_hash.emplace(hash, queue.buckets.back().get());
  }
  Bucket& bucket = *found->second;
  bucket.line.insert({ticket.rank, ticket.id.value});
  bucket.first = bucket.line.front();
}

void drop_from_bucket(QueueIndex& queue, const Ticket& ticket) {
  const auto found = find_bucket(queue, hash_of(ticket.channel, ticket.required), ticket);
  if (found == queue.by_hash.end()) return;
  Bucket* bucket = found->second;
  bucket->line.erase({ticket.rank, ticket.id.value});
  if (!bucket->line.empty()) {
    bucket->first = bucket->line.front();
    return;
  }
  queue.by_hash.erase(found);
  const auto slot = std::ranges::find(queue.buckets, bucket, &std::unique_ptr<Bucket>::get);
  std::swap(*slot, queue.buckets.back());
  queue.buckets.pop_back();
}

template <class Pairs, class Id>
void erase_first(Pairs& pairs, Id id) {
  const auto found = std::ranges::find(pairs, id, &Pairs::value_type::first);
  if (found != pairs.end()) pairs.erase(found);
}

}  // namespace

std::uint64_t skill_bits(const std::vector<SkillLevel>& skills) {
  std::uint64_t bits = 0;
  for (const SkillLevel& s : skills) bits |= std::uint64_t{1} << (s.skill.value % 64);
  return bits;
}

const Bucket* QueueIndex::bucket_like(const Ticket& ticket) const {
  const auto found = find_bucket(*this, hash_of(ticket.channel, ticket.required), ticket);
  return found == by_hash.end() ? nullptr : found->second;
}

bool waits(const Ticket& ticket) {
  return ticket.state == TicketState::queued && ticket.queue && !ticket.offer;
}

bool is_worked_on(const Ticket& ticket) {
  return ticket.state == TicketState::assigned && ticket.agent && !ticket.snoozed_until;
}

Turn turn_in(Strategy strategy, const Agent& agent, std::uint32_t load_percent) {
  constexpr std::int64_t kShares = 10'000;
  Turn turn{.order = 0, .idle_since_ms = agent.idle_since.ms, .agent = agent.id.value};
  if (strategy == Strategy::least_loaded)
    turn.order = load_percent * kShares / std::max<std::uint16_t>(agent.capacity_percent, 1);
  else if (strategy == Strategy::round_robin)
    turn.order = agent.last_offer_at.ms;
  return turn;
}

bool on_duty(const Agent& agent) {
  return agent.enabled && agent.connected && agent.presence == Presence::available;
}

Instant next_due(const Ticket& ticket, Duration close_after) {
  if (ticket.state == TicketState::closed) return kNever;
  Instant at = kNever;
  if (waits(ticket) && ticket.preferred) at = std::min(at, ticket.preferred_until);
  if (ticket.snoozed_until) at = std::min(at, ticket.snoozed_until);
  // What is still held belongs to this ticket, not to one that would follow it.
  if (ticket.state == TicketState::resolved && ticket.held == 0)
    at = std::min(at, ticket.state_since + close_after);
  for (const Clock& clock : ticket.clocks) {
    if (clock.state != ClockState::running) continue;
    at = std::min(at, clock.due_at);
    if (!clock.warned) at = std::min(at, clock.warn_at);
  }
  return at;
}

std::uint32_t StateIndex::load(AgentId id) const {
  const auto found = agents.find(id);
  if (found == agents.end()) return 0;
  std::uint32_t sum = 0;
  for (const auto& [ticket, weight] : found->second.assigned) sum += weight;
  for (const auto& [offer, weight] : found->second.offers) sum += weight;
  return sum;
}

void StateIndex::mark(AgentId id) {
  AgentIndex& entry = agents[id];
  if (entry.stale) return;
  entry.stale = true;
  stale_agents.push_back(id);
}

void StateIndex::rearm(TicketId id, Instant before, Instant after) {
  if (before == after) return;
  if (before != kNever) due.erase({before, DueKind::ticket, id.value, 0});
  if (after != kNever) due.insert({after, DueKind::ticket, id.value, 0});
}

void StateIndex::stand_in_line(const Ticket& ticket) {
  if (ticket.preferred)
    agents[ticket.preferred].held.insert({ticket.rank, ticket.id.value});
  else
    add_to_bucket(queues[ticket.queue], ticket);
  add_exclusions(ticket);
}

void StateIndex::leave_line(const Ticket& ticket) {
  if (ticket.preferred)
    agents[ticket.preferred].held.erase({ticket.rank, ticket.id.value});
  else
    drop_from_bucket(queues[ticket.queue], ticket);
  drop_exclusions(ticket);
}

void StateIndex::add_exclusions(const Ticket& ticket) {
  for (const Exclusion& e : ticket.exclusions) {
    if (e.until <= fired_until) continue;
    agents[e.agent].excluded.push_back(ticket.id);
    due.insert({e.until, DueKind::exclusion, ticket.id.value, e.agent.value});
  }
}

void StateIndex::drop_exclusions(const Ticket& ticket) {
  for (const Exclusion& e : ticket.exclusions) {
    std::erase(agents[e.agent].excluded, ticket.id);
    due.erase({e.until, DueKind::exclusion, ticket.id.value, e.agent.value});
  }
}

void StateIndex::adopt(const Ticket& ticket) {
  if (ticket.state == TicketState::closed) return;
  ++open_tickets[ticket.customer];
  enter(ticket);
  rearm(ticket.id, kNever, next_due(ticket, close_after));
}

void StateIndex::disown(const Ticket& ticket) {
  const auto owner = open_tickets.find(ticket.customer);
  if (owner != open_tickets.end() && --owner->second == 0) open_tickets.erase(owner);
}

void StateIndex::enter(const Ticket& ticket) {
  if (ticket.state == TicketState::closed) return;
  if (ticket.state == TicketState::queued && ticket.queue) ++queues[ticket.queue].waiting;
  if (waits(ticket)) stand_in_line(ticket);
  if (is_worked_on(ticket)) {
    agents[ticket.agent].assigned.emplace_back(ticket.id, ticket.weight_percent);
    mark(ticket.agent);
  }
}

void StateIndex::leave(const Ticket& ticket) {
  if (ticket.state == TicketState::closed) return;
  if (ticket.state == TicketState::queued && ticket.queue) --queues[ticket.queue].waiting;
  if (waits(ticket)) leave_line(ticket);
  if (is_worked_on(ticket)) {
    erase_first(agents[ticket.agent].assigned, ticket.id);
    mark(ticket.agent);
  }
}

void StateIndex::enter(const Offer& offer) {
  if (offer.end != OfferEnd::pending) return;
  agents[offer.agent].offers.emplace_back(offer.id, offer.weight_percent);
  due.insert({offer.expires_at, DueKind::offer, offer.id.value, 0});
  mark(offer.agent);
}

void StateIndex::leave(const Offer& offer) {
  if (offer.end != OfferEnd::pending) return;
  erase_first(agents[offer.agent].offers, offer.id);
  due.erase({offer.expires_at, DueKind::offer, offer.id.value, 0});
  mark(offer.agent);
}

void StateIndex::enter(const Agent& agent) {
  for (QueueId queue : agent.queues) {
    auto& members = queues[queue].members;
    const auto place = std::ranges::lower_bound(members, agent.id);
    if (place == members.end() || *place != agent.id) members.insert(place, agent.id);
  }
  arm(agent);
}

void StateIndex::leave(const Agent& agent) {
  for (QueueId queue : agent.queues) std::erase(queues[queue].members, agent.id);
  disarm(agent);
}

void StateIndex::arm(const Agent& agent) {
  if (agent.grace_until) due.insert({agent.grace_until, DueKind::agent, agent.id.value, 0});
  mark(agent.id);
}

void StateIndex::disarm(const Agent& agent) {
  if (agent.grace_until) due.erase({agent.grace_until, DueKind::agent, agent.id.value, 0});
  mark(agent.id);
}

void StateIndex::unlist(AgentIndex& entry) {
  for (const auto& [queue, turn] : entry.listed) queues[queue].ready.erase(turn);
}

Strategy StateIndex::strategy_of(QueueId queue) const {
  const auto found = strategies.find(queue);
  return found == strategies.end() ? Strategy::longest_idle : found->second;
}

/// An agent who gets work in the same step that freed them is never put into the lists at all.
void StateIndex::settle(const State& state) {
  for (AgentId id : stale_agents) {
    AgentIndex& entry = agents[id];
    entry.stale = false;
    const Agent* agent = state.agent(id);
    const std::uint32_t busy = load(id);
    scratch_.clear();
    if (agent && on_duty(*agent) && busy < agent->capacity_percent)
      for (QueueId queue : agent->queues)
        scratch_.emplace_back(queue, turn_in(strategy_of(queue), *agent, busy));
    if (entry.listed == scratch_) continue;
    unlist(entry);
    for (const auto& [queue, turn] : scratch_) queues[queue].ready.insert(turn);
    entry.listed = scratch_;
  }
  stale_agents.clear();
}

}  // namespace deskwire
