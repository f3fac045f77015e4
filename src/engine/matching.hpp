// SPDX-License-Identifier: Apache-2.0
// Who gets what: event-driven, nothing polls. Whatever makes a ticket wait or an agent free is
// matched before the command ends, so no ticket waits while someone eligible has room.
#pragma once
#include "engine/desk.hpp"
#include "engine/state_index.hpp"

namespace deskwire {

/// Offers every ticket and fills every agent that this command left unmatched.
void match_pending(Desk& desk);

/// Why `agent` gets this ticket or does not, as of now.
[[nodiscard]] CandidateVerdict judge(const Desk& desk, const Agent& agent, const Ticket& ticket);
/// Where `agent` stands in the order that the ticket's queue chooses by; the lowest is chosen.
[[nodiscard]] Turn turn_for(const Desk& desk, const Agent& agent, const Ticket& ticket);
/// Null when the agent has every required skill, else the first one missing.
[[nodiscard]] const SkillLevel* missing_skill(const Agent& agent,
                                              const std::vector<SkillLevel>& required);
/// Whether keeping a ticket for this agent alone can lead to anything: present, qualified, and at
/// worst at capacity.
[[nodiscard]] bool worth_holding(const Desk& desk, AgentId agent, QueueId queue,
                                 const std::vector<SkillLevel>& required);
/// Ends every hold for an agent who left or changed so that holding is pointless.
void release_held(Desk& desk, AgentId agent);

}  // namespace deskwire
