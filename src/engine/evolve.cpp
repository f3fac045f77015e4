// SPDX-License-Identifier: Apache-2.0
// One small function an event. Each takes the row out of the indexes as far as the event can move
// it, changes it, and puts it in again.
#include "deskwire/engine/evolve.hpp"

#include <algorithm>

#include "engine/state_index.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kMaxParticipants = 64;

class Fold {
 public:
  explicit Fold(State& state) : s_(state), index_(state.index()) {}

  void operator()(const CustomerCreated& e) const {
    s_.customers.insert_or_assign(
        e.customer,
        Customer{.id = e.customer, .created_at = e.at, .last_agent = {}, .merged_into = {}});
  }

  void operator()(const TicketOpened& e) const {
    const auto [row, fresh] = s_.tickets.try_emplace(e.ticket.id, e.ticket);
    if (fresh) index_.adopt(row->second);
  }

  void operator()(const MessageReceived& e) const {
    const Message& m = e.message;
    touch(m.ticket, [&](Ticket& t) {
      t.last_seq = m.seq;
      t.updated_at = std::max(t.updated_at, m.at);
      if (m.machine == Machine::none) {
        t.last_in_seq = m.seq;
        if (m.seq == 1) ask(t, m.at);
      }
      t.visible_seq = std::max(t.visible_seq, m.visible_seq);
      add_address(t, m.channel_name);
      const bool joins = e.verified_participant && m.machine == Machine::none && e.sender;
      if (joins && t.participants.size() < kMaxParticipants &&
          std::ranges::find(t.participants, e.sender) == t.participants.end())
        t.participants.push_back(e.sender);
    });
  }

  void operator()(const MessageAddressed& e) const {
    touch(e.ticket, [&](Ticket& t) { add_address(t, e.channel_name); });
  }

  void operator()(const ReplySent& e) const {
    note_message(e.message);
    if (e.message.author_kind == AuthorKind::agent)
      touch(e.message.ticket, [&](Ticket& t) { answer(t, {e.message.author}, e.message.at); });
    s_.outbox.insert_or_assign(e.outbox.message, e.outbox);
    if (is_held(e.outbox)) rearm(e.message.ticket, [](Ticket& t) { ++t.held; });
  }

  void operator()(const NoteAdded& e) const { note_message(e.message); }

  void operator()(const TicketQueued& e) const {
    move(e.ticket, [&](Ticket& t) {
      enter_state(t, TicketState::queued, e.at);
      t.queue = e.queue;
      if (t.asked_at && !t.asked_in) t.asked_in = e.queue;
      t.policy_version = e.policy_version;
      t.rule = e.rule;
      t.priority = e.priority;
      t.required = e.required;
      t.queued_at = e.queued_at;
      t.rank = e.rank;
      t.preferred = e.preferred;
      t.preferred_until = e.preferred_until;
      t.agent = {};
      t.weight_percent = 0;
      t.manual = false;
      t.snoozed_until = {};
    });
  }

  void operator()(const TicketReranked& e) const {
    move(e.ticket, [&](Ticket& t) { t.rank = e.rank; });
  }

  void operator()(const PreferenceEnded& e) const {
    move(e.ticket, [](Ticket& t) { forget_preference(t); });
  }

  void operator()(const PriorityChanged& e) const {
    touch(e.ticket, [&](Ticket& t) {
      t.priority = e.priority;
      t.updated_at = std::max(t.updated_at, e.at);
    });
  }

  void operator()(const OfferMade& e) const {
    const auto [row, fresh] = s_.offers.try_emplace(e.offer.id, e.offer);
    if (!fresh) return;
    index_.enter(row->second);
    move(e.offer.ticket, [&](Ticket& t) { t.offer = e.offer.id; });
    change_agent(e.offer.agent,
                 [&](Agent& a) { a.idle_since = a.last_offer_at = e.offer.made_at; });
  }

  /// The ticket stays out of the line: TicketAssigned follows and lets go of the offer.
  void operator()(const OfferAccepted& e) const {
    change_offer(e.offer, [&](Offer& o) {
      o.end = OfferEnd::accepted;
      o.ended_at = e.at;
    });
    change_agent(e.agent, [](Agent& a) { a.missed_in_row = 0; });
  }

  void operator()(const OfferDeclined& e) const {
    end_offer(e.offer, e.ticket, [&](Offer& o) {
      o.end = OfferEnd::declined;
      o.decline_reason = e.reason;
      o.ended_at = e.at;
    });
    exclude(e.ticket, {e.agent, e.excluded_until, OfferEnd::declined}, e.at);
    change_agent(e.agent, [](Agent& a) { a.missed_in_row = 0; });
  }

  void operator()(const OfferExpired& e) const {
    end_offer(e.offer, e.ticket, [&](Offer& o) {
      o.end = e.end;
      o.ended_at = e.at;
    });
    exclude(e.ticket, {e.agent, e.excluded_until, e.end}, e.at);
    if (e.end == OfferEnd::ignored) change_agent(e.agent, [](Agent& a) { ++a.missed_in_row; });
  }

  void operator()(const OfferRescinded& e) const {
    end_offer(e.offer, e.ticket, [&](Offer& o) {
      o.end = OfferEnd::rescinded;
      o.cause = e.cause;
      o.ended_at = e.at;
    });
  }

  void operator()(const OfferMoved& e) const {
    change_offer(e.offer, [&](Offer& o) { o.expires_at = e.expires_at; });
  }

  void operator()(const TicketAssigned& e) const {
    CustomerId customer;
    move(e.ticket, [&](Ticket& t) {
      if (t.state == TicketState::assigned && t.agent != e.agent) take_turn(t.agent, e.at);
      enter_state(t, TicketState::assigned, e.at);
      t.agent = e.agent;
      t.weight_percent = e.weight_percent;
      t.manual = e.manual;
      t.assigned_at = e.at;
      t.last_agent = e.agent;
      t.snoozed_until = {};
      t.offer = {};
      forget_preference(t);
      // A call is answered by being taken: nobody writes back to it.
      if (t.channel == Channel::voice) answer(t, e.agent, e.at);
      customer = t.customer;
    });
    take_turn(e.agent, e.at);
    const auto found = s_.customers.find(customer);
    if (found != s_.customers.end()) found->second.last_agent = e.agent;
  }

  void operator()(const TicketUnassigned& e) const {
    move(e.ticket, [&](Ticket& t) {
      if (t.state == TicketState::assigned) take_turn(e.agent, e.at);
      t.agent = {};
      t.weight_percent = 0;
      t.manual = false;
      t.snoozed_until = {};
    });
  }

  void operator()(const TicketStateChanged& e) const {
    move(e.ticket, [&](Ticket& t) {
      if (t.state == TicketState::assigned && e.to != TicketState::assigned)
        take_turn(t.agent, e.at);
      enter_state(t, e.to, e.at);
      t.snoozed_until = {};
      if (e.to == TicketState::resolved) t.disposition = e.disposition;
      if (e.to == TicketState::closed) index_.disown(t);
    });
  }

  void operator()(const ClockStarted& e) const { set_clock(e.ticket, e.clock); }
  void operator()(const ClockChanged& e) const { set_clock(e.ticket, e.clock); }

  void operator()(const SlaWarned& e) const {
    change_clock(e.ticket, e.metric, [](Clock& c) { c.warned = true; });
  }
  void operator()(const SlaBreached& e) const {
    change_clock(e.ticket, e.metric, [](Clock& c) { c.state = ClockState::breached; });
  }

  void operator()(const PresenceChanged& e) const {
    change_agent(e.agent, [&](Agent& a) {
      if (e.presence == Presence::available) {
        if (a.presence != Presence::available) a.idle_since = e.at;
        a.missed_in_row = 0;
      }
      if (a.presence != e.presence) a.presence_since = e.at;
      a.presence = e.presence;
      a.presence_reason = e.reason;
      if (e.presence == Presence::offline) a.grace_until = {};
    });
  }

  void operator()(const AgentConnectionChanged& e) const {
    change_agent(e.agent, [&](Agent& a) {
      a.connected = e.connected;
      a.grace_until = e.grace_until;
    });
  }

  void operator()(const AgentPut& e) const {
    const auto [row, fresh] = s_.agents.try_emplace(e.agent.id, e.agent);
    if (!fresh) {
      index_.leave(row->second);
      row->second = e.agent;
    }
    index_.enter(row->second);
  }

  void operator()(const SendStarted& e) const {
    const auto found = s_.outbox.find(e.message);
    if (found == s_.outbox.end()) return;
    OutboxItem& item = found->second;
    if (is_held(item)) rearm(item.ticket, [&](Ticket& t) { --t.held; });
    item.state = DeliveryState::sending;
    item.attempts = e.attempt;
  }

  void operator()(const DeliveryRecorded& e) const {
    const auto found = s_.outbox.find(e.message);
    if (found == s_.outbox.end()) return;
    if (e.state != DeliveryState::queued) {
      s_.outbox.erase(found);
      return;
    }
    found->second.state = DeliveryState::queued;
    found->second.next_attempt_at = e.retry_at;
  }

  void operator()(const TicketSnoozed& e) const {
    move(e.ticket, [&](Ticket& t) {
      t.snoozed_until = e.until;
      t.updated_at = std::max(t.updated_at, e.at);
    });
    take_turn(e.agent, e.at);
  }

  void operator()(const TicketWoken& e) const {
    move(e.ticket, [&](Ticket& t) {
      t.snoozed_until = {};
      t.updated_at = std::max(t.updated_at, e.at);
    });
    take_turn(e.agent, e.at);
  }

  void operator()(const TicketTagged& e) const {
    touch(e.ticket, [&](Ticket& t) {
      t.tags.insert(t.tags.end(), e.added.begin(), e.added.end());
      std::erase_if(t.tags, [&](const std::string& tag) {
        return std::ranges::find(e.removed, tag) != e.removed.end();
      });
      std::ranges::sort(t.tags);
      t.updated_at = std::max(t.updated_at, e.at);
    });
  }

  void operator()(const ActNoted&) const {}

  void operator()(const MessageWithdrawn& e) const {
    if (s_.outbox.erase(e.message) == 0) return;
    rearm(e.ticket, [](Ticket& t) { --t.held; });
  }

  // Notes in the journal that change no row.
  void operator()(const PolicyReplaced&) const {}
  void operator()(const ClockStepNoted&) const {}
  void operator()(const DaemonRestarted&) const {}
  void operator()(const MediaAttached&) const {}
  void operator()(const IdentityBound&) const {}
  void operator()(const ConsentChanged&) const {}

 private:
  /// A change that leaves place, load and timers alone.
  template <class Change>
  void touch(TicketId id, Change change) const {
    const auto found = s_.tickets.find(id);
    if (found != s_.tickets.end()) change(found->second);
  }

  template <class Change>
  void move(TicketId id, Change change) const {
    const auto found = s_.tickets.find(id);
    if (found == s_.tickets.end()) return;
    index_.leave(found->second);
    rearm(found->second, change);
    index_.enter(found->second);
  }

  /// A change that moves the ticket's timer at most.
  template <class Change>
  void rearm(Ticket& ticket, Change change) const {
    const Instant before = next_due(ticket, index_.close_after);
    change(ticket);
    index_.rearm(ticket.id, before, next_due(ticket, index_.close_after));
  }
  template <class Change>
  void rearm(TicketId id, Change change) const {
    const auto found = s_.tickets.find(id);
    if (found != s_.tickets.end()) rearm(found->second, change);
  }

  template <class Change>
  void change_agent(AgentId id, Change change) const {
    const auto found = s_.agents.find(id);
    if (found == s_.agents.end()) return;
    index_.disarm(found->second);
    change(found->second);
    index_.arm(found->second);
  }

  void take_turn(AgentId id, Instant at) const {
    change_agent(id, [&](Agent& a) { a.idle_since = at; });
  }

  template <class Change>
  void change_offer(OfferId id, Change change) const {
    const auto found = s_.offers.find(id);
    if (found == s_.offers.end()) return;
    index_.leave(found->second);
    change(found->second);
    index_.enter(found->second);
  }

  template <class Change>
  void end_offer(OfferId id, TicketId ticket, Change change) const {
    change_offer(id, change);
    move(ticket, [&](Ticket& t) {
      if (t.offer == id) t.offer = {};
    });
  }

  /// One entry an agent; those that ended are dropped on the way, so the list stays short.
  void exclude(TicketId id, const Exclusion& exclusion, Instant at) const {
    move(id, [&](Ticket& t) {
      std::erase_if(t.exclusions, [&](const Exclusion& e) {
        return e.agent == exclusion.agent || e.until <= at;
      });
      t.exclusions.push_back(exclusion);
    });
  }

  void note_message(const Message& m) const {
    touch(m.ticket, [&](Ticket& t) {
      t.last_seq = m.seq;
      t.visible_seq = std::max(t.visible_seq, m.visible_seq);
      t.updated_at = std::max(t.updated_at, m.at);
      if (m.author_kind == AuthorKind::agent) note_writer(t, {m.author}, m.seq);
    });
  }

  static void note_writer(Ticket& t, AgentId writer, std::uint32_t seq) {
    if (t.last_writer != writer) t.other_writer_seq = t.last_writer_seq;
    t.last_writer = writer;
    t.last_writer_seq = seq;
  }

  void set_clock(TicketId id, const Clock& clock) const {
    rearm(id, [&](Ticket& t) {
      const auto found = std::ranges::find(t.clocks, clock.metric, &Clock::metric);
      if (found == t.clocks.end()) return t.clocks.push_back(clock);
      // What had stopped the clock never arrived: it was no answer.
      const bool goes_on = clock.metric == Metric::first_response && !clock.stopped_at;
      if (goes_on && found->stopped_at && found->stopped_at == t.answered_at) unanswer(t);
      *found = clock;
    });
  }

  template <class Change>
  void change_clock(TicketId id, Metric metric, Change change) const {
    rearm(id, [&](Ticket& t) {
      const auto found = std::ranges::find(t.clocks, metric, &Clock::metric);
      if (found != t.clocks.end()) change(*found);
    });
  }

  static void enter_state(Ticket& t, TicketState to, Instant at) {
    if (t.state != to || !t.state_since) t.state_since = at;
    t.state = to;
    t.updated_at = std::max(t.updated_at, at);
  }

  /// Where it came in is known once the ticket has a queue.
  static void ask(Ticket& t, Instant at) {
    t.asked_at = at;
    t.asked_in = t.queue;
  }

  static void answer(Ticket& t, AgentId by, Instant at) {
    if (!t.asked_at || t.answered_at) return;
    t.answered_at = at;
    t.answered_in = t.queue;
    t.answered_by = by;
  }

  static void unanswer(Ticket& t) {
    t.answered_at = {};
    t.answered_in = {};
    t.answered_by = {};
  }

  static void forget_preference(Ticket& t) {
    t.preferred = {};
    t.preferred_until = {};
  }

  static void add_address(Ticket& t, ChannelId address) {
    if (address && std::ranges::find(t.addressed, address) == t.addressed.end())
      t.addressed.push_back(address);
  }

  State& s_;
  StateIndex& index_;
};

}  // namespace

void evolve(State& state, const Event& event) { std::visit(Fold(state), event); }

}  // namespace deskwire
