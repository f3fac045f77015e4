// SPDX-License-Identifier: Apache-2.0
// The best waiting ticket goes first, to whom its queue's strategy chooses among the qualified.
#include "engine/matching.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "engine/offers.hpp"
#include "engine/state_index.hpp"

namespace deskwire {
namespace {

Place place_of(const Ticket& ticket) { return {ticket.rank, ticket.id.value}; }

const Exclusion* exclusion_of(const Ticket& ticket, AgentId agent, Instant now) {
  const auto found = std::ranges::find_if(
      ticket.exclusions, [&](const Exclusion& e) { return e.agent == agent && e.until > now; });
  return found == ticket.exclusions.end() ? nullptr : &*found;
}

std::uint32_t room_of(const Desk& desk, const Agent& agent) {
  const std::uint32_t load = desk.state.load_percent(agent.id);
  return load < agent.capacity_percent ? agent.capacity_percent - load : 0;
}

bool in_queue(const Agent& agent, QueueId queue) {
  return std::ranges::binary_search(agent.queues, queue);
}

/// May be made an offer of this ticket right now.
bool eligible(const Desk& desk, const Agent& agent, const Ticket& ticket) {
  return on_duty(agent) && in_queue(agent, ticket.queue) &&
         !missing_skill(agent, ticket.required) &&
         desk.weight_of(ticket.channel) <= room_of(desk, agent) &&
         !exclusion_of(ticket, agent.id, desk.now);
}

/// The best ticket for one free agent.
struct Pick {
  AgentId agent;
  TicketId ticket;
  Place place;
};

class Picker {
 public:
  Picker(const Desk& desk, const Agent& agent)
      : desk_(desk),
        agent_(agent),
        room_(room_of(desk, agent)),
        skills_(skill_bits(agent.skills)) {}

  std::optional<Pick> best() {
    if (room_ == 0 || !on_duty(agent_)) return std::nullopt;
    const auto own = desk_.state.index().agents.find(agent_.id);
    if (own == desk_.state.index().agents.end()) return std::nullopt;
    own_ = &own->second;
    look_at_held();
    for (QueueId queue : agent_.queues) look_at(queue);
    return best_;
  }

 private:
  void look_at_held() {
    own_->held.walk([&](const Place& place) {
      const Ticket* ticket = desk_.state.ticket({place.id});
      if (!ticket || !eligible(desk_, agent_, *ticket)) return true;
      best_ = Pick{agent_.id, ticket->id, place};
      return false;
    });
  }

  void look_at(QueueId id) {
    const auto queue = desk_.state.index().queues.find(id);
    if (queue == desk_.state.index().queues.end()) return;
    for (const auto& bucket : queue->second.buckets) {
      if ((bucket->skills & ~skills_) != 0) continue;
      if (best_ && best_->place < bucket->first) continue;
      if (desk_.weight_of(bucket->channel) > room_) continue;
      if (missing_skill(agent_, bucket->required)) continue;
      look_along(bucket->line);
    }
  }

  /// The head of the line, or the first one behind it that is not kept from this agent.
  void look_along(const SortedChunks<Place>& line) {
    line.walk([&](const Place& place) {
      if (best_ && best_->place < place) return false;
      if (kept_from_agent({place.id})) return true;
      best_ = Pick{agent_.id, {place.id}, place};
      return false;
    });
  }

  bool kept_from_agent(TicketId id) const {
    if (std::ranges::find(own_->excluded, id) == own_->excluded.end()) return false;
    const Ticket* ticket = desk_.state.ticket(id);
    return ticket && exclusion_of(*ticket, agent_.id, desk_.now);
  }

  const Desk& desk_;
  const Agent& agent_;
  std::uint32_t room_;
  std::uint64_t skills_;
  const AgentIndex* own_ = nullptr;
  std::optional<Pick> best_;
};

/// The agent this ticket is held for takes it if there is room; a pointless hold ends. True when
/// the ticket stays held (offered to that agent or waiting for them).
bool served_by_preferred(Desk& desk, TicketId id) {
  const Ticket& ticket = *desk.state.ticket(id);
  if (!ticket.preferred) return false;
  const AgentId preferred = ticket.preferred;
  const bool still = desk.now < ticket.preferred_until &&
                     !exclusion_of(ticket, preferred, desk.now) &&
                     worth_holding(desk, preferred, ticket.queue, ticket.required);
  if (!still) {
    desk.emit(PreferenceEnded{id});
    return false;
  }
  if (eligible(desk, *desk.state.agent(preferred), ticket)) make_offer(desk, id, preferred);
  return true;
}

/// How far those who have every required skill are from mastering them, together.
std::int64_t distance_to_mastery(const Agent& agent, const std::vector<SkillLevel>& required) {
  constexpr std::int64_t kMastery = 5;
  std::int64_t sum = 0;
  auto own = agent.skills.begin();
  for (const SkillLevel& wanted : required) {
    while (own != agent.skills.end() && own->skill < wanted.skill) ++own;
    if (own == agent.skills.end()) break;
    sum += kMastery - own->level;
  }
  return sum;
}

/// The one whom the queue's strategy chooses. Its order decides, but for skills: then everyone with
/// room is looked at, in idle order, up to the first whom nobody can surpass.
std::optional<Turn> first_of(const Desk& desk, const QueueIndex& queue, const Ticket& ticket) {
  const Queue* policy = desk.queue(ticket.queue);
  const bool by_skill = policy && policy->strategy == Strategy::best_skilled;
  std::optional<Turn> first;
  queue.ready.walk([&](Turn turn) {
    const Agent* agent = desk.state.agent({turn.agent});
    if (!agent || !eligible(desk, *agent, ticket)) return true;
    if (by_skill) turn.order = distance_to_mastery(*agent, ticket.required);
    if (!first || turn < *first) first = turn;
    return by_skill && first->order > 0;
  });
  return first;
}

/// A better ticket that asks for the same waits already, and nobody is kept from it: whoever could
/// take this one would have been offered that one.
bool waits_behind_its_like(const Desk& desk, const QueueIndex& queue, const Ticket& ticket) {
  const Bucket* bucket = queue.bucket_like(ticket);
  if (!bucket || bucket->first >= place_of(ticket)) return false;
  const Ticket* better = desk.state.ticket({bucket->first.id});
  return better && better->exclusions.empty();
}

void match_ticket(Desk& desk, TicketId id) {
  const Ticket* ticket = desk.state.ticket(id);
  if (!ticket || !waits(*ticket) || served_by_preferred(desk, id)) return;
  StateIndex& index = desk.state.index();
  index.settle(desk.state);
  const auto queue = index.queues.find(ticket->queue);
  if (queue == index.queues.end() || waits_behind_its_like(desk, queue->second, *ticket)) return;
  if (const auto first = first_of(desk, queue->second, *ticket))
    make_offer(desk, id, {first->agent});
}

/// Tickets that began to wait in this step, the best one last.
std::vector<TicketId> take_tickets(Desk& desk) {
  std::vector<TicketId> ids = std::exchange(desk.unmatched_tickets, {});
  std::erase_if(ids, [&](TicketId id) {
    const Ticket* ticket = desk.state.ticket(id);
    return !ticket || !waits(*ticket);
  });
  std::ranges::sort(ids, [&](TicketId a, TicketId b) {
    return place_of(*desk.state.ticket(b)) < place_of(*desk.state.ticket(a));
  });
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

class Matchmaker {
 public:
  explicit Matchmaker(Desk& desk) : desk_(desk), tickets_(take_tickets(desk)) {
    std::vector<AgentId> freed = std::exchange(desk.freed_agents, {});
    std::ranges::sort(freed);
    freed.erase(std::ranges::unique(freed).begin(), freed.end());
    for (AgentId id : freed) consider(id);
  }

  void run() {
    while (!tickets_.empty() || !picks_.empty()) step();
  }

 private:
  void consider(AgentId id) {
    const Agent* agent = desk_.state.agent(id);
    if (!agent) return;
    if (auto pick = Picker(desk_, *agent).best()) picks_.push_back(*pick);
  }

  void step() {
    const auto best = std::ranges::min_element(picks_, {}, &Pick::place);
    const bool ticket_first =
        !tickets_.empty() &&
        (best == picks_.end() || place_of(*desk_.state.ticket(tickets_.back())) <= best->place);
    if (ticket_first) {
      match_ticket(desk_, tickets_.back());
      tickets_.pop_back();
    } else if (picks_.size() == 1) {
      // Nobody else became free, so nobody else can be eligible for a ticket that waited already.
      make_offer(desk_, best->ticket, best->agent);
    } else {
      const Pick pick = *best;
      match_ticket(desk_, pick.ticket);
      // Cannot happen while both ways of looking agree; if they ever do not, the step still ends.
      if (waits(*desk_.state.ticket(pick.ticket))) {
        std::erase_if(picks_, [&](const Pick& p) { return p.agent == pick.agent; });
      }
    }
    refresh();
  }

  /// Drops what was taken and looks again for those whose pick is gone.
  void refresh() {
    while (!tickets_.empty() && !waits(*desk_.state.ticket(tickets_.back()))) tickets_.pop_back();
    std::vector<Pick> old = std::exchange(picks_, {});
    for (const Pick& pick : old) {
      const Ticket* ticket = desk_.state.ticket(pick.ticket);
      const Agent* agent = desk_.state.agent(pick.agent);
      if (waits(*ticket) && eligible(desk_, *agent, *ticket))
        picks_.push_back(pick);
      else
        consider(pick.agent);
    }
  }

  Desk& desk_;
  std::vector<TicketId> tickets_;
  std::vector<Pick> picks_;
};

Verdict delay_verdict(OfferEnd because) {
  if (because == OfferEnd::ignored) return Verdict::delayed_after_ignore;
  if (because == OfferEnd::connection_lost) return Verdict::delayed_after_connection_loss;
  return Verdict::delayed_after_decline;
}

Verdict presence_verdict(const Agent& agent) {
  if (!agent.connected || agent.presence == Presence::offline) return Verdict::offline;
  return Verdict::away;
}

}  // namespace

const SkillLevel* missing_skill(const Agent& agent, const std::vector<SkillLevel>& required) {
  auto own = agent.skills.begin();
  for (const SkillLevel& wanted : required) {
    while (own != agent.skills.end() && own->skill < wanted.skill) ++own;
    if (own == agent.skills.end() || own->skill != wanted.skill || own->level < wanted.level)
      return &wanted;
  }
  return nullptr;
}

Turn turn_for(const Desk& desk, const Agent& agent, const Ticket& ticket) {
  const Queue* queue = desk.queue(ticket.queue);
  const Strategy strategy = queue ? queue->strategy : Strategy::longest_idle;
  Turn turn = turn_in(strategy, agent, desk.state.load_percent(agent.id));
  if (strategy == Strategy::best_skilled && !missing_skill(agent, ticket.required))
    turn.order = distance_to_mastery(agent, ticket.required);
  return turn;
}

CandidateVerdict judge(const Desk& desk, const Agent& agent, const Ticket& ticket) {
  CandidateVerdict v;
  v.agent = agent.id;
  v.verdict = Verdict::eligible_but_later;
  v.load_percent =
      static_cast<std::uint16_t>(std::min<std::uint32_t>(desk.state.load_percent(agent.id), 65535));
  v.idle_since = agent.idle_since;
  const Offer* offer = ticket.offer ? desk.state.offer(ticket.offer) : nullptr;
  if (offer && offer->agent == agent.id) {
    v.verdict = Verdict::chosen;
  } else if (!agent.enabled) {
    v.verdict = Verdict::disabled;
  } else if (!in_queue(agent, ticket.queue)) {
    v.verdict = Verdict::not_in_queue;
  } else if (const SkillLevel* missing = missing_skill(agent, ticket.required)) {
    v.verdict = Verdict::missing_skill;
    v.skill = missing->skill;
  } else if (!on_duty(agent)) {
    v.verdict = presence_verdict(agent);
  } else if (const Exclusion* e = exclusion_of(ticket, agent.id, desk.now)) {
    v.verdict = delay_verdict(e->because);
  } else if (desk.weight_of(ticket.channel) > room_of(desk, agent)) {
    v.verdict = Verdict::at_capacity;
  } else if (ticket.preferred && ticket.preferred != agent.id) {
    v.verdict = Verdict::held_for_preferred;
  } else if (offer) {
    v.verdict = Verdict::has_live_offer;
  }
  return v;
}

bool worth_holding(const Desk& desk, AgentId id, QueueId queue,
                   const std::vector<SkillLevel>& required) {
  const Agent* agent = desk.state.agent(id);
  return agent && agent->enabled && agent->presence == Presence::available &&
         (agent->connected || agent->grace_until) && in_queue(*agent, queue) &&
         !missing_skill(*agent, required);
}

void release_held(Desk& desk, AgentId id) {
  const auto own = desk.state.index().agents.find(id);
  if (own == desk.state.index().agents.end() || own->second.held.empty()) return;
  std::vector<TicketId> pointless;
  own->second.held.walk([&](const Place& place) {
    const Ticket* ticket = desk.state.ticket({place.id});
    if (ticket && !worth_holding(desk, id, ticket->queue, ticket->required))
      pointless.push_back(ticket->id);
    return true;
  });
  for (TicketId ticket : pointless) {
    desk.emit(PreferenceEnded{ticket});
    desk.unmatched_tickets.push_back(ticket);
  }
}

void match_pending(Desk& desk) {
  if (desk.unmatched_tickets.empty() && desk.freed_agents.empty()) return;
  Matchmaker(desk).run();
}

}  // namespace deskwire
