// SPDX-License-Identifier: Apache-2.0
// What a command surely needs from the store. What only turns out while it is decided (a closed
// ticket behind a reference) is asked for then.
#include "engine/needs.hpp"

#include "engine/threading.hpp"

namespace deskwire {
namespace {

class Collect {
 public:
  explicit Collect(const Desk& desk) : desk_(desk) {}

  void operator()(const ReceiveMessage& c) {
    key(KeyKind::dedupe, c.dedupe);
    key(KeyKind::identity, c.sender.key);
    for (const IdentityContent& other : c.also) key(KeyKind::identity, other.key);
    for (const Key& reference : counted_references(c)) key(KeyKind::thread, reference);
    key(KeyKind::thread, c.own_key);
    ticket(c.token_ticket);
    if (!c.bounce) return;
    message(c.bounce->message);
    if (!c.bounce->message) key(KeyKind::thread, c.bounce->message_key);
  }
  void operator()(const SendReply& c) {
    key(KeyKind::client, c.client_key);
    ticket(c.ticket);
    const Ticket* known = desk_.state.ticket(c.ticket);
    if (known && known->channel == Channel::sms)
      for (const Key& person : known->participants) key(KeyKind::opted_out, person);
  }
  void operator()(const AddNote& c) {
    key(KeyKind::client, c.client_key);
    ticket(c.ticket);
  }
  void operator()(const CreateTicket& c) {
    key(KeyKind::client, c.client_key);
    key(KeyKind::identity, c.to.key);
    key(KeyKind::opted_out, c.to.key);
    if (c.customer && !desk_.state.customer(c.customer)) needs.customers.push_back(c.customer);
  }
  void operator()(const SetPending& c) { ticket(c.ticket); }
  void operator()(const SetOnHold& c) { ticket(c.ticket); }
  void operator()(const ResolveTicket& c) { ticket(c.ticket); }
  void operator()(const TransferTicket& c) { ticket(c.ticket); }
  void operator()(const SetPriority& c) { ticket(c.ticket); }
  void operator()(const ClaimTicket& c) { ticket(c.ticket); }
  void operator()(const SnoozeTicket& c) { ticket(c.ticket); }
  void operator()(const UnsnoozeTicket& c) { ticket(c.ticket); }
  void operator()(const TagTicket& c) { ticket(c.ticket); }
  void operator()(const WithdrawMessage& c) {
    ticket(c.ticket);
    message(c.message);
  }
  void operator()(const StartSend& c) { message(c.message); }
  void operator()(const RecordDelivery& c) {
    if (c.message) return message(c.message);
    key(KeyKind::provider, c.provider_key);
  }
  void operator()(const AttachMedia& c) { message(c.message); }
  void operator()(const HurryDelivery& c) { message(c.message); }
  void operator()(const BindIdentity& c) {
    key(KeyKind::identity, c.identity.key);
    if (c.customer && !desk_.state.customer(c.customer)) needs.customers.push_back(c.customer);
  }
  // These speak of what is in memory or nowhere.
  void operator()(const AcceptOffer&) {}
  void operator()(const DeclineOffer&) {}
  void operator()(const SetPresence&) {}
  void operator()(const AgentConnected&) {}
  void operator()(const AgentDisconnected&) {}
  void operator()(const PutAgent&) {}
  void operator()(const ReplacePolicy&) {}
  void operator()(const ClockStepped&) {}
  void operator()(const Restarted&) {}
  void operator()(const Tick&) {}
  void operator()(const NoteAct&) {}

  Needs needs;

 private:
  void key(KeyKind kind, Key k) {
    if (k) needs.keys.emplace_back(kind, k);
  }
  void ticket(TicketId id) {
    if (id && !desk_.state.ticket(id)) needs.tickets.push_back(id);
  }
  void message(MessageId id) {
    if (id && !desk_.remembers(id)) needs.messages.push_back(id);
  }

  const Desk& desk_;
};

}  // namespace

Needs needs_of(const Desk& desk, const Command& command) {
  Collect collect(desk);
  std::visit(collect, command.body);
  return std::move(collect.needs);
}

}  // namespace deskwire
