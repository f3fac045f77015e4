// SPDX-License-Identifier: Apache-2.0
// Who looks at which ticket just now. Each session looks at one ticket at most and is forgotten
// when it has been silent for long. Loop thread only.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <unordered_map>
#include <vector>

#include "console/session.hpp"

namespace deskwire {

class Viewers {
 public:
  /// Sweeps after which a session that was not heard of is gone.
  static constexpr unsigned kSilentSweeps = 6;
  /// Who comes to a ticket where so many are is not counted among them.
  static constexpr std::size_t kAtOnce = 100;

  /// The session looks at `ticket` (zero: at none) and nowhere else. Tells those whom it concerns.
  void look(const SessionPtr& session, TicketId ticket, bool writing);
  void leave(const SessionPtr& session) { look(session, {}, false); }
  /// Forgets those who have been silent for long, and tells.
  void sweep();
  [[nodiscard]] bool empty() const { return places_.empty(); }
  /// Everyone at `ticket` but `me`, each once: `[{user,name,writing}]`.
  [[nodiscard]] boost::json::array others(TicketId ticket, AgentId me) const;

 private:
  struct Viewer {
    SessionPtr session;
    bool writing = false;
    unsigned sweeps = 0;  ///< Since it was last heard of.
  };

  void drop(TicketId ticket, const SessionPtr& session);
  void tell(TicketId ticket) const;

  std::unordered_map<SessionPtr, TicketId> places_;
  std::unordered_map<TicketId, std::vector<Viewer>> at_;
};

}  // namespace deskwire
