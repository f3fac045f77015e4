// SPDX-License-Identifier: Apache-2.0
// Agents: who they are, whether they are there, and whether their connection is.
#pragma once
#include <string>

#include "engine/desk.hpp"

namespace deskwire {

/// Emits the change; an agent who is not available any more loses live offers and holds.
void change_presence(Desk& desk, AgentId agent, Presence presence, std::string reason);
/// A lost connection did not come back in time: offers end as lost, presence becomes offline.
void end_grace(Desk& desk, AgentId agent);

[[nodiscard]] Outcome decide(Desk& desk, const SetPresence& command);
[[nodiscard]] Outcome decide(Desk& desk, const AgentConnected& command);
[[nodiscard]] Outcome decide(Desk& desk, const AgentDisconnected& command);
[[nodiscard]] Outcome decide(Desk& desk, const PutAgent& command);
[[nodiscard]] Outcome decide(Desk& desk, const NoteAct& command);

}  // namespace deskwire
