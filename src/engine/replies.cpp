// SPDX-License-Identifier: Apache-2.0
// Every send can be repeated: the client's key answers with the first receipt.
#include "engine/replies.hpp"

#include <algorithm>
#include <span>

#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/clocks.hpp"
#include "engine/customers.hpp"
#include "engine/held_answers.hpp"
#include "engine/routing.hpp"
#include "engine/threading.hpp"

namespace deskwire {
namespace {

/// Long enough for a laptop that slept over a weekend with an unsent answer.
constexpr Duration kClientKeyLife = days(7);
/// For a second thought, not for sending later. In a chat nobody waits for one.
constexpr Duration kLongestHold = seconds(60);
constexpr std::size_t kMentions = 20;

/// True when the client's key was used before; the receipt then is the first one's.
bool is_repeat(Desk& desk, Key client_key) {
  const KeyRow* row = desk.find_key(KeyKind::client, client_key);
  if (!row || row->expires_at <= desk.now) return false;
  Receipt& receipt = desk.receipt();
  receipt.duplicate = true;
  receipt.ticket = row->ticket;
  receipt.message = row->message;
  receipt.message_seq = row->message_seq;
  return true;
}

void remember(Desk& desk, KeyKind kind, Key key, const Receipt& what) {
  if (!key) return;
  KeyRow row;
  row.kind = kind;
  row.key = key;
  row.ticket = what.ticket;
  row.message = what.message;
  row.message_seq = what.message_seq;
  if (kind == KeyKind::client) row.expires_at = desk.now + kClientKeyLife;
  desk.keep_key(row);
}

Message new_message(Desk& desk, const Ticket& ticket, Direction direction, const Agent* author) {
  Message message;
  message.id = desk.new_message();
  message.ticket = ticket.id;
  message.seq = ticket.last_seq + 1;
  message.direction = direction;
  message.channel = ticket.channel;
  message.channel_name = ticket.channel_name;
  message.author_kind = author ? AuthorKind::agent : AuthorKind::system;
  message.author = author ? author->id.value : 0;
  message.at = desk.now;
  desk.receipt().ticket = ticket.id;
  desk.receipt().message = message.id;
  desk.receipt().message_seq = message.seq;
  return message;
}

/// What is to be put back when a held reply is taken back.
struct Before {
  bool took_ticket = false;
  Instant snoozed_until;
};

void hold_back(const Desk& desk, const Ticket& ticket, Duration hold, const Before& before,
               Message& message, OutboxItem& item) {
  message.held_until = desk.now + hold;
  item.held_until = item.next_attempt_at = message.held_until;
  item.took_ticket = before.took_ticket;
  item.snoozed_until = before.snoozed_until;
  item.late = answers_late(desk, ticket.id);
}

void write_reply(Desk& desk, TicketId id, const Agent* author, Key own_key, Duration hold = {},
                 const Before& before = {}) {
  const Ticket& ticket = *desk.state.ticket(id);
  Message message = new_message(desk, ticket, Direction::out, author);
  message.delivery = DeliveryState::queued;
  message.visible_seq = next_visible(ticket);
  OutboxItem item;
  item.message = message.id;
  item.ticket = id;
  item.channel = message.channel;
  item.channel_name = message.channel_name;
  item.created_at = desk.now;
  item.next_attempt_at = desk.now;
  if (hold > Duration{}) hold_back(desk, ticket, hold, before, message, item);
  remember(desk, KeyKind::thread, own_key, desk.receipt());
  desk.keep_message(message);
  desk.emit(ReplySent{std::move(message), item});
}

/// Someone who would get it asked for no more text messages.
bool opted_out(Desk& desk, Channel channel, std::span<const Key> people) {
  if (channel != Channel::sms) return false;
  bool out = false;
  for (const Key& person : people) {
    const KeyRow* row = desk.find_key(KeyKind::opted_out, person);
    out = out || (row && row->expires_at > desk.now);
  }
  return out;
}

/// Somebody but `writer` did.
bool wrote_since(const Ticket& ticket, const Agent* writer,
                 const std::optional<std::uint32_t>& expected_seq) {
  if (!expected_seq) return false;
  const bool own = writer && ticket.last_writer == writer->id;
  const std::uint32_t by_agents = own ? ticket.other_writer_seq : ticket.last_writer_seq;
  return std::max(ticket.last_in_seq, by_agents) > *expected_seq;
}

/// Of those who are called by name, who sees the ticket.
std::vector<AgentId> who_may_know(const Desk& desk, const Ticket& ticket, const Agent& author,
                                  const std::vector<AgentId>& mentions) {
  std::vector<AgentId> out;
  for (const AgentId id : mentions) {
    const Agent* agent = desk.state.agent(id);
    const bool told = std::ranges::find(out, id) != out.end() || out.size() == kMentions;
    if (agent && agent->enabled && id != author.id && !told && sees(agent, ticket))
      out.push_back(id);
  }
  return out;
}

/// What CreateTicket needs to know before it opens anything.
struct Opening {
  const ChannelPolicy* address = nullptr;
  QueueId queue;
  CustomerId customer;
  bool binds_identity = false;  ///< `to` is a new address of a customer we know.
};

Result<Opening> check_opening(Desk& desk, const CreateTicket& c) {
  Opening o;
  o.address = desk.policy().channel(c.channel_name);
  if (!o.address || !c.content || (!c.to.key && !c.customer))
    return std::unexpected(Refusal::invalid_argument);
  o.queue = c.queue ? c.queue : o.address->queue;
  if (!desk.queue(o.queue)) return std::unexpected(Refusal::no_such_queue);
  const KeyRow* known = desk.find_key(KeyKind::identity, c.to.key);
  o.customer = known ? known->customer : c.customer;
  o.binds_identity = !known && c.customer && c.to.key;
  const Customer* customer = desk.find_customer(o.customer);
  const bool unwanted = opted_out(desk, o.address->channel, std::span(&c.to.key, 1));
  if (desk.asks()) return o;
  if (unwanted && !c.content->text.empty()) return std::unexpected(Refusal::opted_out);
  if (o.customer && !customer) return std::unexpected(Refusal::invalid_argument);
  if (!c.content->text.empty() && !c.to.key) return std::unexpected(Refusal::cannot_send_here);
  return o;
}

TicketId open_row(Desk& desk, const CreateTicket& c, const Opening& o, CustomerId customer,
                  const SlaPolicy* sla) {
  Ticket t;
  t.id = desk.new_ticket();
  t.state = TicketState::assigned;
  t.queue = o.queue;
  t.channel = o.address->channel;
  t.channel_name = c.channel_name;
  t.priority = c.priority;
  t.customer = customer;
  t.policy_version = desk.policy().version;
  t.sla = sla ? sla->id : SlaId{};
  t.created_at = t.updated_at = t.queued_at = t.state_since = desk.now;
  t.required = required_by(desk, o.queue, {}, o.address);
  t.subject_key = c.subject_key;
  if (c.to.key) t.participants.push_back(c.to.key);
  t.addressed.push_back(c.channel_name);
  const TicketId id = t.id;
  desk.emit(TicketOpened{std::move(t)});
  return id;
}

const SlaPolicy* sla_for(const Desk& desk, const CreateTicket& c, const Opening& o) {
  const Customer* customer = desk.state.customer(o.customer);
  MessageFacts facts({.channel = o.address->channel,
                      .address = o.address,
                      .content = c.content.get(),
                      .customer_known = bool(o.customer),
                      .customer_tier = customer ? customer->tier : std::uint8_t{0}});
  facts.set_priority(c.priority);
  facts.set_queue(desk.queue(o.queue)->name);
  return choose_sla(desk, facts.get());
}

}  // namespace

void write_note(Desk& desk, TicketId id, const Agent* author, Key client_key,
                std::vector<AgentId> mentions) {
  Message message = new_message(desk, *desk.state.ticket(id), Direction::note, author);
  message.mentions = std::move(mentions);
  remember(desk, KeyKind::client, client_key, desk.receipt());
  desk.keep_message(message);
  desk.emit(NoteAdded{std::move(message)});
}

Outcome decide(Desk& desk, const SendReply& command) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const bool repeat = is_repeat(desk, command.client_key);
  if (repeat || desk.asks()) return {};
  const auto found = ticket_to_change(desk, command.ticket, *agent);
  if (!found) return std::unexpected(found.error());
  if (desk.asks()) return {};
  const Ticket& ticket = **found;
  // The desk's own words are no answer: they move nothing and stop no clock.
  const auto to = *agent ? next_state(ticket.state, Verb::reply, party_of(*agent)) : ticket.state;
  if (!to) return std::unexpected(Refusal::wrong_state);
  const bool can_wait = *agent && ticket.channel != Channel::chat;
  if (!command.content || command.hold < Duration{} ||
      command.hold > (can_wait ? kLongestHold : Duration{}))
    return std::unexpected(Refusal::invalid_argument);
  if (ticket.participants.empty()) return std::unexpected(Refusal::cannot_send_here);
  const bool unwanted = opted_out(desk, ticket.channel, ticket.participants);
  if (desk.asks()) return {};
  if (unwanted) return std::unexpected(Refusal::opted_out);
  if (wrote_since(ticket, *agent, command.expected_seq))
    return std::unexpected(Refusal::ticket_changed);

  const Before before{.took_ticket = *to != ticket.state, .snoozed_until = ticket.snoozed_until};
  if (before.took_ticket) assign_by_hand(desk, ticket.id, (*agent)->id);
  if (*agent) wake(desk, ticket.id, WakeCause::agent);
  write_reply(desk, ticket.id, *agent, command.own_key, command.hold, before);
  remember(desk, KeyKind::client, command.client_key, desk.receipt());
  if (!*agent) return {};
  if (command.hold > Duration{})
    hold_answer(desk, ticket.id);
  else
    stop_clock(desk, ticket.id, Metric::first_response);
  return {};
}

Outcome decide(Desk& desk, const AddNote& command) {
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const bool repeat = is_repeat(desk, command.client_key);
  if (repeat || desk.asks()) return {};
  const auto found = ticket_to_see(desk, command.ticket, *agent);
  if (!found) return std::unexpected(found.error());
  if (desk.asks()) return {};
  if (!command.content) return std::unexpected(Refusal::invalid_argument);
  if (wrote_since(**found, *agent, command.expected_seq))
    return std::unexpected(Refusal::ticket_changed);
  if (*agent) wake(desk, command.ticket, WakeCause::agent);
  write_note(
      desk, command.ticket, *agent, command.client_key,
      *agent ? who_may_know(desk, **found, **agent, command.mentions) : std::vector<AgentId>());
  return {};
}

Outcome decide(Desk& desk, const CreateTicket& command) {
  const auto agent = acting_agent(desk);
  if (!agent) return std::unexpected(agent.error());
  const bool repeat = is_repeat(desk, command.client_key);
  if (repeat || desk.asks()) return {};
  const auto opening = check_opening(desk, command);
  if (!opening) return std::unexpected(opening.error());
  if (desk.asks()) return {};

  const CustomerId customer = ensure_customer(desk, command.to, opening->customer);
  if (opening->binds_identity) bind_identity(desk, command.to, customer);
  const SlaPolicy* sla = sla_for(desk, command, *opening);
  const TicketId id = open_row(desk, command, *opening, customer, sla);
  assign_by_hand(desk, id, (*agent)->id);
  // The customer has not asked for anything yet: there is a resolution to reach, no answer to give.
  if (sla) start_clocks(desk, id, *sla, desk.now, false);
  desk.receipt().ticket = id;
  if (!command.content->text.empty()) write_reply(desk, id, *agent, command.own_key);
  remember(desk, KeyKind::client, command.client_key, desk.receipt());
  return {};
}

}  // namespace deskwire
