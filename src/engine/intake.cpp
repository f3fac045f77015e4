// SPDX-License-Identifier: Apache-2.0
// From one received message to a new ticket, a message on an open one, or a line in the machine
// mail.
#include "engine/intake.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "engine/assignment.hpp"
#include "engine/clocks.hpp"
#include "engine/customers.hpp"
#include "engine/delivery.hpp"
#include "engine/routing.hpp"
#include "engine/threading.hpp"

namespace deskwire {
namespace {

class Intake {
 public:
  Intake(Desk& desk, const ReceiveMessage& m, const Thread& thread)
      : desk_(desk), m_(m), thread_(thread) {
    at_ = m.received_at ? std::min(m.received_at, desk.now) : desk.now;
    machine_ = m.bounce && m.machine == Machine::none ? Machine::bounce : m.machine;
    for (ChannelId id : m.addressed)
      if (!address_) address_ = desk.policy().channel(id);
  }

  void run() {
    if (thread_.duplicate) return repeat();
    if (machine_ != Machine::none) return keep_machine_mail();
    if (thread_.ticket && !is_closed(*thread_.ticket) && !is_other_matter()) return join();
    open();
  }

 private:
  [[nodiscard]] bool is_closed(const Ticket& ticket) const {
    return ticket.state == TicketState::closed || !desk_.state.ticket(ticket.id);
  }

  /// Someone answered an old mail to ask about something else: new subject, no reply prefix.
  [[nodiscard]] bool is_other_matter() const {
    const Key old = thread_.ticket->subject_key;
    return !thread_.by_token && m_.subject_key && old && m_.subject_key != old && !m_.reply_subject;
  }

  void repeat() {
    Receipt& receipt = desk_.receipt();
    receipt.duplicate = true;
    receipt.ticket = thread_.duplicate->ticket;
    receipt.message = thread_.duplicate->message;
    receipt.message_seq = thread_.duplicate->message_seq;
    if (thread_.ticket && !is_closed(*thread_.ticket))
      add_addresses(thread_.duplicate->message, thread_.ticket->id);
  }

  void keep_machine_mail() {
    TicketId id;
    if (thread_.ticket) {
      id = thread_.ticket->id;
      desk_.admit(*thread_.ticket);
    }
    emit_message(id, thread_.sender, id && !thread_.participant);
    if (thread_.bounced) record_bounce(desk_, *thread_.bounced, *m_.bounce);
    if (m_.consent != Consent::unsaid) record_consent();
  }

  void record_consent() {
    desk_.emit(ConsentChanged{m_.sender.key, thread_.sender, m_.channel, m_.consent, desk_.now});
    KeyRow row;
    row.kind = KeyKind::opted_out;
    row.key = m_.sender.key;
    row.message = desk_.receipt().message;
    row.expires_at = m_.consent == Consent::withdrawn ? kNever : desk_.now;
    desk_.keep_key(row);
  }

  void join() {
    const TicketId id = thread_.ticket->id;
    const CustomerId author = author_of(desk_, m_.sender, thread_.sender);
    learn_identities(desk_, m_, author, bool(thread_.sender));
    emit_message(id, author, !thread_.participant);
    wake(desk_, id, WakeCause::customer);
    if (const Agent* agent = taker(); agent && thread_.participant) return hand_over(id, *agent);
    reopen_for_customer(desk_, id, at_);
  }

  /// Who has taken the call.
  [[nodiscard]] const Agent* taker() const {
    const Agent* agent = desk_.state.agent(m_.answered_by);
    return agent && agent->enabled ? agent : nullptr;
  }

  /// They are talking: nobody else is to be asked, and the answer was given.
  void hand_over(TicketId id, const Agent& agent) {
    const Ticket& ticket = *desk_.state.ticket(id);
    if (ticket.state != TicketState::assigned || ticket.agent != agent.id) {
      resume_clocks(desk_, id);
      assign_by_hand(desk_, id, agent.id);
    }
    stop_clock(desk_, id, Metric::first_response);
  }

  void open() {
    const CustomerId customer = ensure_customer(desk_, m_.sender, thread_.sender);
    learn_identities(desk_, m_, customer, bool(thread_.sender));
    const Customer* row = desk_.state.customer(customer);
    MessageFacts facts({.channel = m_.channel,
                        .address = address_,
                        .sender = &m_.sender,
                        .content = m_.content.get(),
                        .machine = machine_,
                        .authenticated = m_.sender_authenticated,
                        .customer_known = bool(thread_.sender),
                        .customer_tier = row ? row->tier : std::uint8_t{0}});
    Placement to = route(desk_, address_, facts.get());
    facts.set_priority(to.priority);
    if (const Queue* queue = desk_.queue(to.queue)) facts.set_queue(queue->name);
    const SlaPolicy* sla = choose_sla(desk_, facts.get());

    const TicketId id = open_row(customer, to, sla);
    if (goes_on()) lead_on(id);
    emit_message(id, customer, false);
    if (sla) start_clocks(desk_, id, *sla, at_, true);
    if (const Agent* agent = taker()) return hand_over(id, *agent);
    enter_queue(desk_, id,
                {.queue = to.queue,
                 .rule = to.rule,
                 .priority = to.priority,
                 .required = std::move(to.required),
                 .queued_at = at_,
                 .preferred = row ? row->last_agent : AgentId{}});
  }

  /// The queue comes with TicketQueued: until then the ticket stands in no line. A call that was
  /// taken never stands in one.
  TicketId open_row(CustomerId customer, const Placement& to, const SlaPolicy* sla) {
    Ticket t;
    t.id = desk_.new_ticket();
    t.state = TicketState::queued;
    t.channel = m_.channel;
    t.channel_name = m_.addressed.front();
    t.priority = to.priority;
    t.customer = customer;
    t.linked_to = thread_.ticket ? thread_.ticket->id : TicketId{};
    if (goes_on()) {
      t.conversation = first_of_conversation(*thread_.ticket);
      t.visible_seq = thread_.ticket->visible_seq;
      // A chat stays one though the visitor answered by mail: its visitor finds it in the chat, and
      // what is said goes on being counted.
      if (thread_.ticket->channel == Channel::chat) {
        t.channel = Channel::chat;
        t.channel_name = thread_.ticket->channel_name;
      }
    }
    t.policy_version = desk_.policy().version;
    t.rule = to.rule;
    if (taker()) {
      t.state = TicketState::assigned;
      t.queue = to.queue;
      t.required = to.required;
    }
    t.sla = sla ? sla->id : SlaId{};
    t.created_at = at_;
    t.updated_at = at_;
    t.queued_at = at_;
    t.state_since = desk_.now;
    t.subject_key = m_.subject_key;
    const TicketId id = t.id;
    desk_.emit(TicketOpened{std::move(t)});
    return id;
  }

  void emit_message(TicketId ticket, CustomerId author, bool unverified) {
    Message message;
    message.id = desk_.new_message();
    message.ticket = ticket;
    message.seq = ticket ? desk_.state.ticket(ticket)->last_seq + 1 : 0;
    message.direction = Direction::in;
    message.channel = m_.channel;
    message.channel_name = m_.addressed.front();
    message.author_kind = AuthorKind::customer;
    message.author = author.value;
    message.at = at_;
    message.machine = machine_;
    message.unverified = unverified;
    message.sender_authenticated = m_.sender_authenticated;
    if (ticket && !unverified && machine_ == Machine::none)
      message.visible_seq = next_visible(*desk_.state.ticket(ticket));
    desk_.keep_message(message);
    remember(message);
    desk_.receipt().ticket = ticket;
    desk_.receipt().message = message.id;
    desk_.receipt().message_seq = message.seq;
    const MessageId id = message.id;
    desk_.emit(MessageReceived{std::move(message), !unverified, m_.sender.key});
    if (ticket) add_addresses(id, ticket);
  }

  /// The message's own id and every id it refers to lead to this ticket from now on, also ids of
  /// mails that were never received. What leads to another ticket already is left alone.
  void remember(const Message& message) {
    KeyRow row;
    row.ticket = message.ticket;
    row.message = message.id;
    row.message_seq = message.seq;
    if (message.ticket) {
      // What a mail about another matter refers to belongs to the old thread: its later mails must
      // not land in the new ticket.
      const bool elsewhere =
          thread_.ticket && message.ticket != thread_.ticket->id && is_other_matter();
      for (const Key& key : thread_.unseen) {
        if (elsewhere && key != m_.own_key) continue;
        row.key = key;
        desk_.keep_key(row);
      }
    }
    if (!m_.dedupe) return;
    row.kind = KeyKind::dedupe;
    row.key = m_.dedupe;
    row.expires_at = desk_.now + m_.dedupe_for;
    desk_.keep_key(row);
  }

  /// A conversation whose ticket is closed goes on in the new one. Only for its own people: nobody
  /// else may draw it to themselves.
  [[nodiscard]] bool goes_on() const {
    return thread_.ticket && thread_.participant && !is_other_matter();
  }

  /// Tokens and old mails of the closed ticket lead to its follow-up from now on.
  void lead_on(TicketId follow_up) {
    KeyRow row;
    row.kind = KeyKind::follow_up;
    row.key = conversation_key(*thread_.ticket);
    row.ticket = follow_up;
    desk_.keep_key(row);
  }

  void add_addresses(MessageId message, TicketId ticket) {
    for (ChannelId address : m_.addressed) {
      const auto& known = desk_.state.ticket(ticket)->addressed;
      if (address && std::ranges::find(known, address) == known.end())
        desk_.emit(MessageAddressed{message, ticket, address});
    }
  }

  Desk& desk_;
  const ReceiveMessage& m_;
  const Thread& thread_;
  Instant at_;
  Machine machine_;
  const ChannelPolicy* address_ = nullptr;
};

}  // namespace

Outcome decide(Desk& desk, const ReceiveMessage& command) {
  if (desk.actor().kind == ActorKind::agent) return std::unexpected(Refusal::not_allowed);
  if (command.addressed.empty() || !command.addressed.front())
    return std::unexpected(Refusal::invalid_argument);
  const Thread thread = find_thread(desk, command);
  if (desk.asks()) return {};
  Intake(desk, command, thread).run();
  return {};
}

}  // namespace deskwire
