// SPDX-License-Identifier: Apache-2.0
#include "console/event_data.hpp"

#include <boost/json/serialize.hpp>

#include "codec/wire.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace json = boost::json;

namespace {

const TicketRow* ticket_of(const Material& material, TicketId id) {
  const auto found = material.tickets.find(id);
  return found == material.tickets.end() ? nullptr : &found->second;
}

std::optional<EventData> message_event(const Notice& notice, const Material& material,
                                       const People& people, const Policy& policy) {
  const auto message = material.messages.find(notice.message);
  if (message == material.messages.end()) return std::nullopt;
  const TicketRow* ticket = ticket_of(material, message->second.message.ticket);
  if (ticket == nullptr) return std::nullopt;
  const bool added = notice.kind == Notice::Kind::message_added;
  return event_of(added ? "message.added" : "message.changed",
                  {{"ticket", rows::ticket(*ticket, people, policy)},
                   {"message", rows::message(message->second, people, policy)}});
}

json::object ended(const Notice& notice) {
  return {{"offer", notice.offer.value},
          {"ticket", wire::id_or_null(notice.ticket)},
          {"reason", name(notice.end)},
          {"cause", notice.cause == RescindCause::none ? json::value(nullptr)
                                                       : json::value(name(notice.cause))}};
}

}  // namespace

EventData event_of(std::string_view type, const json::object& data) {
  return {type, json::serialize(data)};
}

EventData offer_event(const Offer& offer, const TicketRow& ticket, const People& people,
                      const Policy& policy) {
  return event_of("offer.made", {{"offer", offer.id.value},
                                 {"ticket", rows::ticket(ticket, people, policy)},
                                 {"made_at", wire::time(offer.made_at)},
                                 {"expires_at", wire::time(offer.expires_at)},
                                 {"why", rows::decision(offer.why, people, policy)}});
}

json::object call_data(const CallNotice& notice, const Sight& sight, const People& people,
                       const Policy& policy) {
  json::array tickets;
  for (const TicketRow& row : notice.tickets)
    if (sight.sees(row.ticket)) tickets.push_back(rows::ticket(row, people, policy));
  json::value customer;
  if (notice.customer)
    customer = {{"id", notice.customer.value}, {"name", wire::text_or_null(notice.customer_name)}};
  return {{"state", notice.state},
          {"call", notice.call},
          {"channel_name", notice.channel_name},
          {"from", wire::text_or_null(notice.from)},
          {"from_shown", notice.from_shown},
          {"customer", std::move(customer)},
          {"tickets", std::move(tickets)},
          {"agent", wire::text_or_null(people.user(notice.agent))},
          {"at", wire::time(notice.at)}};
}

std::optional<EventData> event_data(const Notice& notice, const Material& material,
                                    const Board& board, const People& people,
                                    const Policy& policy) {
  switch (notice.kind) {
    case Notice::Kind::ticket_changed: {
      const TicketRow* ticket = ticket_of(material, notice.ticket);
      if (ticket == nullptr) return std::nullopt;
      return event_of("ticket.changed", {{"ticket", rows::ticket(*ticket, people, policy)}});
    }
    case Notice::Kind::message_added:
    case Notice::Kind::message_changed:
      return message_event(notice, material, people, policy);
    case Notice::Kind::offer_made: {
      const Offer* offer = notice.made != nullptr ? notice.made : board.offer(notice.offer);
      const TicketRow* ticket = offer ? ticket_of(material, offer->ticket) : nullptr;
      if (ticket == nullptr) return std::nullopt;
      return offer_event(*offer, *ticket, people, policy);
    }
    case Notice::Kind::offer_ended:
      return event_of("offer.ended", ended(notice));
    case Notice::Kind::agent_changed: {
      const Agent* agent = board.agent(notice.agent);
      if (agent == nullptr) return std::nullopt;
      return event_of("agent.changed", {{"agent", rows::agent(*agent, board, people, policy)}});
    }
  }
  return std::nullopt;
}

}  // namespace deskwire
