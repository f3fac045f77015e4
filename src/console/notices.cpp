// SPDX-License-Identifier: Apache-2.0
#include "console/notices.hpp"

#include <algorithm>
#include <variant>

namespace deskwire {
namespace {

class Gatherer {
 public:
  std::vector<Notice> take() {
    std::vector<Notice> out;
    for (auto* part : {&tickets_, &messages_, &offers_, &agents_})
      out.insert(out.end(), part->begin(), part->end());
    return out;
  }

  void operator()(const TicketOpened& e) { ticket(e.ticket.id); }
  void operator()(const MessageReceived& e) { message(e.message); }
  void operator()(const MessageAddressed& e) { ticket(e.ticket); }
  void operator()(const ReplySent& e) { message(e.message); }
  void operator()(const NoteAdded& e) { message(e.message); }
  void operator()(const TicketQueued& e) { ticket(e.ticket); }
  void operator()(const PriorityChanged& e) { ticket(e.ticket); }
  void operator()(const TicketAssigned& e) { ticket(e.ticket); }
  void operator()(const TicketUnassigned& e) { ticket(e.ticket, e.agent); }
  void operator()(const TicketStateChanged& e) { ticket(e.ticket); }
  void operator()(const TicketSnoozed& e) { ticket(e.ticket); }
  void operator()(const TicketWoken& e) { ticket(e.ticket); }
  void operator()(const TicketTagged& e) { ticket(e.ticket); }
  void operator()(const ClockStarted& e) { ticket(e.ticket); }
  void operator()(const ClockChanged& e) { ticket(e.ticket); }
  void operator()(const SlaBreached& e) { ticket(e.ticket); }
  void operator()(const OfferMade& e) {
    Notice notice = offer(Notice::Kind::offer_made, e.offer.id, e.offer.ticket, e.offer.agent);
    notice.made = &e.offer;
    offers_.push_back(notice);
  }
  void operator()(const OfferMoved& e) {
    offers_.push_back(offer(Notice::Kind::offer_made, e.offer, {}, {}));
  }
  void operator()(const OfferAccepted& e) { ended(e.offer, e.ticket, e.agent, OfferEnd::accepted); }
  void operator()(const OfferDeclined& e) { ended(e.offer, e.ticket, e.agent, OfferEnd::declined); }
  void operator()(const OfferExpired& e) { ended(e.offer, e.ticket, e.agent, e.end); }
  void operator()(const OfferRescinded& e) {
    ended(e.offer, e.ticket, e.agent, OfferEnd::rescinded);
    offers_.back().cause = e.cause;
  }
  void operator()(const PresenceChanged& e) { agent(e.agent); }
  void operator()(const AgentConnectionChanged& e) { agent(e.agent); }
  void operator()(const AgentPut& e) { agent(e.agent.id); }
  void operator()(const SendStarted& e) { delivery(e.message); }
  void operator()(const DeliveryRecorded& e) { delivery(e.message); }
  void operator()(const MediaAttached& e) { delivery(e.message); }
  void operator()(const MessageWithdrawn& e) {
    ticket(e.ticket);
    delivery(e.message);
  }
  /// What changes nothing that a console shows.
  template <class Other>
  void operator()(const Other&) {}

 private:
  static Notice offer(Notice::Kind kind, OfferId id, TicketId ticket, AgentId agent) {
    Notice out;
    out.kind = kind;
    out.offer = id;
    out.ticket = ticket;
    out.agent = agent;
    return out;
  }
  void ended(OfferId id, TicketId ticket, AgentId agent, OfferEnd end) {
    offers_.push_back(offer(Notice::Kind::offer_ended, id, ticket, agent));
    offers_.back().end = end;
  }
  void ticket(TicketId id, AgentId lost_by = {}) {
    const auto found = std::ranges::find(tickets_, id, &Notice::ticket);
    Notice& notice = found == tickets_.end() ? tickets_.emplace_back() : *found;
    notice.ticket = id;
    if (lost_by) notice.agent = lost_by;
  }
  void message(const Message& message) {
    if (!message.ticket) return;
    ticket(message.ticket);
    Notice& notice = messages_.emplace_back();
    notice.kind = Notice::Kind::message_added;
    notice.ticket = message.ticket;
    notice.message = message.id;
  }
  void delivery(MessageId id) {
    Notice& notice = messages_.emplace_back();
    notice.kind = Notice::Kind::message_changed;
    notice.message = id;
  }
  void agent(AgentId id) {
    if (std::ranges::find(agents_, id, &Notice::agent) != agents_.end()) return;
    Notice& notice = agents_.emplace_back();
    notice.kind = Notice::Kind::agent_changed;
    notice.agent = id;
  }

  std::vector<Notice> tickets_, messages_, offers_, agents_;
};

}  // namespace

std::vector<Notice> notices_of(const JournalEntry& entry) {
  Gatherer gather;
  for (const Event& event : entry.events) std::visit(gather, event);
  return gather.take();
}

}  // namespace deskwire
