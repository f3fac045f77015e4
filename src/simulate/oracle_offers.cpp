// SPDX-License-Identifier: Apache-2.0
// Who may be offered what, judged by walking over everybody and everything.
#include <algorithm>
#include <string>
#include <tuple>

#include "simulate/oracle.hpp"

namespace deskwire::sim {
namespace {

bool has_skills(const Agent& agent, const std::vector<SkillLevel>& required) {
  return std::ranges::all_of(required, [&](const SkillLevel& wanted) {
    return std::ranges::any_of(agent.skills, [&](const SkillLevel& own) {
      return own.skill == wanted.skill && own.level >= wanted.level;
    });
  });
}

std::uint32_t weight(const Model& model, const TicketView& ticket) {
  return model.policy().weight_percent[static_cast<std::size_t>(ticket.channel)];
}

/// How well an agent can do what the ticket asks for, altogether.
std::int64_t ability(const Agent& agent, const std::vector<SkillLevel>& required) {
  std::int64_t sum = 0;
  for (const SkillLevel& wanted : required)
    for (const SkillLevel& own : agent.skills)
      if (own.skill == wanted.skill) sum += own.level;
  return sum;
}

/// Lower comes first: what the strategy measures, then idle time, then the id.
auto precedence(const Model& model, Strategy strategy, const TicketView& ticket,
                const AgentView& agent) {
  std::int64_t first = 0;
  if (strategy == Strategy::least_loaded && agent.row.capacity_percent > 0)
    first = std::int64_t{10'000} * model.load_percent(agent.id) / agent.row.capacity_percent;
  if (strategy == Strategy::best_skilled) first = -ability(agent.row, ticket.required);
  if (strategy == Strategy::round_robin) first = agent.last_offer_at.ms;
  return std::tuple(first, agent.idle_since, agent.id);
}

bool before(const TicketView& a, const TicketView& b) {
  return a.rank != b.rank ? a.rank < b.rank : a.id < b.id;
}

}  // namespace

std::string_view why_not(const Model& model, const TicketView& ticket, const AgentView& agent,
                         Instant now) {
  if (!agent.row.enabled) return "is disabled";
  if (agent.presence != Presence::available) return "is not available";
  if (!agent.connected) return "is not connected";
  const auto& queues = agent.row.queues;
  if (std::ranges::find(queues, ticket.queue) == queues.end()) return "is not in the queue";
  const Queue* queue = model.policy().queue(ticket.queue);
  if (!queue || !has_skills(agent.row, queue->required) || !has_skills(agent.row, ticket.required))
    return "lacks a skill";
  for (const Exclusion& exclusion : ticket.exclusions) {
    if (exclusion.agent == agent.id && exclusion.until > now) return "is kept from it for a while";
  }
  if (ticket.preferred && ticket.preferred != agent.id) return "is not the one it is held for";
  if (model.load_percent(agent.id) + weight(model, ticket) > agent.row.capacity_percent)
    return "is beyond capacity";
  return {};
}

void Oracle::check_offer(const Offer& offer, Instant now) {
  const TicketView* ticket = model_->ticket(offer.ticket);
  const AgentView* agent = model_->agent(offer.agent);
  if (!ticket || !agent) return fail("an offer of an unknown ticket or to an unknown agent");
  if (ticket->state != TicketState::queued) fail(named(ticket->id) + " is offered, not waiting");
  if (ticket->offer) fail(named(ticket->id) + " has two live offers");
  if (model_->offer(offer.id)) fail("an offer's id was used before");
  if (const auto why = why_not(*model_, *ticket, *agent, now); !why.empty()) {
    fail(named(ticket->id) + " is offered to " + named(agent->id) + ", who " + std::string(why));
  }
  const Queue* queue = model_->policy().queue(ticket->queue);
  if (!queue || offer.expires_at != offer.made_at + queue->offer_timeout || offer.made_at != now)
    fail("an offer of " + named(ticket->id) + " has a wrong countdown");
  if (offer.why.rank != ticket->rank || offer.why.candidates.empty() ||
      offer.why.candidates.front().agent != agent->id)
    fail("the decision record of " + named(ticket->id) + " says something else");
  if (late_) return;
  check_best_ticket(*ticket, *agent, now);
  check_choice(*ticket, *agent, now);
}

/// Of all the tickets that this agent could take, the offered one comes first.
void Oracle::check_best_ticket(const TicketView& ticket, const AgentView& agent, Instant now) {
  for (TicketId id : model_->open_tickets()) {
    const TicketView& other = *model_->ticket(id);
    if (other.state != TicketState::queued || other.offer || !before(other, ticket)) continue;
    if (why_not(*model_, other, agent, now).empty())
      fail(named(ticket.id) + " is offered to " + named(agent.id) + " before " + named(other.id));
  }
}

/// Of all the agents who could take this ticket, the chosen one comes first by the queue's
/// strategy.
void Oracle::check_choice(const TicketView& ticket, const AgentView& agent, Instant now) {
  if (ticket.preferred == agent.id) return;
  const Strategy strategy = model_->policy().queue(ticket.queue)->strategy;
  const auto chosen = precedence(*model_, strategy, ticket, agent);
  for (const AgentView& other : model_->agents()) {
    if (!other.id || other.id == agent.id) continue;
    if (precedence(*model_, strategy, ticket, other) < chosen &&
        why_not(*model_, ticket, other, now).empty())
      fail(named(ticket.id) + " is offered to " + named(agent.id) + ", though " + named(other.id) +
           " comes first by " + std::string(name(strategy)));
  }
}

void Oracle::check_expiry(const OfferExpired& event, Instant now) {
  const OfferView* offer = model_->offer(event.offer);
  if (!offer || !offer->live) return fail("an offer that is not live ran out");
  if (event.end == OfferEnd::ignored && now < offer->expires_at)
    fail("the offer of " + named(event.ticket) + " ran out too early");
}

}  // namespace deskwire::sim
