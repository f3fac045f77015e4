// SPDX-License-Identifier: Apache-2.0
#include "simulate/model.hpp"

#include <algorithm>
#include <variant>

namespace deskwire::sim {
namespace {

template <class Rows, class Id>
auto* find_view(Rows& rows, Id id) {
  using View = std::remove_reference_t<decltype(rows[0])>;
  if (id.value >= rows.size() || !rows[id.value].id) return static_cast<View*>(nullptr);
  return &rows[id.value];
}

template <class Rows, class Id>
auto& make_view(Rows& rows, Id id) {
  if (id.value >= rows.size()) rows.resize(id.value + 1);
  rows[id.value].id = id;
  return rows[id.value];
}

}  // namespace

/// One small function an event.
struct ModelFold {
  Model& m;

  template <class Change>
  void ticket(TicketId id, Change change) const {
    if (TicketView* t = find_view(m.tickets_, id)) change(*t);
  }
  template <class Change>
  void agent(AgentId id, Change change) const {
    if (AgentView* a = find_view(m.agents_, id)) change(*a);
  }
  void took_turn(AgentId id, Instant at) const {
    agent(id, [&](AgentView& a) { a.idle_since = at; });
  }
  void enter(TicketView& t, TicketState to, Instant at) const {
    if (t.state == TicketState::assigned && to != TicketState::assigned) took_turn(t.agent, at);
    if (t.state != to) t.state_since = at;
    move_clocks(t, to, at);
    t.state = to;
    if (to == TicketState::closed) std::erase(m.open_, t.id);
  }
  NaiveClock& clock(TicketView& t, Metric metric) const {
    return t.clocks[static_cast<std::size_t>(metric)];
  }
  /// Clocks run while the ticket is ours to work on; solving it stops the one that measures that.
  void move_clocks(TicketView& t, TicketState to, Instant at) const {
    NaiveClock& resolution = clock(t, Metric::resolution);
    if (to == TicketState::queued || to == TicketState::assigned) {
      if (!resolution.missed(at)) resolution.take_back_stop(at, m.granted(t, Metric::resolution));
      for (NaiveClock& c : t.clocks) c.resume(at);
      t.answers.resume(at);
    } else if (to != TicketState::closed) {
      if (to == TicketState::resolved && !resolution.stopped()) resolution.stop(at);
      for (NaiveClock& c : t.clocks) c.pause(at);
      t.answers.pause(at);
    }
  }
  void retarget(TicketView& t, Instant at) const {
    for (std::size_t i = 0; i < t.clocks.size(); ++i) {
      const Duration granted = m.granted(t, static_cast<Metric>(i));
      if (granted <= Duration{}) continue;
      t.clocks[i].retarget(granted, at);
      if (static_cast<Metric>(i) == Metric::first_response) t.answers.retarget(granted, at);
    }
  }
  void reopen_first_response(TicketId id, Instant replied_at, Instant at) const {
    ticket(id, [&](TicketView& t) {
      NaiveClock& c = clock(t, Metric::first_response);
      if (t.state == TicketState::closed || t.answers.open() || !c.stopped() ||
          c.stopped_at() != replied_at)
        return;
      c.forget_stop(m.granted(t, Metric::first_response));
      if (t.state != TicketState::queued && t.state != TicketState::assigned) c.pause(at);
    });
  }
  std::uint32_t weight(Channel channel) const {
    return m.policy_->weight_percent[static_cast<std::size_t>(channel)];
  }
  void end_offer(OfferId id, TicketId ticket_id) const {
    if (OfferView* o = find_view(m.offers_, id)) o->live = false;
    std::erase(m.live_offers_, id);
    ticket(ticket_id, [&](TicketView& t) {
      if (t.offer == id) t.offer = {};
    });
  }
  void exclude(TicketId id, const Exclusion& exclusion) const {
    ticket(id, [&](TicketView& t) {
      std::erase_if(t.exclusions, [&](const Exclusion& e) { return e.agent == exclusion.agent; });
      t.exclusions.push_back(exclusion);
    });
  }
  void message(const Message& row) const {
    ticket(row.ticket, [&](TicketView& t) {
      t.last_seq = row.seq;
      if (row.visible_seq > 0) m.visible_[t.conversation] = row.visible_seq;
    });
  }

  void operator()(const CustomerCreated&) const {}
  void operator()(const TicketOpened& e) const {
    TicketView& t = make_view(m.tickets_, e.ticket.id);
    t.state = e.ticket.state;
    t.queue = e.ticket.queue;
    t.channel = e.ticket.channel;
    t.priority = e.ticket.priority;
    t.customer = e.ticket.customer;
    t.linked_to = e.ticket.linked_to;
    t.sla = e.ticket.sla;
    t.created_at = e.ticket.created_at;
    t.state_since = e.ticket.state_since;
    t.agent = e.ticket.agent;
    if (t.agent) t.weight_percent = weight(t.channel);
    t.participants = e.ticket.participants;
    t.conversation = e.ticket.conversation ? e.ticket.conversation : e.ticket.id;
    m.open_.push_back(t.id);
  }
  void operator()(const MessageReceived& e) const {
    message(e.message);
    if (e.message.unverified || e.message.machine != Machine::none || !e.sender) return;
    ticket(e.message.ticket, [&](TicketView& t) {
      if (std::ranges::find(t.participants, e.sender) == t.participants.end())
        t.participants.push_back(e.sender);
    });
  }
  void operator()(const MessageAddressed&) const {}
  void operator()(const ReplySent& e) const {
    message(e.message);
    const Instant held_until = e.message.held_until;
    ticket(e.message.ticket, [&](TicketView& t) {
      t.answers.written(clock(t, Metric::first_response), e.message.id, e.message.at,
                        bool(held_until));
    });
    m.replied_at_[e.message.id] = e.message.at;
    m.outbox_.push_back({e.message.id,
                         e.message.ticket,
                         e.outbox.next_attempt_at,
                         held_until,
                         {e.message.author},
                         false});
    m.outbound_.push_back(e.message.id);
  }
  void operator()(const NoteAdded& e) const { message(e.message); }
  void operator()(const TicketQueued& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      enter(t, TicketState::queued, e.at);
      t.queue = e.queue;
      t.rule = e.rule;
      t.priority = e.priority;
      t.required = e.required;
      t.queued_at = e.queued_at;
      t.rank = e.rank;
      t.preferred = e.preferred;
      t.preferred_until = e.preferred_until;
      t.agent = {};
      t.snoozed_until = {};
    });
  }
  void operator()(const TicketReranked& e) const {
    ticket(e.ticket, [&](TicketView& t) { t.rank = e.rank; });
  }
  void operator()(const PreferenceEnded& e) const {
    ticket(e.ticket, [](TicketView& t) { t.preferred = {}; });
  }
  void operator()(const PriorityChanged& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      t.priority = e.priority;
      retarget(t, e.at);
    });
  }
  void operator()(const OfferMade& e) const {
    OfferView& o = make_view(m.offers_, e.offer.id);
    o.ticket = e.offer.ticket;
    o.agent = e.offer.agent;
    o.expires_at = e.offer.expires_at;
    o.live = true;
    m.live_offers_.push_back(o.id);
    ticket(o.ticket, [&](TicketView& t) {
      t.offer = o.id;
      o.weight_percent = weight(t.channel);
    });
    agent(o.agent, [&](AgentView& a) { a.idle_since = a.last_offer_at = e.offer.made_at; });
  }
  void operator()(const OfferAccepted& e) const {
    const OfferView* offer = find_view(m.offers_, e.offer);
    ticket(e.ticket, [&](TicketView& t) {
      t.weighed = offer != nullptr;
      if (offer) t.weight_percent = offer->weight_percent;
    });
    end_offer(e.offer, e.ticket);
    agent(e.agent, [](AgentView& a) { a.missed_in_row = 0; });
  }
  void operator()(const OfferDeclined& e) const {
    end_offer(e.offer, e.ticket);
    exclude(e.ticket, {e.agent, e.excluded_until, OfferEnd::declined});
    agent(e.agent, [](AgentView& a) { a.missed_in_row = 0; });
  }
  void operator()(const OfferExpired& e) const {
    end_offer(e.offer, e.ticket);
    exclude(e.ticket, {e.agent, e.excluded_until, e.end});
    if (e.end == OfferEnd::ignored) agent(e.agent, [](AgentView& a) { ++a.missed_in_row; });
  }
  void operator()(const OfferRescinded& e) const { end_offer(e.offer, e.ticket); }
  void operator()(const OfferMoved& e) const {
    if (OfferView* o = find_view(m.offers_, e.offer)) o->expires_at = e.expires_at;
  }
  void operator()(const TicketAssigned& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      if (t.state == TicketState::assigned && t.agent != e.agent) took_turn(t.agent, e.at);
      enter(t, TicketState::assigned, e.at);
      t.agent = e.agent;
      if (!t.weighed) t.weight_percent = weight(t.channel);
      t.weighed = false;
      t.preferred = {};
      t.snoozed_until = {};
    });
    took_turn(e.agent, e.at);
  }
  void operator()(const TicketUnassigned& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      if (t.state == TicketState::assigned) took_turn(t.agent, e.at);
      t.agent = {};
      t.snoozed_until = {};
    });
  }
  void operator()(const TicketStateChanged& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      enter(t, e.to, e.at);
      t.snoozed_until = {};
    });
  }
  void operator()(const ClockStarted& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      const SlaPolicy* sla = m.policy_->sla(e.clock.sla);
      const CalendarId calendar = sla ? sla->calendar : CalendarId{};
      t.sla = e.clock.sla;
      clock(t, e.clock.metric)
          .start(calendar ? m.policy_->calendar(calendar) : nullptr, m.granted(t, e.clock.metric),
                 e.clock.started_at);
    });
  }
  void operator()(const ClockChanged&) const {}
  void operator()(const SlaWarned&) const {}
  void operator()(const SlaBreached& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      clock(t, e.metric).breach_seen = true;
      if (e.metric == Metric::first_response) t.answers.breached();
    });
  }
  void operator()(const PresenceChanged& e) const {
    agent(e.agent, [&](AgentView& a) {
      if (e.presence == Presence::available) {
        if (a.presence != Presence::available) a.idle_since = e.at;
        a.missed_in_row = 0;
      }
      a.presence = e.presence;
      if (e.presence == Presence::offline) a.grace_until = {};
    });
  }
  void operator()(const AgentConnectionChanged& e) const {
    agent(e.agent, [&](AgentView& a) {
      a.connected = e.connected;
      a.grace_until = e.grace_until;
    });
  }
  void operator()(const AgentPut& e) const { make_view(m.agents_, e.agent.id).row = e.agent; }
  void operator()(const SendStarted& e) const {
    for (OutboxView& item : m.outbox_) {
      if (item.message != e.message) continue;
      item.sending = true;
      item.held_until = {};
      ticket(item.ticket, [&](TicketView& t) {
        t.answers.left(clock(t, Metric::first_response), e.message, e.at);
      });
    }
  }
  void operator()(const DeliveryRecorded& e) const {
    const auto item = std::ranges::find(m.outbox_, e.message, &OutboxView::message);
    if (item != m.outbox_.end()) {
      item->sending = false;
      item->next_attempt_at = e.retry_at;
      if (e.state != DeliveryState::queued) m.outbox_.erase(item);
    }
    if (e.state == DeliveryState::failed)
      reopen_first_response(e.ticket, m.replied_at_[e.message], e.at);
  }
  void operator()(const PolicyReplaced& e) const {
    m.set_policy(e.version);
    for (TicketId id : m.open_) retarget(m.tickets_[id.value], e.at);
  }
  void operator()(const ClockStepNoted&) const {}
  void operator()(const DaemonRestarted&) const {}
  void operator()(const MediaAttached&) const {}
  void operator()(const IdentityBound&) const {}
  void operator()(const ConsentChanged& e) const {
    if (e.consent == Consent::withdrawn)
      m.opted_out_.insert(e.identity);
    else
      m.opted_out_.erase(e.identity);
  }
  void operator()(const TicketSnoozed& e) const {
    ticket(e.ticket, [&](TicketView& t) { t.snoozed_until = e.until; });
    took_turn(e.agent, e.at);
  }
  void operator()(const TicketWoken& e) const {
    ticket(e.ticket, [](TicketView& t) { t.snoozed_until = {}; });
    took_turn(e.agent, e.at);
  }
  void operator()(const TicketTagged& e) const {
    ticket(e.ticket, [&](TicketView& t) {
      t.tags.insert(e.added.begin(), e.added.end());
      for (const std::string& tag : e.removed) t.tags.erase(tag);
    });
  }
  void operator()(const ActNoted&) const {}
  void operator()(const MessageWithdrawn& e) const {
    std::erase_if(m.outbox_, [&](const OutboxView& item) { return item.message == e.message; });
    m.withdrawn_.insert(e.message);
    ticket(e.ticket, [&](TicketView& t) {
      t.answers.withdrawn(clock(t, Metric::first_response), e.message);
    });
  }
};

std::uint32_t Model::visible_seq(const TicketView& ticket) const {
  const auto found = visible_.find(ticket.conversation);
  return found == visible_.end() ? 0 : found->second;
}

void Model::apply(const Event& event) { std::visit(ModelFold{*this}, event); }

const TicketView* Model::ticket(TicketId id) const { return find_view(tickets_, id); }
const AgentView* Model::agent(AgentId id) const { return find_view(agents_, id); }
const OfferView* Model::offer(OfferId id) const { return find_view(offers_, id); }
const OutboxView* Model::outbox_item(MessageId id) const {
  const auto found = std::ranges::find(outbox_, id, &OutboxView::message);
  return found == outbox_.end() ? nullptr : &*found;
}

Duration Model::granted(const TicketView& ticket, Metric metric) const {
  const SlaPolicy* sla = policy_->sla(ticket.sla);
  if (!sla) return {};
  for (const SlaTarget& row : sla->targets) {
    if (row.metric == metric) return row.by_priority[static_cast<std::size_t>(ticket.priority)];
  }
  return {};
}

std::int64_t Model::rank(const TicketView& ticket) const {
  Instant due = kNever;
  for (const NaiveClock& clock : ticket.clocks) {
    if (clock.started() && !clock.stopped()) due = std::min(due, clock.due());
  }
  if (due == kNever) {
    const Queue* queue = policy_->queue(ticket.queue);
    due = ticket.queued_at + (queue ? queue->max_wait : Duration{});
  }
  return due.ms - policy_->priority_credit[static_cast<std::size_t>(ticket.priority)].ms;
}

std::uint32_t Model::load_percent(AgentId agent) const {
  std::uint32_t sum = 0;
  for (TicketId id : open_) {
    const TicketView& t = tickets_[id.value];
    const bool at_work = t.state == TicketState::assigned && !t.snoozed_until;
    if (at_work && t.agent == agent) sum += t.weight_percent;
  }
  for (OfferId id : live_offers_) {
    const OfferView& o = offers_[id.value];
    if (o.agent == agent) sum += o.weight_percent;
  }
  return sum;
}

}  // namespace deskwire::sim
