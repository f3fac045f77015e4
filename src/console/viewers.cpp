// SPDX-License-Identifier: Apache-2.0
#include "console/viewers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "http/rpc.hpp"

namespace deskwire {

namespace json = boost::json;

void Viewers::look(const SessionPtr& session, TicketId ticket, bool writing) {
  if (const auto place = places_.find(session); place != places_.end() && place->second != ticket) {
    const TicketId before = place->second;
    places_.erase(place);
    drop(before, session);
    tell(before);
  }
  if (!ticket) return;
  std::vector<Viewer>& there = at_[ticket];
  const auto known = std::ranges::find(there, session, &Viewer::session);
  if (known == there.end() && there.size() >= kAtOnce) return;
  places_[session] = ticket;
  const bool news = known == there.end() || known->writing != writing;
  if (known == there.end())
    there.push_back({.session = session, .writing = writing});
  else
    *known = {.session = session, .writing = writing};
  if (news) tell(ticket);
}

void Viewers::sweep() {
  std::vector<std::pair<SessionPtr, TicketId>> silent;
  for (auto& [ticket, there] : at_)
    for (Viewer& viewer : there)
      if (++viewer.sweeps >= kSilentSweeps) silent.emplace_back(viewer.session, ticket);
  for (const auto& [session, ticket] : silent) leave(session);
}

json::array Viewers::others(TicketId ticket, AgentId me) const {
  const auto there = at_.find(ticket);
  if (there == at_.end()) return {};
  struct Seen {
    const Principal* who;
    bool writing;
  };
  std::map<AgentId, Seen> agents;  // One person may have several pages open.
  for (const Viewer& viewer : there->second) {
    if (!viewer.session->who || viewer.session->who->id == me) continue;
    Seen& seen = agents[viewer.session->who->id];
    seen.who = &*viewer.session->who;
    seen.writing = seen.writing || viewer.writing;
  }
  json::array out;
  for (const auto& [id, seen] : agents)
    out.push_back({{"user", seen.who->user}, {"name", seen.who->name}, {"writing", seen.writing}});
  return out;
}

void Viewers::drop(TicketId ticket, const SessionPtr& session) {
  const auto there = at_.find(ticket);
  if (there == at_.end()) return;
  std::erase_if(there->second, [&](const Viewer& viewer) { return viewer.session == session; });
  if (there->second.empty()) at_.erase(there);
}

void Viewers::tell(TicketId ticket) const {
  const auto there = at_.find(ticket);
  if (there == at_.end()) return;
  for (const Viewer& viewer : there->second) {
    if (!viewer.session->live || !viewer.session->who) continue;
    viewer.session->socket->send(notification_frame(
        "viewers",
        {{"ticket", ticket.value}, {"agents", others(ticket, viewer.session->who->id)}}));
  }
}

}  // namespace deskwire
