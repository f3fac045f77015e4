// SPDX-License-Identifier: Apache-2.0
// Presence is what an agent says, connection is what the console knows; offers need both.
#include "engine/presence.hpp"

#include <algorithm>

#include "deskwire/base/utf8.hpp"
#include "engine/actors.hpp"
#include "engine/assignment.hpp"
#include "engine/matching.hpp"
#include "engine/offers.hpp"
#include "engine/state_index.hpp"

namespace deskwire {
namespace {

constexpr std::size_t kReasonBytes = 200;
constexpr std::uint16_t kMaxCapacity = 10'000;

/// An agent changes their own connection and presence; a supervisor and the system anyone's.
Outcome may_speak_for(const Desk& desk, AgentId id) {
  const auto asking = agent_or_system(desk);
  if (!asking) return std::unexpected(asking.error());
  if (!desk.state.agent(id)) return std::unexpected(Refusal::no_such_agent);
  if (*asking && (*asking)->id != id && (*asking)->role == Role::agent)
    return std::unexpected(Refusal::not_allowed);
  return {};
}

bool valid(const PutAgent& command) {
  const auto level_ok = [](const SkillLevel& s) { return s.skill && s.level >= 1 && s.level <= 5; };
  return command.agent && command.capacity_percent <= kMaxCapacity &&
         std::ranges::all_of(command.skills, level_ok) &&
         std::ranges::all_of(command.queues, [](QueueId q) { return bool(q); });
}

/// Sorted; of two levels of one skill the higher counts.
std::vector<SkillLevel> tidy(std::vector<SkillLevel> skills) {
  std::ranges::sort(skills, [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill != b.skill ? a.skill < b.skill : a.level > b.level;
  });
  const auto same = [](const SkillLevel& a, const SkillLevel& b) { return a.skill == b.skill; };
  skills.erase(std::unique(skills.begin(), skills.end(), same), skills.end());
  return skills;
}

Agent changed_row(const Desk& desk, const PutAgent& command) {
  Agent row;
  if (const Agent* old = desk.state.agent(command.agent)) row = *old;
  row.id = command.agent;
  row.role = command.role;
  row.enabled = command.enabled;
  row.skills = tidy(command.skills);
  row.queues = command.queues;
  std::ranges::sort(row.queues);
  row.queues.erase(std::ranges::unique(row.queues).begin(), row.queues.end());
  row.capacity_percent = command.capacity_percent;
  return row;
}

/// Offers that the agent would not be made any more as they are now.
void rescind_unfit_offers(Desk& desk, AgentId id) {
  for (OfferId offer : live_offers(desk, id)) {
    const Agent& agent = *desk.state.agent(id);
    const TicketId of = desk.state.offer(offer)->ticket;
    const Ticket& ticket = *desk.state.ticket(of);
    const bool fit = agent.enabled && std::ranges::binary_search(agent.queues, ticket.queue) &&
                     !missing_skill(agent, ticket.required) &&
                     desk.state.load_percent(id) <= agent.capacity_percent;
    if (fit) continue;
    rescind(desk, offer, RescindCause::agent_changed);
    desk.unmatched_tickets.push_back(of);
  }
}

}  // namespace

void change_presence(Desk& desk, AgentId id, Presence presence, std::string reason) {
  desk.emit(PresenceChanged{id, presence, std::move(reason), desk.now});
  if (presence == Presence::available) {
    desk.freed_agents.push_back(id);
    return;
  }
  rescind_offers_of(desk, id, RescindCause::agent_changed);
  release_held(desk, id);
}

void end_grace(Desk& desk, AgentId id) {
  for (OfferId offer : live_offers(desk, id)) expire(desk, offer, OfferEnd::connection_lost);
  const Agent& agent = *desk.state.agent(id);
  if (agent.presence == Presence::offline)
    desk.emit(AgentConnectionChanged{id, false, {}, desk.now});
  else
    change_presence(desk, id, Presence::offline, "connection lost");
}

Outcome decide(Desk& desk, const SetPresence& command) {
  if (const Outcome may = may_speak_for(desk, command.agent); !may) return may;
  const Agent& agent = *desk.state.agent(command.agent);
  if (!agent.enabled) return std::unexpected(Refusal::agent_disabled);
  std::string reason(utf8_prefix(command.reason, kReasonBytes));
  if (agent.presence == command.presence && agent.presence_reason == reason) return {};
  change_presence(desk, command.agent, command.presence, std::move(reason));
  return {};
}

Outcome decide(Desk& desk, const AgentConnected& command) {
  if (const Outcome may = may_speak_for(desk, command.agent); !may) return may;
  const Agent& agent = *desk.state.agent(command.agent);
  if (!agent.enabled) return std::unexpected(Refusal::agent_disabled);
  if (agent.connected) return {};
  desk.emit(AgentConnectionChanged{command.agent, true, {}, desk.now});
  desk.freed_agents.push_back(command.agent);
  return {};
}

Outcome decide(Desk& desk, const AgentDisconnected& command) {
  // A log-in that was disabled meanwhile still goes away.
  const bool own = desk.actor().kind == ActorKind::agent && desk.actor().agent == command.agent;
  if (!own) {
    if (const Outcome may = may_speak_for(desk, command.agent); !may) return may;
  }
  const Agent* agent = desk.state.agent(command.agent);
  if (!agent) return std::unexpected(Refusal::no_such_agent);
  if (!agent->connected) return {};
  const bool present = agent->presence != Presence::offline;
  const Instant grace = present ? desk.now + desk.policy().connection_grace : Instant{};
  desk.emit(AgentConnectionChanged{command.agent, false, grace, desk.now});
  return {};
}

Outcome decide(Desk& desk, const PutAgent& command) {
  if (const Outcome may = require_admin(desk); !may) return may;
  if (!valid(command)) return std::unexpected(Refusal::invalid_argument);
  Agent row = changed_row(desk, command);
  const Agent* old = desk.state.agent(command.agent);
  if (old && *old == row) return {};
  const bool goes = !row.enabled && row.presence != Presence::offline;
  desk.emit(AgentPut{std::move(row)});
  rescind_unfit_offers(desk, command.agent);
  if (goes) change_presence(desk, command.agent, Presence::offline, "disabled");
  release_held(desk, command.agent);
  desk.freed_agents.push_back(command.agent);
  return {};
}

Outcome decide(Desk& desk, const NoteAct& command) {
  if (command.act == DeskAct::none) return std::unexpected(Refusal::invalid_argument);
  const auto agent = agent_or_system(desk);
  if (!agent) return std::unexpected(agent.error());
  const bool macro = command.act == DeskAct::macro_saved || command.act == DeskAct::macro_deleted;
  const bool own = *agent != nullptr && (*agent)->id == command.whom;
  if (macro && *agent != nullptr && (*agent)->role == Role::agent)
    return std::unexpected(Refusal::not_allowed);
  if (!macro && !own)
    if (const Outcome may = require_admin(desk); !may) return may;
  desk.emit(ActNoted{command.act, command.whom, command.thing, desk.now});
  return {};
}

}  // namespace deskwire
