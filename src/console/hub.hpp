// SPDX-License-Identifier: Apache-2.0
// All console sessions and what flows to them: each committed batch becomes events, told to those
// who may see them, in order and without gaps. Also keeps the engine told who is connected. Loop
// thread only.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "console/console.hpp"
#include "console/fan_out.hpp"
#include "console/material.hpp"
#include "console/session.hpp"
#include "console/viewers.hpp"
#include "desk/call_notice.hpp"
#include "runtime/task_group.hpp"

namespace deskwire {

class Hub {
 public:
  Hub(const ConsoleSettings& settings, boost::asio::any_io_executor executor, FrontDesk& desk);

  [[nodiscard]] bool full() const { return sessions_.size() >= settings_.sessions; }
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }
  [[nodiscard]] std::size_t sessions_of(AgentId agent) const;
  void add(const SessionPtr& session) { sessions_.insert(session); }
  /// The socket is gone.
  void remove(const SessionPtr& session);

  /// Counts a signed-in session; the first of its agent connects the agent.
  boost::asio::awaitable<Submission> connect(SessionPtr session);
  /// A connect that was not taken: the session is nobody's again.
  void disown(const SessionPtr& session);
  /// Events flow from what is committed after now.
  void go_live(const SessionPtr& session);
  /// Tells the agent's offers that still count down, as after a log-in.
  void tell_offers(const SessionPtr& session);
  /// Events after `after`, then live; or a resync when that is too much or too long ago.
  void replay(const SessionPtr& session, Cursor after);
  /// The session looks at `ticket` (zero: at none), for as long as it says so now and then.
  void look(const SessionPtr& session, TicketId ticket, bool writing);
  [[nodiscard]] const Viewers& viewers_of_tickets() const { return at_tickets_; }
  /// The session that was opened with the token of this hash has ended.
  void drop_session(const std::string& token_hash);
  /// Looks again at who the session is: ends it when that is over or is somebody else now. False:
  /// it was ended.
  boost::asio::awaitable<bool> look_again(const SessionPtr& session);
  /// To all sessions of an agent, beside the events.
  void tell(AgentId agent, std::string_view method, const boost::json::object& params) const;
  /// Everything committed so far.
  [[nodiscard]] Cursor head() const { return Cursor::end_of(desk_.feed().seq()); }
  /// A call, to those whom it names and as far as each may see its tickets. In the order of the
  /// calls to this, when each is awaited.
  boost::asio::awaitable<void> announce(CallNotice notice);
  /// Resumes once the board has taken that journal row.
  boost::asio::awaitable<void> published(std::uint64_t row);

  boost::asio::awaitable<void> stop();

 private:
  struct Item {
    std::shared_ptr<const Batch> batch;  ///< Null: time alone changed the board.
    BoardChange change;
  };
  struct Place {
    QueueId queue;
    AgentId agent;
  };
  using Before = std::unordered_map<TicketId, Place>;
  /// One notice on its way.
  struct Step {
    Cursor at;
    Instant time;
    Notice notice;
  };

  bool uncount(const SessionPtr& session);
  void on_batch(const std::shared_ptr<const Batch>& batch, const BoardChange& change);
  void drop_disabled(const BoardChange& change);
  /// Of one whose log-in changed.
  void doubt(AgentId agent);
  static void end(Session& session, CloseCode code, std::string why);
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> run_sweeps();
  boost::asio::awaitable<void> run_looks();
  boost::asio::awaitable<void> look_at(std::vector<SessionPtr> sessions);
  boost::asio::awaitable<void> dispatch(std::vector<Item> items);
  boost::asio::awaitable<void> tell_steps(const Item& item, const People& people, FanOut& fan);
  void tell_board(const std::vector<Item>& items, const People& people, FanOut& fan);
  boost::asio::awaitable<void> deliver(FanOut& fan);
  [[nodiscard]] std::vector<FanOut::Viewer> viewers() const;
  boost::asio::awaitable<void> run_replay(SessionPtr session, Cursor after);
  /// Tells the rows after `after` up to `upto`; false: that is too much or too long ago.
  boost::asio::awaitable<bool> replay_rows(SessionPtr session, Cursor after, std::uint64_t upto);
  boost::asio::awaitable<void> run_offers(SessionPtr session, std::vector<Notice> notices);
  boost::asio::awaitable<void> disconnect(AgentId agent);

  [[nodiscard]] bool may_see(const FanOut::Viewer& viewer, const Step& step,
                             const Material& material, const Before& before) const;
  [[nodiscard]] bool wanted(const Step& step) const;
  [[nodiscard]] std::vector<Step> steps_of(const Batch& batch) const;
  static void send(Session& session, EventChain events);
  void resync(Session& session, std::string_view reason) const;

  const ConsoleSettings& settings_;
  boost::asio::any_io_executor executor_;
  FrontDesk& desk_;
  std::set<SessionPtr> sessions_;
  std::unordered_map<AgentId, std::size_t> per_agent_;
  TicketHeads heads_;
  Viewers at_tickets_;
  std::deque<Item> items_;
  std::uint64_t dispatched_ = 0;        ///< Rows up to here were told, or are just being told.
  std::uint64_t board_told_ = 0;        ///< The board's revision when its rows were told last.
  boost::asio::steady_timer wake_;      ///< Never expires; cancelled when there is an item.
  boost::asio::steady_timer progress_;  ///< Never expires; cancelled when the board moved.
  boost::asio::steady_timer looking_;   ///< Never expires; cancelled when someone looks.
  TaskGroup tasks_;
  TaskGroup farewells_;  ///< Commands that must still be said while stopping.
};

}  // namespace deskwire
