// SPDX-License-Identifier: Apache-2.0
// Offers and the decision record that each one carries.
#include "engine/offers.hpp"

#include <algorithm>
#include <cassert>

#include "deskwire/base/utf8.hpp"
#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/matching.hpp"
#include "engine/presence.hpp"
#include "engine/state_index.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kCandidatesKept = 32;
/// In a team too large to list, the head of the order tells who was passed over and who is
/// next.
constexpr std::size_t kCandidatesOfLarge = 8;
constexpr std::size_t kReasonBytes = 200;

/// What the agent has of what the ticket asks for.
std::vector<SkillLevel> matched_skills(const Agent& agent,
                                       const std::vector<SkillLevel>& required) {
  std::vector<SkillLevel> matched;
  matched.reserve(required.size());
  for (const SkillLevel& wanted : required) {
    const auto own = std::ranges::find(agent.skills, wanted.skill, &SkillLevel::skill);
    if (own != agent.skills.end()) matched.push_back(*own);
  }
  return matched;
}

std::vector<AgentId> worth_telling(const QueueIndex& queue) {
  if (queue.members.size() <= kCandidatesKept) return queue.members;
  std::vector<AgentId> ids;
  queue.ready.walk([&](const Turn& turn) {
    ids.push_back({turn.agent});
    return ids.size() < kCandidatesOfLarge;
  });
  return ids;
}

/// The chosen first, then those who could have had it in the queue's order, then the others.
std::vector<CandidateVerdict> candidates(const Desk& desk, const Ticket& ticket, AgentId chosen,
                                         const QueueIndex& queue) {
  std::vector<CandidateVerdict> all;
  const std::vector<AgentId> told = worth_telling(queue);
  all.reserve(told.size() + 1);
  all.push_back(judge(desk, *desk.state.agent(chosen), ticket));
  all.front().verdict = Verdict::chosen;
  for (AgentId id : told)
    if (const Agent* agent = id == chosen ? nullptr : desk.state.agent(id))
      all.push_back(judge(desk, *agent, ticket));
  const auto order = [&](const CandidateVerdict& v) {
    return std::pair(v.verdict != Verdict::eligible_but_later,
                     turn_for(desk, *desk.state.agent(v.agent), ticket));
  };
  std::sort(all.begin() + 1, all.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  if (all.size() > kCandidatesKept) all.resize(kCandidatesKept);
  return all;
}

Decision explain_choice(const Desk& desk, const Ticket& ticket, AgentId chosen) {
  const QueueIndex& queue = desk.state.index().queues.at(ticket.queue);
  const Queue* policy = desk.queue(ticket.queue);
  Decision why;
  why.policy_version = ticket.policy_version;
  why.rule = ticket.rule;
  why.rank = ticket.rank;
  if (policy) why.strategy = policy->strategy;
  why.preferred = ticket.preferred == chosen;
  why.matched = matched_skills(*desk.state.agent(chosen), ticket.required);
  why.candidates = candidates(desk, ticket, chosen, queue);
  why.candidates_total = static_cast<std::uint32_t>(queue.members.size());
  why.waiting_total = queue.waiting;
  return why;
}

/// The offer if it is live and the actor's own.
Result<const Offer*> own_offer(Desk& desk, OfferId id) {
  const auto agent = acting_agent(desk);
  if (!agent) return std::unexpected(agent.error());
  const Offer* offer = desk.state.offer(id);
  if (!offer)
    return std::unexpected(desk.offer_existed(id) ? Refusal::offer_ended : Refusal::no_such_offer);
  if (offer->agent != (*agent)->id) return std::unexpected(Refusal::not_offered_to_you);
  if (offer->end != OfferEnd::pending) return std::unexpected(Refusal::offer_ended);
  // The countdown decides, not the moment at which the timer gets to it.
  if (desk.now >= offer->expires_at) return std::unexpected(Refusal::offer_ended);
  return offer;
}

void end_and_match(Desk& desk, const Offer& offer) {
  desk.unmatched_tickets.push_back(offer.ticket);
  desk.freed_agents.push_back(offer.agent);
}

}  // namespace

void make_offer(Desk& desk, TicketId id, AgentId agent) {
  const Ticket& ticket = *desk.state.ticket(id);
  assert(waits(ticket));
  const Queue* queue = desk.queue(ticket.queue);
  Offer offer;
  offer.id = desk.new_offer();
  offer.ticket = id;
  offer.agent = agent;
  offer.made_at = desk.now;
  offer.expires_at = desk.now + (queue ? queue->offer_timeout : seconds(30));
  offer.weight_percent = desk.weight_of(ticket.channel);
  offer.why = explain_choice(desk, ticket, agent);
  const OfferId made = offer.id;
  desk.emit(OfferMade{std::move(offer)});
  if (queue && queue->auto_accept) accept(desk, *desk.state.offer(made));
}

void rescind(Desk& desk, OfferId id, RescindCause cause) {
  const Offer* offer = desk.state.offer(id);
  if (!offer || offer->end != OfferEnd::pending) return;
  const AgentId agent = offer->agent;
  desk.emit(OfferRescinded{id, offer->ticket, agent, cause, desk.now});
  desk.freed_agents.push_back(agent);
}

void rescind_offers_of(Desk& desk, AgentId agent, RescindCause cause) {
  for (OfferId id : live_offers(desk, agent)) {
    desk.unmatched_tickets.push_back(desk.state.offer(id)->ticket);
    rescind(desk, id, cause);
  }
}

void expire(Desk& desk, OfferId id, OfferEnd end) {
  const Offer& offer = *desk.state.offer(id);
  const Policy& policy = desk.policy();
  const Duration delay = end == OfferEnd::ignored ? policy.ignored_delay : policy.lost_delay;
  desk.emit(OfferExpired{id, offer.ticket, offer.agent, end, desk.now, desk.now + delay});
  end_and_match(desk, offer);
}

void send_away_if_missing(Desk& desk, AgentId id) {
  const std::uint16_t allowed = desk.policy().missed_before_away;
  const Agent& agent = *desk.state.agent(id);
  if (allowed == 0 || agent.missed_in_row < allowed) return;
  if (agent.presence == Presence::available)
    change_presence(desk, id, Presence::away, "missed offers");
}

Outcome decide(Desk& desk, const AcceptOffer& command) {
  const Desk::Accepted* before = desk.accepted_lately(command.offer);
  if (before && desk.actor().kind == ActorKind::agent && before->agent == desk.actor().agent) {
    desk.receipt().ticket = before->ticket;
    desk.receipt().offer = command.offer;
    desk.receipt().duplicate = true;
    return {};
  }
  const auto offer = own_offer(desk, command.offer);
  if (!offer) return std::unexpected(offer.error());
  desk.receipt().ticket = (*offer)->ticket;
  desk.receipt().offer = command.offer;
  accept(desk, **offer);
  return {};
}

Outcome decide(Desk& desk, const DeclineOffer& command) {
  const auto offer = own_offer(desk, command.offer);
  if (!offer) return std::unexpected(offer.error());
  const Offer& live = **offer;
  desk.receipt().ticket = live.ticket;
  desk.receipt().offer = live.id;
  desk.emit(OfferDeclined{live.id, live.ticket, live.agent,
                          std::string(utf8_prefix(command.reason, kReasonBytes)), desk.now,
                          desk.now + desk.policy().decline_delay});
  end_and_match(desk, live);
  return {};
}

}  // namespace deskwire
