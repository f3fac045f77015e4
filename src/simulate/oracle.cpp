// SPDX-License-Identifier: Apache-2.0
// The oracle's frame, and its scans over everything.
#include "simulate/oracle.hpp"

#include <set>
#include <utility>

#include "deskwire/domain/tag.hpp"
#include "deskwire/engine/evolve.hpp"

namespace deskwire::sim {
namespace {

constexpr std::uint32_t kPage = 500;

/// Calls `visit` with every entry of the journal, in order.
template <class Visit>
void walk_journal(Reader& reader, Visit visit) {
  std::uint64_t seq = 0;
  for (;;) {
    const std::vector<JournalEntry> page = reader.journal(seq, kPage);
    for (const JournalEntry& entry : page) visit(entry);
    if (page.size() < kPage) return;
    seq = page.back().seq;
  }
}

/// The sum the engine's rows give, added up without its indexes.
std::uint32_t load_of_rows(const State& state, AgentId agent) {
  std::uint32_t sum = 0;
  for (const auto& [id, ticket] : state.tickets) {
    const bool at_work = ticket.state == TicketState::assigned && !ticket.snoozed_until;
    if (at_work && ticket.agent == agent) sum += ticket.weight_percent;
  }
  for (const auto& [id, offer] : state.offers) {
    if (offer.end == OfferEnd::pending && offer.agent == agent) sum += offer.weight_percent;
  }
  return sum;
}

}  // namespace

std::string named(TicketId id) { return "ticket " + std::to_string(id.value); }
std::string named(AgentId id) { return "agent " + std::to_string(id.value); }

void Oracle::fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
}

void Oracle::restart(Reader& reader, const PolicyPtr& first) {
  model_ = std::make_unique<Model>(policies_);
  model_->set_policy(first->version);
  seq_ = 0;
  walk_journal(reader, [&](const JournalEntry& entry) {
    if (entry.seq != ++seq_) fail("the journal has a gap at " + std::to_string(seq_));
    for (const Event& event : entry.events) model_->apply(event);
  });
}

void Oracle::on_applied(const Command& command, const Applied& applied, Instant now, bool late,
                        const Senders& senders) {
  if (failed()) return;
  late_ = late;
  if (!applied.events.empty() && applied.receipt.seq != ++seq_)
    fail("the journal's sequence is not dense");
  if (applied.events.empty() && applied.receipt.seq != 0)
    fail("a command that changed nothing has a journal sequence");
  const auto* mail = std::get_if<ReceiveMessage>(&command.body);
  if (mail) check_participant(*mail, applied);
  for (const Event& event : applied.events) {
    check(event, now);
    model_->apply(event);
    ++counts_[event.index()];
  }
  if (mail) check_mail(*mail, applied, senders);
  if (!applied.events.empty()) check_awake(command);
}

/// Whatever an agent writes or marks on a ticket wakes it.
void Oracle::check_awake(const Command& command) {
  TicketId id;
  if (const auto* reply = std::get_if<SendReply>(&command.body)) id = reply->ticket;
  if (const auto* note = std::get_if<AddNote>(&command.body)) id = note->ticket;
  if (const auto* tag = std::get_if<TagTicket>(&command.body)) id = tag->ticket;
  const TicketView* ticket = model_->ticket(id);
  if (ticket && ticket->snoozed_until) fail(named(id) + " sleeps on though somebody works on it");
}

void Oracle::on_refused(const Applied& applied, const Engine& engine) {
  if (!applied.events.empty() || !applied.keys.empty() || !applied.messages.empty())
    fail("a refused command changed something");
  if (engine.head_seq() != seq_) fail("a refused command moved the journal on");
}

void Oracle::check_quiet(const Engine& engine, Instant now) {
  if (failed()) return;
  check_nobody_waits(now);
  check_clocks(now);
  check_snoozes(engine, now);
  check_loads(engine);
}

/// Asleep is who was put to sleep, until then and not a moment longer; tags are what was put on.
void Oracle::check_snoozes(const Engine& engine, Instant now) {
  for (TicketId id : model_->open_tickets()) {
    const TicketView& ticket = *model_->ticket(id);
    if (ticket.snoozed_until && ticket.state != TicketState::assigned)
      fail(named(id) + " sleeps and is nobody's");
    if (ticket.snoozed_until && ticket.snoozed_until <= now) fail(named(id) + " overslept");
    const Ticket* row = engine.state().ticket(id);
    if (!row || row->snoozed_until != ticket.snoozed_until)
      fail(named(id) + " is to wake at another time");
    if (!row || std::set(row->tags.begin(), row->tags.end()) != ticket.tags ||
        row->tags.size() > kTagsOfTicket)
      fail(named(id) + " has other tags than were put on");
  }
}

void Oracle::check_nobody_waits(Instant now) {
  for (TicketId id : model_->open_tickets()) {
    const TicketView& ticket = *model_->ticket(id);
    if (ticket.state != TicketState::queued || ticket.offer) continue;
    if (ticket.rank != model_->rank(ticket)) fail(named(id) + " has a wrong rank");
    if (ticket.preferred && now >= ticket.preferred_until)
      fail(named(id) + " is held longer than it should");
    for (const AgentView& agent : model_->agents()) {
      if (agent.id && why_not(*model_, ticket, agent, now).empty())
        fail(named(id) + " waits while " + named(agent.id) + " is eligible and free");
    }
  }
}

void Oracle::check_clocks(Instant now) {
  for (TicketId id : model_->open_tickets()) {
    for (const NaiveClock& clock : model_->ticket(id)->clocks) {
      if (clock.missed(now) && !clock.breach_seen)
        fail(named(id) + " passed a deadline unmet and no breach was said");
    }
  }
}

void Oracle::check_loads(const Engine& engine) {
  for (const AgentView& agent : model_->agents()) {
    if (!agent.id) continue;
    const std::uint32_t rows = load_of_rows(engine.state(), agent.id);
    if (engine.state().load_percent(agent.id) != rows)
      fail("the load of " + named(agent.id) + " is not the sum of assignments and offers");
  }
}

void Oracle::check_durable(const Engine& engine, const PolicyPtr& policy, Store& store) {
  if (failed()) return;
  State replayed;
  walk_journal(*store.open_reader(), [&](const JournalEntry& entry) {
    for (const Event& event : entry.events) evolve(replayed, event);
  });
  if (!rows_equal(replayed, engine.state()))
    fail("the journal folded over nothing does not give the engine's rows");
  const Engine restarted(policy, store.load_snapshot());
  if (!rows_equal(restarted.state(), engine.state()))
    fail("an engine started on the stored rows has other rows");
  for (const AgentView& agent : model_->agents()) {
    if (agent.id &&
        restarted.state().load_percent(agent.id) != engine.state().load_percent(agent.id))
      fail("a restart changes the load of " + named(agent.id));
  }
  // Too early is harmless: what was looked at without a change is looked at again.
  if (restarted.next_wakeup() > engine.next_wakeup())
    fail("an engine started on the stored rows would wake up too late");
}

}  // namespace deskwire::sim
