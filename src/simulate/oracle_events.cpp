// SPDX-License-Identifier: Apache-2.0
// Single events, and what a mail may lead to.
#include <algorithm>
#include <string>
#include <variant>

#include "simulate/office.hpp"
#include "simulate/oracle.hpp"

namespace deskwire::sim {
namespace {

template <class E>
const E* find_event(const Applied& applied) {
  for (const Event& event : applied.events) {
    if (const E* found = std::get_if<E>(&event)) return found;
  }
  return nullptr;
}

std::string text_of(const ReceiveMessage& mail) {
  return mail.content->subject + "\n" + mail.content->text;
}

/// The first service level that applies to a ticket in this queue; null if none does.
const SlaPolicy* expected_sla(const Policy& policy, QueueId queue) {
  for (const SlaPolicy& sla : policy.slas) {
    if (sla.when.always() || queue == kInvoices) return &sla;
  }
  return nullptr;
}

}  // namespace

void Oracle::check(const Event& event, Instant now) {
  if (const auto* e = std::get_if<OfferMade>(&event)) return check_offer(e->offer, now);
  if (const auto* e = std::get_if<OfferExpired>(&event)) return check_expiry(*e, now);
  if (const auto* e = std::get_if<SlaBreached>(&event)) return check_breach(*e, now);
  if (const auto* e = std::get_if<SlaWarned>(&event)) return check_warning(*e, now);
  if (const auto* e = std::get_if<ReplySent>(&event)) return check_reply(e->message);
  if (const auto* e = std::get_if<SendStarted>(&event)) return check_send(*e, now);
  if (const auto* e = std::get_if<DeliveryRecorded>(&event)) return check_delivery(*e);
  if (const auto* e = std::get_if<MessageWithdrawn>(&event)) return check_withdrawal(*e);
  if (const auto* e = std::get_if<TicketWoken>(&event)) return check_waking(*e, now);
  if (const auto* e = std::get_if<MessageReceived>(&event))
    return check_visible(e->message, !e->message.unverified && e->message.machine == Machine::none);
  if (const auto* e = std::get_if<OfferAccepted>(&event)) {
    const OfferView* offer = model_->offer(e->offer);
    if (!offer || !offer->live || offer->agent != e->agent || offer->ticket != e->ticket)
      fail("an offer was accepted that is not live for " + named(e->agent));
    else if (now >= offer->expires_at)
      fail("the offer of " + named(e->ticket) + " was accepted after it ran out");
  }
}

void Oracle::check_reply(const Message& reply) {
  const TicketView* ticket = model_->ticket(reply.ticket);
  if (!ticket) return fail("a reply on an unknown ticket");
  const auto asked_not_to = [&](Key person) { return model_->opted_out(person); };
  if (ticket->channel == Channel::sms && std::ranges::any_of(ticket->participants, asked_not_to))
    fail(named(reply.ticket) + " is answered by text to someone who said STOP");
  check_visible(reply, true);
}

/// A held reply is sent when its time has come, one that was withdrawn never.
void Oracle::check_send(const SendStarted& event, Instant now) {
  const OutboxView* item = model_->outbox_item(event.message);
  if (model_->withdrawn(event.message)) return fail("a reply that was taken back is sent");
  if (!item) return fail("a message is sent that is not on its way out");
  if (now < item->held_until) fail("a held reply is sent before its time");
}

void Oracle::check_delivery(const DeliveryRecorded& event) {
  const OutboxView* item = model_->outbox_item(event.message);
  if (model_->withdrawn(event.message) || (item && item->held_until))
    fail("something became of a reply that never left");
}

void Oracle::check_withdrawal(const MessageWithdrawn& event) {
  const OutboxView* item = model_->outbox_item(event.message);
  if (!item || item->sending || !item->held_until)
    fail("a reply was taken back that was on its way");
}

void Oracle::check_waking(const TicketWoken& event, Instant now) {
  const TicketView* ticket = model_->ticket(event.ticket);
  if (!ticket || !ticket->snoozed_until) return fail("a ticket woke that did not sleep");
  if (event.cause == WakeCause::time && now < ticket->snoozed_until)
    fail(named(event.ticket) + " woke too early");
}

/// What a visitor sees is counted without gaps, over all tickets of the conversation.
void Oracle::check_visible(const Message& message, bool shown) {
  const TicketView* ticket = model_->ticket(message.ticket);
  const bool counts = ticket && shown && ticket->channel == Channel::chat;
  const std::uint32_t expected = counts ? model_->visible_seq(*ticket) + 1 : 0;
  if (message.visible_seq != expected)
    fail("a message on " + named(message.ticket) + " is number " +
         std::to_string(message.visible_seq) + " of its chat, not " + std::to_string(expected));
}

void Oracle::check_breach(const SlaBreached& event, Instant now) {
  const TicketView* ticket = model_->ticket(event.ticket);
  if (!ticket) return fail("a breach on an unknown ticket");
  const NaiveClock& clock = ticket->clocks[static_cast<std::size_t>(event.metric)];
  if (clock.breach_seen) fail(named(event.ticket) + " breached one clock twice");
  if (!clock.missed(now))
    fail(named(event.ticket) + " breached, but its deadline was met or ahead");
  if (clock.due() != event.due_at) fail(named(event.ticket) + " had another deadline");
}

void Oracle::check_warning(const SlaWarned& event, Instant now) {
  const TicketView* ticket = model_->ticket(event.ticket);
  if (!ticket) return fail("a warning on an unknown ticket");
  const NaiveClock& clock = ticket->clocks[static_cast<std::size_t>(event.metric)];
  const SlaPolicy* sla = model_->granted(*ticket, event.metric) > Duration{}
                             ? model_->policy().sla(ticket->sla)
                             : nullptr;
  if (!clock.running() || clock.breach_seen)
    fail(named(event.ticket) + " is warned about a clock that does not run");
  // A share of the target is cut to whole milliseconds.
  if (sla && (clock.used(now).ms + 1) * 100 <= clock.target().ms * sla->warn_percent)
    fail(named(event.ticket) + " is warned too early");
}

/// Who is let in without a token: those who took part, and whoever opened the ticket.
void Oracle::check_participant(const ReceiveMessage& mail, const Applied& applied) {
  const auto* received = find_event<MessageReceived>(applied);
  if (!received || mail.machine != Machine::none || !mail.sender.key) return;
  const TicketId id = received->message.ticket;
  const auto* opened = find_event<TicketOpened>(applied);
  const TicketView* ticket = model_->ticket(id);
  const bool opens = opened && opened->ticket.id == id;
  /// A token opens its own ticket and what follows it up.
  const auto leads_to = [&](TicketId from, TicketId to) {
    while (to && to != from) to = model_->ticket(to)->linked_to;
    return bool(to);
  };
  const auto took_part = [&](const TicketView& t) {
    return t.customer.value == received->message.author ||
           std::ranges::find(t.participants, mail.sender.key) != t.participants.end();
  };
  const bool known = ticket && took_part(*ticket);
  const bool let_in = opens || known || leads_to(mail.token_ticket, id);
  if (received->message.unverified == let_in)
    fail("a message on " + named(id) +
         (let_in ? " is held though its sender takes part"
                 : " is taken from a stranger as a participant's"));
}

void Oracle::check_mail(const ReceiveMessage& mail, const Applied& applied,
                        const Senders& senders) {
  const Mail* known = senders.mail(mail);
  if (!known || failed()) return;
  if (mail.bounce && find_event<TicketOpened>(applied)) fail("a bounce opened a ticket");
  if (find_event<ReplySent>(applied)) fail("a mail made the desk write");
  if (applied.receipt.duplicate || mail.machine != Machine::none) return;
  if (!applied.receipt.ticket) return fail("a person's mail has no ticket");
  if (model_->ticket(applied.receipt.ticket)->snoozed_until)
    fail(named(applied.receipt.ticket) + " sleeps on though its customer wrote");
  check_placement(*known, applied, senders.thread(known->thread).ticket);
  check_routing(mail, applied);
}

/// Mails of one conversation end in one ticket, or in a follow-up linked to it once it is closed.
void Oracle::check_placement(const Mail& mail, const Applied& applied, TicketId expected) {
  if (!expected) return;
  const TicketId got = applied.receipt.ticket;
  const TicketView* ticket = model_->ticket(expected);
  if (!ticket) return fail(named(expected) + " of a conversation is unknown");
  if (ticket->state != TicketState::closed) {
    if (got != expected) fail("a conversation in " + named(expected) + " goes on in " + named(got));
    return;
  }
  if (got == expected) fail(named(expected) + " is closed and got another message");
  if (mail.kind == Mail::Kind::stranger) return;
  if (model_->ticket(got)->linked_to != expected)
    fail(named(got) + " follows up " + named(expected) + " and is not linked to it");
}

/// A ticket opened by a mail went where the first matching rule says, under the service level that
/// applies there.
void Oracle::check_routing(const ReceiveMessage& mail, const Applied& applied) {
  const auto* opened = find_event<TicketOpened>(applied);
  const auto* queued = find_event<TicketQueued>(applied);
  if (!opened || !queued || queued->ticket != opened->ticket.id) return;
  const Policy& policy = model_->policy();
  const Rule* rule = expected_rule(policy, text_of(mail));
  const ChannelPolicy* channel = policy.channel(mail.addressed.front());
  const QueueId queue = rule ? rule->queue : channel->queue;
  if (queued->queue != queue || queued->rule != (rule ? rule->id : RuleId{}))
    fail(named(queued->ticket) + " went to another queue than the workflow says");
  if (rule && rule->priority && queued->priority != *rule->priority)
    fail(named(queued->ticket) + " has another priority than the workflow says");
  const SlaPolicy* sla = expected_sla(policy, queue);
  if (opened->ticket.sla != (sla ? sla->id : SlaId{}))
    fail(named(queued->ticket) + " is under another service level");
  for (std::size_t i = 0; sla && i < sla->targets.size(); ++i) {
    const SlaTarget& target = sla->targets[i];
    const bool granted =
        target.by_priority[static_cast<std::size_t>(queued->priority)] > Duration{};
    const auto metric = static_cast<std::size_t>(target.metric);
    if (model_->ticket(queued->ticket)->clocks[metric].started() != granted)
      fail(named(queued->ticket) + " lacks a clock or has one too many");
  }
}

}  // namespace deskwire::sim
