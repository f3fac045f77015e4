// SPDX-License-Identifier: Apache-2.0
// The engine's door: one command in, its decision out.
#include "deskwire/engine/engine.hpp"

#include <algorithm>
#include <cassert>

#include "engine/customers.hpp"
#include "engine/delivery.hpp"
#include "engine/desk.hpp"
#include "engine/handling.hpp"
#include "engine/intake.hpp"
#include "engine/matching.hpp"
#include "engine/needs.hpp"
#include "engine/offers.hpp"
#include "engine/presence.hpp"
#include "engine/replies.hpp"
#include "engine/state_index.hpp"
#include "engine/upkeep.hpp"
#include "engine/withdrawal.hpp"

namespace deskwire {
namespace {

/// Tickets in the queue's lines that go before this one; those with a live offer are being served.
std::uint32_t place_in_line(const State& state, const Ticket& ticket) {
  if (!waits(ticket)) return 0;
  const auto queue = state.index().queues.find(ticket.queue);
  if (queue == state.index().queues.end()) return 0;
  std::size_t before = 0;
  for (const auto& bucket : queue->second.buckets)
    before += bucket->line.count_below({ticket.rank, ticket.id.value});
  return static_cast<std::uint32_t>(before + 1);
}

std::vector<CandidateVerdict> judge_all(const Desk& desk, const Ticket& ticket) {
  std::vector<CandidateVerdict> verdicts;
  for (const auto& [id, agent] : desk.state.agents)
    if (agent.enabled) verdicts.push_back(judge(desk, agent, ticket));
  std::ranges::sort(verdicts, {}, &CandidateVerdict::agent);
  return verdicts;
}

}  // namespace

struct Engine::Impl {
  Impl(PolicyPtr policy, Snapshot snapshot) : desk(std::move(policy), std::move(snapshot)) {}
  Desk desk;
};

Engine::Engine(PolicyPtr policy, Snapshot snapshot)
    : impl_(std::make_unique<Impl>(std::move(policy), std::move(snapshot))) {}
Engine::~Engine() = default;

Needs Engine::needs(const Command& command) const { return needs_of(impl_->desk, command); }

Applied Engine::apply(const Command& command, const Loaded& loaded, Instant now) {
  Desk& desk = impl_->desk;
  Applied applied;
  desk.settle(loaded.as_of);
  desk.begin(command, loaded, now, applied);
  const Outcome outcome = std::visit([&](const auto& c) { return decide(desk, c); }, command.body);
  if (desk.asks()) {
    assert(!desk.emitted());
    applied.kind = Applied::Kind::need_more;
    applied.more = desk.take_missing();
  } else if (!outcome) {
    assert(!desk.emitted());
    applied.kind = Applied::Kind::refused;
    applied.refusal = outcome.error();
  } else {
    match_pending(desk);
    desk.finish();
  }
  return applied;
}

Instant Engine::next_wakeup() const {
  const auto& due = impl_->desk.state.index().due;
  return due.empty() ? kNever : due.front().at;
}

const State& Engine::state() const { return impl_->desk.state; }
const Policy& Engine::policy() const { return impl_->desk.policy(); }
std::uint64_t Engine::head_seq() const { return impl_->desk.head_seq(); }
void Engine::sealed() { impl_->desk.sealed(); }
Snapshot Engine::counters() const { return impl_->desk.counters(); }

Result<Explanation> Engine::explain(TicketId id) const {
  const Desk& desk = impl_->desk;
  const Ticket* ticket = desk.state.ticket(id);
  if (!ticket) return std::unexpected(Refusal::no_such_ticket);
  Explanation e;
  e.ticket = id;
  e.queue = ticket->queue;
  e.rule = ticket->rule;
  e.policy_version = ticket->policy_version;
  e.rank = ticket->rank;
  e.place = place_in_line(desk.state, *ticket);
  e.required = ticket->required;
  e.agents = judge_all(desk, *ticket);
  return e;
}

}  // namespace deskwire
