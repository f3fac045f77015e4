// SPDX-License-Identifier: Apache-2.0
// Events on their way to many sessions. Who may see an event is decided once for each agent, and
// sessions that see the same after the same get the same bytes: what is left to do for each of them
// is little more than the write.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "console/event_frames.hpp"
#include "console/session.hpp"
#include "desk/sight.hpp"

namespace deskwire {

class FanOut {
 public:
  struct Viewer {
    AgentId agent;
    Sight sight;
  };
  explicit FanOut(std::vector<Viewer> viewers);

  [[nodiscard]] std::span<const Viewer> viewers() const { return viewers_; }
  /// Journal order, rows of the board last: those only reach who subscribed to them and knows an
  /// older board than `revision`. `to` are positions in `viewers`, ascending.
  void add(EventText event, const std::vector<std::size_t>& to);
  void add_board(EventText event, std::uint64_t revision, const std::vector<std::size_t>& to);
  [[nodiscard]] bool empty() const { return events_.empty(); }
  /// All that this live session may see and does not know; after the last `add`.
  void tell(Session& session);

 private:
  struct Entry {
    EventText text;
    bool board = false;
  };
  using Seen = std::vector<std::uint32_t>;  ///< Positions in `events_`.
  /// What decides which bytes a session gets.
  struct Kind {
    const Seen* seen = nullptr;
    std::size_t known = 0;  ///< Events at the front that came before the session's time.
    bool board = false;     ///< Those of the board, at the end, too.
    std::uint64_t prev = 0;
    auto operator<=>(const Kind&) const = default;
  };
  struct Told {
    std::vector<FramesPtr> frames;
    Cursor sent;
  };

  void add(EventText event, bool board, const std::vector<std::size_t>& to);
  void group();
  [[nodiscard]] Kind kind_of(const Session& session, const Seen& seen) const;
  [[nodiscard]] Told write(const Kind& kind) const;

  std::vector<Viewer> viewers_;
  std::unordered_map<AgentId, std::size_t> places_;  ///< In `viewers_`.
  std::vector<Entry> events_;
  std::uint64_t revision_ = 0;        ///< Of the board, as its rows say.
  std::vector<Seen> seen_;            ///< By each viewer.
  std::vector<const Seen*> grouped_;  ///< The same, equal ones as one; filled by the first `tell`.
  std::map<Kind, Told> told_;
};

}  // namespace deskwire
