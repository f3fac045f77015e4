// SPDX-License-Identifier: Apache-2.0
#include "simulate/staff.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace deskwire::sim {
namespace {

Actor by(AgentId agent) { return {.kind = ActorKind::agent, .agent = agent}; }
Actor system() { return {}; }

TicketId any_ticket(Random& random, const Model& model) {
  if (model.open_tickets().empty()) return {1};
  return random.pick(model.open_tickets());
}

/// A ticket of this agent that can be worked on; zero if there is none.
TicketId ticket_of(Random& random, const Model& model, AgentId agent) {
  const std::vector<TicketId>& open = model.open_tickets();
  if (open.empty()) return {};
  const std::size_t start = random.below(open.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const TicketView& ticket = *model.ticket(open[(start + i) % open.size()]);
    const bool at_work = ticket.state == TicketState::assigned || random.one_in(6);
    if (ticket.agent == agent && ticket.state != TicketState::queued && at_work) return ticket.id;
  }
  return {};
}

}  // namespace

ContentPtr Staff::write_down(const char* kind) {
  auto content = std::make_shared<MessageContent>();
  content->message_id = std::string(kind) + "-" + std::to_string(next_content_++);
  content->subject = "about your request";
  content->text = "text";
  return content;
}

Command Staff::answer_offer(Random& random, const Model& model, const OfferView& offer) const {
  const AgentView* agent = model.agent(offer.agent);
  AgentId who = random.one_in(20) ? any_agent(random) : offer.agent;
  if (agent && random.chance(75)) return {by(who), AcceptOffer{offer.id}};
  return {by(who), DeclineOffer{offer.id, random.chance(50) ? "not mine" : ""}};
}

Command Staff::transfer(Random& random, const Model& model, AgentId who, TicketId ticket) {
  TransferTicket transfer{.ticket = ticket, .queue = {}, .agent = {}, .note = nullptr};
  if (random.chance(50)) {
    transfer.agent = any_agent(random);
  } else {
    transfer.queue = {1 + random.below(5)};
  }
  if (random.chance(40)) transfer.note = write_down("note");
  if (random.one_in(30) && model.ticket(ticket)) transfer.queue = {77};
  return {by(who), std::move(transfer)};
}

Command Staff::create_ticket(Random& random, const Model& model, AgentId agent) {
  CreateTicket create;
  create.channel_name = {1};
  create.queue = {1 + random.below(4)};
  create.priority = static_cast<Priority>(random.below(4));
  create.to = senders_.person(random.below(senders_.person_count()));
  if (!model.open_tickets().empty() && random.one_in(4)) {
    create.to = {};
    create.customer = model.ticket(any_ticket(random, model))->customer;
  }
  create.client_key = random.key();
  create.own_key = random.key();
  create.subject_key = random.key();
  auto content = std::make_shared<MessageContent>(*write_down("create"));
  if (random.one_in(3)) content->text.clear();
  create.content = std::move(content);
  return {by(agent), std::move(create)};
}

Command Staff::write(Random& random, const Model& model, AgentId agent, TicketId ticket) {
  const std::optional<std::uint32_t> seq =
      random.chance(30) ? std::optional(model.ticket(ticket)->last_seq) : std::nullopt;
  if (random.one_in(5))
    return {by(agent), AddNote{ticket, seq, random.key(), write_down("note"), {any_agent(random)}}};
  const Duration hold = random.chance(50) ? random.between(Duration{}, seconds(60)) : Duration{};
  return {by(agent), SendReply{ticket, seq, random.key(), random.key(), write_down("reply"), hold}};
}

Command Staff::arrange(Random& random, const Model& model, AgentId agent, TicketId ticket,
                       Instant now) {
  constexpr std::array<std::string_view, 5> kTags{"vip", "refund", "wait-1", "bug", "lost_parcel"};
  constexpr std::array kSnoozes{minutes(2), hours(3), days(2)};
  const auto tag = [&] { return std::string(random.pick(kTags)); };
  constexpr std::array<unsigned, 4> kWeights{35, 10, 25, 30};
  switch (random.weighted(kWeights)) {
    case 0:
      return {by(agent),
              SnoozeTicket{ticket, now + random.between(Duration{}, random.pick(kSnoozes))}};
    case 1:
      return {by(agent), UnsnoozeTicket{ticket}};
    case 2:
      return {by(agent), TagTicket{ticket, {tag(), tag()}, {tag()}}};
    default:
      for (const OutboxView& item : model.outbox())
        if (item.held_until && (item.author == agent || random.one_in(10)))
          return {by(agent), WithdrawMessage{item.ticket, item.message}};
      return {by(agent), WithdrawMessage{ticket, {1 + random.below(500)}}};
  }
}

Command Staff::work(Random& random, const Model& model, AgentId agent, TicketId ticket,
                    Instant now) {
  constexpr std::array<unsigned, 7> kWeights{44, 20, 12, 5, 30, 6, 3};
  switch (random.weighted(kWeights)) {
    case 0:
      return write(random, model, agent, ticket);
    case 1:
      return arrange(random, model, agent, ticket, now);
    case 2:
      return {by(agent), SetPending{ticket}};
    case 3:
      return {by(agent), SetOnHold{ticket}};
    case 4:
      return {by(agent), ResolveTicket{ticket, random.chance(50) ? "solved" : ""}};
    case 5:
      return transfer(random, model, agent, ticket);
    default:
      return {by(agent), SetPriority{ticket, static_cast<Priority>(random.below(4))}};
  }
}

Command Staff::supervise(Random& random, const Model& model) {
  const AgentId supervisor = office_.supervisor();
  const TicketId ticket = any_ticket(random, model);
  switch (random.below(7)) {
    case 0:
      return {by(supervisor), SetPriority{ticket, static_cast<Priority>(random.below(4))}};
    case 1:
      return transfer(random, model, supervisor, ticket);
    case 2:
      return {by(supervisor), ResolveTicket{ticket, "swept"}};
    case 3:
      return {by(supervisor), ClaimTicket{ticket}};
    case 5:
      if (!model.outbox().empty()) {
        const auto& item = *std::next(model.outbox().begin(), random.below(model.outbox().size()));
        return {by(supervisor), HurryDelivery{item.message}};
      }
      [[fallthrough]];
    case 4:
      return {by(supervisor), NoteAct{static_cast<DeskAct>(random.below(count_of<DeskAct>())),
                                      any_agent(random), random.below(9)}};
    default: {
      const auto presence = static_cast<Presence>(random.below(3));
      return {by(supervisor), SetPresence{any_agent(random), presence, "asked to"}};
    }
  }
}

/// Something that should be refused, or that hits a ticket in whatever state it is.
Command Staff::err(Random& random, const Model& model) {
  const AgentId agent = any_agent(random);
  const TicketId ticket = random.one_in(4) ? TicketId{1'000'000} : any_ticket(random, model);
  switch (random.below(8)) {
    case 0:
      return {by(agent), AcceptOffer{{1 + random.below(400)}}};
    case 1:
      return {by(agent), DeclineOffer{{1 + random.below(400)}, "late"}};
    case 2:
      return {by(agent), ResolveTicket{ticket, ""}};
    case 3:
      return {by(agent), SetPending{ticket}};
    case 4:
      return {by(agent), SendReply{ticket, 1U, random.key(), random.key(), write_down("reply")}};
    case 5:
      return {by(agent), ClaimTicket{ticket}};
    case 6:
      return {by({999}), SetOnHold{ticket}};
    default:
      return {system(), StartSend{{1 + random.below(500)}}};
  }
}

Command Staff::act(Random& random, const Model& model, Instant now) {
  if (!model.live_offers().empty() && random.chance(60))
    return answer_offer(random, model, *model.offer(random.pick(model.live_offers())));
  const AgentId agent = any_agent(random);
  constexpr std::array<unsigned, 5> kWeights{84, 5, 5, 4, 2};
  switch (random.weighted(kWeights)) {
    case 0:
      if (const TicketId ticket = ticket_of(random, model, agent))
        return work(random, model, agent, ticket, now);
      return attend(random, model);
    case 1:
      return supervise(random, model);
    case 2:
      return err(random, model);
    case 3:
      return {by(agent), ClaimTicket{any_ticket(random, model)}};
    default:
      return create_ticket(random, model, agent);
  }
}

Command Staff::attend(Random& random, const Model& model) {
  const AgentId id = any_agent(random);
  const AgentView* agent = model.agent(id);
  if (!agent) return {system(), AgentConnected{id}};
  if (!agent->connected && random.chance(85)) return {system(), AgentConnected{id}};
  if (agent->connected && random.one_in(6)) return {system(), AgentDisconnected{id}};
  if (agent->presence != Presence::available && random.chance(85))
    return {by(id), SetPresence{id, Presence::available, ""}};
  constexpr std::array<unsigned, 3> kWeights{1, 4, 2};
  const auto presence = static_cast<Presence>(random.weighted(kWeights));
  return {by(id), SetPresence{id, presence, presence == Presence::away ? "lunch" : ""}};
}

std::optional<Command> Staff::deliver(Random& random, const Model& model, Instant now) {
  if (model.outbox().empty()) return std::nullopt;
  const OutboxView& item = random.pick(model.outbox());
  if (!item.sending) {
    if (item.next_attempt_at > now && !random.one_in(5)) return std::nullopt;
    return Command{system(), StartSend{item.message}};
  }
  RecordDelivery record{
      .message = item.message, .state = DeliveryState::sent, .retry_at = {}, .detail = "250 ok"};
  constexpr std::array<unsigned, 4> kWeights{70, 18, 9, 3};
  switch (random.weighted(kWeights)) {
    case 0:
      break;
    case 1:
      record.state = DeliveryState::queued;
      record.retry_at = now + random.between(seconds(30), hours(1));
      record.detail = "451 later";
      break;
    case 2:
      record.state = DeliveryState::failed;
      record.detail = "550 no";
      break;
    default:
      record.state = DeliveryState::unknown;
      record.detail = "lost";
      break;
  }
  return Command{system(), std::move(record)};
}

/// Media of a message arrived, or an address is found to be somebody's.
std::optional<Command> Staff::complete(Random& random, const Model& model) {
  if (random.chance(50)) {
    if (model.outbound().empty()) return std::nullopt;
    return Command{system(), AttachMedia{random.pick(model.outbound()), write_down("media")}};
  }
  const TicketView* ticket = model.ticket(any_ticket(random, model));
  if (!ticket) return std::nullopt;
  BindIdentity bind;
  bind.customer = ticket->customer;
  bind.identity =
      random.chance(30)
          ? senders_.person(random.below(senders_.person_count()))
          : IdentityContent{
                .key = random.key(), .kind = "phone", .value = "+15005550006", .name = {}};
  return Command{system(), std::move(bind)};
}

Command Staff::administrate(Random& random) {
  if (random.chance(60)) return {system(), office_.draw_agent(random, any_agent(random))};
  if (random.one_in(4)) return {system(), ReplacePolicy{office_.careless_policy(random)}};
  return {system(), ReplacePolicy{office_.next_policy(random)}};
}

}  // namespace deskwire::sim
