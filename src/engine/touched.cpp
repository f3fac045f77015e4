// SPDX-License-Identifier: Apache-2.0
// Mirrors evolve.cpp, event by event; the tests' store keeps only touched rows and compares.
#include "engine/touched.hpp"

#include <algorithm>

namespace deskwire {
namespace {

class Note {
 public:
  Note(const State& state, Touched& touched) : state_(state), touched_(touched) {}

  void operator()(const CustomerCreated& e) const { customer(e.customer); }
  void operator()(const TicketOpened& e) const { ticket(e.ticket.id); }
  void operator()(const MessageReceived& e) const { ticket(e.message.ticket); }
  void operator()(const MessageAddressed& e) const { ticket(e.ticket); }
  void operator()(const ReplySent& e) const {
    ticket(e.message.ticket);
    outbox(e.outbox.message);
  }
  void operator()(const NoteAdded& e) const { ticket(e.message.ticket); }
  void operator()(const TicketQueued& e) const { ticket(e.ticket); }
  void operator()(const TicketReranked& e) const { ticket(e.ticket); }
  void operator()(const PreferenceEnded& e) const { ticket(e.ticket); }
  void operator()(const PriorityChanged& e) const { ticket(e.ticket); }
  void operator()(const OfferMade& e) const { offer(e.offer.id, e.offer.ticket, e.offer.agent); }
  void operator()(const OfferAccepted& e) const { offer(e.offer, e.ticket, e.agent); }
  void operator()(const OfferDeclined& e) const { offer(e.offer, e.ticket, e.agent); }
  void operator()(const OfferExpired& e) const { offer(e.offer, e.ticket, e.agent); }
  void operator()(const OfferRescinded& e) const { offer(e.offer, e.ticket, {}); }
  void operator()(const OfferMoved& e) const { offer(e.offer, {}, {}); }
  void operator()(const TicketAssigned& e) const {
    ticket(e.ticket);
    agent(e.agent);
    if (const Ticket* t = state_.ticket(e.ticket)) {
      if (t->state == TicketState::assigned) agent(t->agent);
      if (state_.customer(t->customer)) customer(t->customer);
    }
  }
  void operator()(const TicketUnassigned& e) const {
    ticket(e.ticket);
    agent(e.agent);
  }
  void operator()(const TicketStateChanged& e) const {
    ticket(e.ticket);
    const Ticket* t = state_.ticket(e.ticket);
    if (t && t->state == TicketState::assigned) agent(t->agent);
  }
  void operator()(const ClockStarted& e) const { ticket(e.ticket); }
  void operator()(const ClockChanged& e) const { ticket(e.ticket); }
  void operator()(const SlaWarned& e) const { ticket(e.ticket); }
  void operator()(const SlaBreached& e) const { ticket(e.ticket); }
  void operator()(const PresenceChanged& e) const { agent(e.agent); }
  void operator()(const AgentConnectionChanged& e) const { agent(e.agent); }
  void operator()(const AgentPut& e) const { agent(e.agent.id); }
  void operator()(const SendStarted& e) const {
    outbox(e.message);
    const OutboxItem* item = state_.outbox_item(e.message);
    if (item && is_held(*item) && state_.ticket(item->ticket)) ticket(item->ticket);
  }
  void operator()(const DeliveryRecorded& e) const {
    if (state_.outbox_item(e.message)) outbox(e.message);
  }
  void operator()(const PolicyReplaced&) const {}
  void operator()(const ClockStepNoted&) const {}
  void operator()(const DaemonRestarted&) const {}
  void operator()(const MediaAttached&) const {}
  void operator()(const IdentityBound&) const {}
  void operator()(const ConsentChanged&) const {}
  void operator()(const TicketSnoozed& e) const {
    ticket(e.ticket);
    agent(e.agent);
  }
  void operator()(const TicketWoken& e) const {
    ticket(e.ticket);
    agent(e.agent);
  }
  void operator()(const TicketTagged& e) const { ticket(e.ticket); }
  void operator()(const ActNoted&) const {}
  void operator()(const MessageWithdrawn& e) const {
    outbox(e.message);
    ticket(e.ticket);
  }

 private:
  /// A command touches a handful of rows, nearly always the last one again.
  template <class Id>
  static void add(std::vector<Id>& ids, Id id) {
    if (!id) return;
    if (!ids.empty() && ids.back() == id) return;
    if (ids.size() < 16 && std::ranges::find(ids, id) != ids.end()) return;
    ids.push_back(id);
  }
  void ticket(TicketId id) const { add(touched_.tickets, id); }
  void agent(AgentId id) const { add(touched_.agents, id); }
  void customer(CustomerId id) const { add(touched_.customers, id); }
  void outbox(MessageId id) const { add(touched_.outbox, id); }
  void offer(OfferId id, TicketId of, AgentId to) const {
    add(touched_.offers, id);
    ticket(of);
    agent(to);
  }

  const State& state_;
  Touched& touched_;
};

}  // namespace

void note_touched(const State& state, const Event& event, Touched& touched) {
  std::visit(Note(state, touched), event);
}

}  // namespace deskwire
