// SPDX-License-Identifier: Apache-2.0
// A desk without threads or disks: an engine, a store of rows that loads see only after a commit,
// and a clock that the test moves. After every command it holds the engine to what must always be
// true.
#pragma once
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/engine/evolve.hpp"
#include "deskwire/engine/state.hpp"
#include "support/builders.hpp"

namespace deskwire::test {

/// Rows as a store keeps them: whatever the engine says it touched, and nothing else.
struct Rows {
  std::map<TicketId, Ticket> tickets;
  std::map<AgentId, Agent> agents;
  std::map<OfferId, Offer> offers;
  std::map<CustomerId, Customer> customers;
  std::map<MessageId, Message> messages;
  std::map<MessageId, OutboxItem> outbox;
  std::map<std::pair<KeyKind, Key>, KeyRow> keys;
  Snapshot counters;

  void take(const Applied& applied, const Engine& engine) {
    const State& state = engine.state();
    for (TicketId id : applied.touched.tickets) tickets[id] = state.tickets.at(id);
    for (AgentId id : applied.touched.agents) agents[id] = state.agents.at(id);
    for (OfferId id : applied.touched.offers) offers[id] = state.offers.at(id);
    for (CustomerId id : applied.touched.customers) customers[id] = state.customers.at(id);
    for (MessageId id : applied.touched.outbox) {
      if (const OutboxItem* item = state.outbox_item(id))
        outbox[id] = *item;
      else
        outbox.erase(id);
    }
    for (const Message& m : applied.messages) messages[m.id] = m;
    for (const KeyRow& k : applied.keys) keys[{k.kind, k.key}] = k;
    counters = engine.counters();
  }

  [[nodiscard]] Loaded load(const Needs& needs) const {
    Loaded out;
    out.as_of = counters.seq;
    out.asked = needs;
    for (const auto& key : needs.keys)
      if (const auto found = keys.find(key); found != keys.end()) {
        out.keys.push_back(found->second);
        add(customers, found->second.customer, out.customers);
      }
    for (TicketId id : needs.tickets) add(tickets, id, out.tickets);
    for (CustomerId id : needs.customers) add(customers, id, out.customers);
    for (MessageId id : needs.messages) add(messages, id, out.messages);
    return out;
  }

  [[nodiscard]] Snapshot snapshot() const {
    Snapshot s = counters;
    std::set<CustomerId> owners;
    for (const auto& [id, t] : tickets)
      if (t.state != TicketState::closed) {
        s.tickets.push_back(t);
        owners.insert(t.customer);
      }
    for (const auto& [id, a] : agents) s.agents.push_back(a);
    for (const auto& [id, o] : offers)
      if (o.end == OfferEnd::pending) s.offers.push_back(o);
    for (const auto& [id, i] : outbox) s.outbox.push_back(i);
    for (CustomerId id : owners) add(customers, id, s.customers);
    return s;
  }

 private:
  template <class Id, class Row>
  static void add(const std::map<Id, Row>& rows, Id id, std::vector<Row>& out) {
    if (const auto found = rows.find(id); found != rows.end()) out.push_back(found->second);
  }
};

class World {
 public:
  explicit World(Policy policy = a_policy()) : World(std::make_shared<const Policy>(policy)) {}
  explicit World(PolicyPtr policy) : policy_(std::move(policy)) { start(); }
  ~World() {
    if (std::uncaught_exceptions() == 0) check_replay();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Instant now = monday_nine;

  // --- commands
  Applied apply(const Command& command) {
    Needs needs = engine_->needs(command);
    for (int round = 0; round < 4; ++round) {
      Applied applied = engine_->apply(command, durable_.load(needs), now);
      if (applied.kind == Applied::Kind::need_more) {
        REQUIRE(applied.events.empty());
        needs.merge(applied.more);
        continue;
      }
      settle(applied);
      if (auto* replace = std::get_if<ReplacePolicy>(&command.body);
          replace && applied.kind == Applied::Kind::done)
        policy_ = replace->policy;
      return applied;
    }
    FAIL("a command asked for more rows too often");
    return {};
  }
  Applied system(CommandBody body) { return apply({{}, std::move(body)}); }
  Applied by(AgentId agent, CommandBody body) {
    return apply({{ActorKind::agent, agent}, std::move(body)});
  }
  Applied receive(const Mail& mail) { return receive(mail.build()); }
  Applied receive(ReceiveMessage message) {
    Applied applied = system(std::move(message));
    REQUIRE(applied.kind == Applied::Kind::done);
    return applied;
  }
  /// Receives it and names the ticket it went to.
  TicketId ticket_from(const Mail& mail) { return receive(mail).receipt.ticket; }

  /// Lets time pass, ticking whenever the engine asks for it; what was emitted meanwhile.
  std::vector<Event> pass(Duration time) {
    const std::size_t from = journal_.size();
    const Instant until = now + time;
    while (engine_->next_wakeup() <= until) {
      now = std::max(now, engine_->next_wakeup());
      system(Tick{});
    }
    now = until;
    return {journal_.begin() + static_cast<std::ptrdiff_t>(from), journal_.end()};
  }

  // --- people
  struct Person {
    std::vector<QueueId> queues{general};
    std::vector<SkillLevel> skills{};
    std::uint16_t capacity_percent = 100;
    Role role = Role::agent;
  };
  /// An agent who is connected and available.
  AgentId someone(Person person) {
    const AgentId id = someone_absent(std::move(person));
    come(id);
    return id;
  }
  AgentId someone() { return someone(Person{}); }
  AgentId someone_absent(Person person) {
    const AgentId id{++last_agent_};
    put(id, person);
    return id;
  }
  void put(AgentId id, const Person& p, bool enabled = true) {
    PutAgent put{id, p.role, enabled, p.skills, p.queues, p.capacity_percent};
    REQUIRE(system(put).kind == Applied::Kind::done);
  }
  void come(AgentId id) {
    by(id, AgentConnected{id});
    by(id, SetPresence{id, Presence::available, {}});
  }

  // --- looking
  [[nodiscard]] const Engine& engine() const { return *engine_; }
  [[nodiscard]] const State& state() const { return engine_->state(); }
  [[nodiscard]] const Ticket& ticket(TicketId id) const { return state().tickets.at(id); }
  [[nodiscard]] const Agent& agent(AgentId id) const { return state().agents.at(id); }
  [[nodiscard]] const Offer* offer_of(TicketId id) const { return state().offer(ticket(id).offer); }
  /// Whom the ticket is offered to; zero for nobody.
  [[nodiscard]] AgentId offered_to(TicketId id) const {
    const Offer* offer = offer_of(id);
    return offer ? offer->agent : AgentId{};
  }
  [[nodiscard]] const Clock& clock(TicketId id, Metric metric) const {
    for (const Clock& c : ticket(id).clocks)
      if (c.metric == metric) return c;
    FAIL("the ticket has no such clock");
    return ticket(id).clocks.front();
  }
  [[nodiscard]] const Rows& stored() const { return durable_; }
  [[nodiscard]] const std::vector<Event>& journal() const { return journal_; }

  // --- doing in one word
  Applied accept(AgentId agent, TicketId ticket) {
    return by(agent, AcceptOffer{this->ticket(ticket).offer});
  }
  Applied decline(AgentId agent, TicketId ticket) {
    return by(agent, DeclineOffer{this->ticket(ticket).offer, "not mine"});
  }
  Applied reply(AgentId agent, TicketId ticket, const std::string& id = "our answer") {
    SendReply reply;
    reply.ticket = ticket;
    reply.own_key = key_of("thread:" + id);
    reply.content = text("here you are");
    return by(agent, reply);
  }
  /// A ticket from `mail` that `agent` has accepted.
  TicketId ticket_with(AgentId agent, const Mail& mail) {
    const TicketId id = ticket_from(mail);
    REQUIRE(offered_to(id) == agent);
    accept(agent, id);
    return id;
  }

  // --- durability
  /// From now on commands are decided but not committed: loads do not see them.
  void hold_commits() { holding_ = true; }
  void commit() {
    holding_ = false;
    durable_ = memory_;
  }
  /// The process died and came back: what was not committed is gone.
  void restart() {
    memory_ = durable_;
    holding_ = false;
    journal_.resize(durable_journal_);
    start();
    system(Restarted{});
  }

 private:
  void start() {
    engine_ = std::make_unique<Engine>(policy_, durable_.snapshot());
    if (now < durable_.counters.last_now) now = durable_.counters.last_now;
  }

  void settle(const Applied& applied) {
    if (applied.kind == Applied::Kind::refused) {
      REQUIRE(applied.events.empty());
      return;
    }
    REQUIRE((applied.receipt.seq != 0) == !applied.events.empty());
    journal_.insert(journal_.end(), applied.events.begin(), applied.events.end());
    memory_.take(applied, *engine_);
    engine_->sealed();
    if (!holding_) {
      durable_ = memory_;
      durable_journal_ = journal_.size();
    }
    check();
  }

  /// Rows are what was touched; loads are sums; nobody waits while someone can take the ticket.
  void check() const {
    const Engine again(policy_, memory_.snapshot());
    REQUIRE(rows_equal(again.state(), state()));
    for (const auto& [id, agent] : state().agents) {
      REQUIRE(state().load_percent(id) == again.state().load_percent(id));
      check_capacity(agent);
    }
    if (engine_->next_wakeup() > now) check_nobody_waits();
  }

  void check_capacity(const Agent& agent) const {
    std::uint32_t assigned = 0, offered = 0;
    for (const auto& [id, t] : state().tickets)
      if (t.state == TicketState::assigned && t.agent == agent.id && !t.snoozed_until)
        assigned += t.weight_percent;
    for (const auto& [id, o] : state().offers)
      if (o.end == OfferEnd::pending && o.agent == agent.id) offered += o.weight_percent;
    REQUIRE(state().load_percent(agent.id) == assigned + offered);
  }

  void check_nobody_waits() const {
    for (const auto& [id, t] : state().tickets) {
      if (t.state != TicketState::queued || t.offer) continue;
      const auto why = engine_->explain(id);
      REQUIRE(why);
      for (const CandidateVerdict& v : why->agents) {
        INFO("ticket " << id.value << " waits, agent " << v.agent.value << " could take it");
        REQUIRE(v.verdict != Verdict::eligible_but_later);
      }
    }
  }

  /// The journal folded over nothing gives the rows of now.
  void check_replay() const {
    State replayed;
    for (const Event& event : journal_) evolve(replayed, event);
    CHECK(rows_equal(replayed, state()));
  }

  PolicyPtr policy_;
  std::unique_ptr<Engine> engine_;
  Rows memory_, durable_;
  std::vector<Event> journal_;
  std::size_t durable_journal_ = 0;
  std::uint64_t last_agent_ = 0;
  bool holding_ = false;
};

/// The events of one kind among those of a command or of a while.
template <class E>
std::vector<E> all(const std::vector<Event>& events) {
  std::vector<E> found;
  for (const Event& event : events)
    if (const E* e = std::get_if<E>(&event)) found.push_back(*e);
  return found;
}
template <class E>
std::vector<E> all(const Applied& applied) {
  return all<E>(applied.events);
}
template <class E>
bool has(const Applied& applied) {
  return !all<E>(applied).empty();
}
template <class E>
bool has(const std::vector<Event>& events) {
  return !all<E>(events).empty();
}

inline bool refused(const Applied& applied, Refusal why) {
  return applied.kind == Applied::Kind::refused && applied.refusal == why;
}

}  // namespace deskwire::test
