// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/engine/evolve.hpp"
#include "deskwire/engine/state.hpp"
#include "simulate/random.hpp"

namespace deskwire::sim {
namespace {

constexpr std::uint64_t kSkills = 6;
constexpr std::uint64_t kQueues = 4;
constexpr std::uint64_t kAddresses = 12;
/// 2026-03-02 09:00 UTC.
constexpr Instant kBegin{1'772'442'000'000};

std::vector<SkillLevel> some_skills(Random& dice, std::uint64_t most) {
  std::vector<SkillLevel> out;
  for (std::uint64_t id = 1; id <= kSkills; ++id)
    if (out.size() < most && dice.one_in(3))
      out.push_back({SkillId{id}, static_cast<std::uint8_t>(dice.between(1, 5))});
  return out;
}

Policy drawn_policy(Random& dice) {
  constexpr Strategy kStrategies[] = {Strategy::longest_idle, Strategy::least_loaded,
                                      Strategy::best_skilled, Strategy::round_robin};
  constexpr Channel kChannels[] = {Channel::email, Channel::chat, Channel::sms};
  Policy policy;
  for (std::uint64_t id = 1; id <= kSkills; ++id)
    policy.skills.push_back({SkillId{id}, "skill" + std::to_string(id)});
  for (std::uint64_t id = 1; id <= kQueues; ++id) {
    Queue queue;
    queue.id = {id};
    queue.name = "queue" + std::to_string(id);
    queue.strategy = kStrategies[dice.below(4)];
    queue.required = some_skills(dice, 1);
    queue.max_wait = hours(dice.between(1, 30));
    queue.preferred_for = seconds(dice.one_in(2) ? 0 : dice.between(5, 120));
    policy.queues.push_back(std::move(queue));
  }
  policy.default_queue = {1};
  for (std::uint64_t id = 1; id <= kAddresses; ++id)
    policy.channels.push_back({.id = {id},
                               .name = "address" + std::to_string(id),
                               .channel = kChannels[dice.below(3)],
                               .queue = {1 + dice.below(kQueues)},
                               .required = some_skills(dice, 2)});
  return policy;
}

// ---- The plain way: over every row, by what the documentation says ----

bool waits_for_someone(const Ticket& ticket) {
  return ticket.state == TicketState::queued && ticket.queue && !ticket.offer;
}

struct Person {
  const Agent* row = nullptr;
  std::uint32_t load = 0;
};

/// By id, each with the sum of what they have and are offered.
std::vector<Person> everyone(const State& state) {
  std::map<AgentId, Person> people;
  for (const auto& [id, agent] : state.agents) people[id].row = &agent;
  for (const auto& [id, ticket] : state.tickets)
    if (ticket.state == TicketState::assigned && !ticket.snoozed_until)
      people.at(ticket.agent).load += ticket.weight_percent;
  for (const auto& [id, offer] : state.offers)
    if (offer.end == OfferEnd::pending) people.at(offer.agent).load += offer.weight_percent;
  std::vector<Person> out;
  for (const auto& [id, person] : people) out.push_back(person);
  return out;
}

std::uint8_t level_of(const Agent& agent, SkillId skill) {
  const auto own = std::ranges::find(agent.skills, skill, &SkillLevel::skill);
  return own == agent.skills.end() ? std::uint8_t{0} : own->level;
}

bool may_have(const Policy& policy, const Person& person, const Ticket& ticket, Instant now) {
  const Agent& agent = *person.row;
  if (!agent.enabled || !agent.connected || agent.presence != Presence::available) return false;
  if (std::ranges::find(agent.queues, ticket.queue) == agent.queues.end()) return false;
  for (const SkillLevel& wanted : ticket.required)
    if (level_of(agent, wanted.skill) < wanted.level) return false;
  for (const Exclusion& kept : ticket.exclusions)
    if (kept.agent == agent.id && kept.until > now) return false;
  if (ticket.preferred && ticket.preferred != agent.id) return false;
  const auto weight = policy.weight_percent.at(static_cast<std::size_t>(ticket.channel));
  return person.load + weight <= agent.capacity_percent;
}

/// Lower comes first: what the queue's strategy measures, then who has been idle longest.
auto precedence(const Policy& policy, const Person& person, const Ticket& ticket) {
  const Agent& agent = *person.row;
  std::int64_t first = 0;
  switch (policy.queue(ticket.queue)->strategy) {
    case Strategy::longest_idle:
      break;
    case Strategy::least_loaded:
      first = std::int64_t{10'000} * person.load / agent.capacity_percent;
      break;
    case Strategy::best_skilled:
      for (const SkillLevel& wanted : ticket.required) first -= level_of(agent, wanted.skill);
      break;
    case Strategy::round_robin:
      first = agent.last_offer_at.ms;
      break;
  }
  return std::tuple(first, agent.idle_since, agent.id);
}

struct Pair {
  TicketId ticket;
  AgentId agent;
  friend bool operator==(const Pair&, const Pair&) = default;
};

/// The best ticket that somebody may have, and who of them comes first.
std::optional<Pair> next_offer(const Policy& policy, const State& state, Instant now) {
  const std::vector<Person> people = everyone(state);
  const Ticket* best = nullptr;
  const auto somebody = [&](const Ticket& ticket) {
    return std::ranges::any_of(
        people, [&](const Person& one) { return may_have(policy, one, ticket, now); });
  };
  for (const auto& [id, ticket] : state.tickets) {
    if (!waits_for_someone(ticket)) continue;
    if (best && std::pair(best->rank, best->id) < std::pair(ticket.rank, ticket.id)) continue;
    if (somebody(ticket)) best = &ticket;
  }
  if (!best) return std::nullopt;
  const Person* first = nullptr;
  for (const Person& one : people)
    if (may_have(policy, one, *best, now) &&
        (!first || precedence(policy, one, *best) < precedence(policy, *first, *best)))
      first = &one;
  return Pair{best->id, first->row->id};
}

// ---- The world ----

class Crowd {
 public:
  Crowd(std::uint64_t seed, bool blind)
      : dice_(seed),
        policy_(std::make_shared<const Policy>(drawn_policy(dice_))),
        engine_(policy_, Snapshot{}),
        blind_(blind) {
    // Small worlds find most, large ones the rest.
    const std::uint64_t scale = dice_.one_in(20) ? 8 : 1;
    agents_ = 1 + dice_.below(5 * scale);
    tickets_ = 1 + dice_.below(25 * scale);
  }

  CrowdResult run() {
    for (std::uint64_t id = 1; id <= agents_ && fine(); ++id) hire({id});
    while (fine() && arrived_ < tickets_) {
      if (dice_.one_in(4)) now_ = now_ + dice_.between(milliseconds(0), minutes(6));
      while (fine() && engine_.next_wakeup() <= now_) apply({{}, Tick{}});
      something_happens();
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool fine() const { return result_.failure.empty(); }

  static Command by(AgentId agent, CommandBody body) {
    return {{ActorKind::agent, agent}, std::move(body)};
  }

  void hire(AgentId id) {
    PutAgent put;
    put.agent = id;
    put.role = dice_.one_in(6) ? Role::supervisor : Role::agent;
    put.skills = some_skills(dice_, kSkills);
    for (std::uint64_t queue = 1; queue <= kQueues; ++queue)
      if (dice_.one_in(2)) put.queues.push_back({queue});
    put.capacity_percent = static_cast<std::uint16_t>(20 * dice_.between(1, 10));
    apply({{}, put});
    if (dice_.chance(70)) come(id);
  }

  void come(AgentId id) {
    apply(by(id, AgentConnected{id}));
    apply(by(id, SetPresence{id, Presence::available, {}}));
  }

  void something_happens() {
    const AgentId agent{1 + dice_.below(agents_)};
    switch (dice_.below(12)) {
      case 0:
        return come(agent);
      case 1:
        return apply(by(agent, SetPresence{agent, Presence::away, "lunch"}));
      case 2:
        return apply(by(agent, AgentDisconnected{agent}));
      case 3:
        return with_offer([&](const Offer& o) { apply(by(o.agent, DeclineOffer{o.id, "busy"})); });
      case 4:
      case 5:
        return with_offer([&](const Offer& o) { apply(by(o.agent, AcceptOffer{o.id})); });
      case 6:
        return with_ticket([&](const Ticket& t) { move(t); });
      case 7:
        return with_ticket([&](const Ticket& t) {
          apply({{}, SetPriority{t.id, static_cast<Priority>(dice_.below(4))}});
        });
      case 8:
        return with_ticket([&](const Ticket& t) {
          apply({{}, TransferTicket{t.id, {1 + dice_.below(kQueues)}, {}, {}}});
        });
      default:
        return arrive();
    }
  }

  void move(const Ticket& ticket) {
    if (dice_.one_in(2)) return apply({{}, ResolveTicket{ticket.id, {}}});
    if (dice_.one_in(2)) return apply({{}, SetPending{ticket.id}});
    apply({{}, TransferTicket{ticket.id, {}, {1 + dice_.below(agents_)}, {}}});
  }

  void arrive() {
    ++arrived_;
    ReceiveMessage message;
    const ChannelPolicy& address = dice_.pick(policy_->channels);
    message.channel = address.channel;
    message.addressed = {address.id};
    message.received_at = now_;
    message.sender.key = dice_.key();
    message.own_key = dice_.key();
    message.dedupe = dice_.key();
    message.content = std::make_shared<const MessageContent>();
    // Some write on what is theirs already: their agent is preferred, or the ticket waits again.
    if (dice_.one_in(3)) with_ticket([&](const Ticket& t) { message.token_ticket = t.id; });
    apply({{}, std::move(message)});
  }

  void with_offer(auto&& act) {
    std::vector<Offer> live;
    for (const auto& [id, offer] : engine_.state().offers)
      if (offer.end == OfferEnd::pending) live.push_back(offer);
    std::ranges::sort(live, {}, &Offer::id);
    if (!live.empty()) act(dice_.pick(live));
  }

  void with_ticket(auto&& act) {
    std::vector<TicketId> open;
    for (const auto& [id, ticket] : engine_.state().tickets)
      if (ticket.state != TicketState::closed) open.push_back(id);
    std::ranges::sort(open);
    if (!open.empty()) act(*engine_.state().ticket(dice_.pick(open)));
  }

  void apply(const Command& command) {
    if (!fine()) return;
    Loaded nothing_more;
    nothing_more.asked = engine_.needs(command);
    Applied applied = engine_.apply(command, nothing_more, now_);
    while (applied.kind == Applied::Kind::need_more) {
      nothing_more.asked.merge(applied.more);
      applied = engine_.apply(command, nothing_more, now_);
    }
    ++result_.commands;
    for (const Event& event : applied.events) {
      if (const auto* made = std::get_if<OfferMade>(&event)) compare(made->offer);
      see(event);
    }
    if (const auto left = next_offer(*policy_, mirror_, now_)) fail("nobody is offered", *left);
  }

  void see(Event event) {
    if (auto* queued = std::get_if<TicketQueued>(&event); queued && blind_)
      queued->required.clear();
    evolve(mirror_, event);
  }

  void compare(const Offer& made) {
    ++result_.offers;
    const auto plain = next_offer(*policy_, mirror_, now_);
    if (!plain)
      fail("nobody may have", {made.ticket, made.agent});
    else if (*plain != Pair{made.ticket, made.agent})
      fail("the engine offers ticket " + std::to_string(made.ticket.value) + " to agent " +
               std::to_string(made.agent.value) + ", the plain way is",
           *plain);
  }

  void fail(const std::string& what, const Pair& pair) {
    if (!fine()) return;
    result_.failure = what + " ticket " + std::to_string(pair.ticket.value) + " to agent " +
                      std::to_string(pair.agent.value) + ", after " +
                      std::to_string(result_.commands) + " commands";
  }

  Random dice_;
  PolicyPtr policy_;
  Engine engine_;
  State mirror_;
  bool blind_;
  Instant now_ = kBegin;
  std::uint64_t agents_ = 0, tickets_ = 0, arrived_ = 0;
  CrowdResult result_;
};

}  // namespace

CrowdResult run_crowd(std::uint64_t seed, bool blind) { return Crowd(seed, blind).run(); }

}  // namespace deskwire::sim
