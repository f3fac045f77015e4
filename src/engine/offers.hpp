// SPDX-License-Identifier: Apache-2.0
// The life of an offer: made with its reasons, then accepted, declined, run out, or taken back.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// Offers a waiting ticket to an agent who is eligible; a queue with auto_accept assigns at once.
void make_offer(Desk& desk, TicketId ticket, AgentId agent);
/// Takes an offer back through no fault of the agent; the caller sees to the ticket.
void rescind(Desk& desk, OfferId offer, RescindCause cause);
/// Takes back every live offer of an agent; the tickets go on to others.
void rescind_offers_of(Desk& desk, AgentId agent, RescindCause cause);
/// The countdown ended, or the agent's connection did: the ticket keeps its age and goes on.
void expire(Desk& desk, OfferId offer, OfferEnd end);
/// Sets an agent away who has ignored as many offers in a row as the policy allows.
void send_away_if_missing(Desk& desk, AgentId agent);

[[nodiscard]] Outcome decide(Desk& desk, const AcceptOffer& command);
[[nodiscard]] Outcome decide(Desk& desk, const DeclineOffer& command);

}  // namespace deskwire
