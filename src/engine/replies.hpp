// SPDX-License-Identifier: Apache-2.0
// What agents write: replies that leave the house, notes that cannot, tickets opened by hand.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Outcome decide(Desk& desk, const SendReply& command);
[[nodiscard]] Outcome decide(Desk& desk, const AddNote& command);
[[nodiscard]] Outcome decide(Desk& desk, const CreateTicket& command);

/// Adds an internal note by `author` (null: the system) to an open ticket.
void write_note(Desk& desk, TicketId ticket, const Agent* author, Key client_key,
                std::vector<AgentId> mentions = {});

}  // namespace deskwire
