// SPDX-License-Identifier: Apache-2.0
#include "console/hub.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "auth/session_token.hpp"
#include "console/event_data.hpp"
#include "http/rpc.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kNoExpiry = asio::steady_timer::time_point::max();
/// Some 4 MiB of subjects and names.
constexpr std::size_t kHeads = 20'000;

}  // namespace

Hub::Hub(const ConsoleSettings& settings, asio::any_io_executor executor, FrontDesk& desk)
    : settings_(settings),
      executor_(executor),
      desk_(desk),
      heads_(kHeads),
      wake_(executor, kNoExpiry),
      progress_(executor, kNoExpiry),
      looking_(executor, kNoExpiry),
      tasks_(executor, "console"),
      farewells_(executor, "console farewells") {
  desk_.listen([this](const std::shared_ptr<const Batch>& batch, const BoardChange& change) {
    on_batch(batch, change);
  });
  desk_.sign_in().when_changed([this](AgentId agent) { doubt(agent); });
  tasks_.spawn(run());
  tasks_.spawn(run_sweeps());
  tasks_.spawn(run_looks());
}

std::size_t Hub::sessions_of(AgentId agent) const {
  const auto found = per_agent_.find(agent);
  return found == per_agent_.end() ? 0 : found->second;
}

void Hub::remove(const SessionPtr& session) {
  sessions_.erase(session);
  at_tickets_.leave(session);
  if (session->counted && uncount(session)) farewells_.spawn(disconnect(session->who->id));
}

void Hub::disown(const SessionPtr& session) {
  // The socket may have gone while the command was under way.
  if (session->counted) uncount(session);
  session->who.reset();
}

/// True if it was its agent's last session.
bool Hub::uncount(const SessionPtr& session) {
  session->counted = false;
  const auto found = per_agent_.find(session->who->id);
  if (--found->second > 0) return false;
  per_agent_.erase(found);
  return true;
}

asio::awaitable<Submission> Hub::connect(SessionPtr session) {
  session->counted = true;
  const AgentId agent = session->who->id;
  // Every session says it: the engine knows whether that is news, and a row that is behind a
  // disconnect still on its way is set right.
  ++per_agent_[agent];
  Command command{.actor = {.kind = ActorKind::agent, .agent = agent},
                  .body = AgentConnected{agent}};
  co_return co_await desk_.gateway().submit(std::move(command), Lane::interactive);
}

asio::awaitable<void> Hub::disconnect(AgentId agent) {
  // Said by the desk itself: someone who was disabled meanwhile may say nothing.
  Command command{.actor = {}, .body = AgentDisconnected{agent}};
  const auto done = co_await desk_.gateway().submit(std::move(command), Lane::interactive);
  if (done.kind == Submission::Kind::busy) spdlog::warn("console: a disconnect was not taken");
}

void Hub::go_live(const SessionPtr& session) {
  session->live = true;
  session->live_after = desk_.feed().seq();
  session->sent = head();
}

/// Which they are is decided now: what is offered from here on is told as it is committed.
void Hub::tell_offers(const SessionPtr& session) {
  std::vector<Notice> notices;
  for (const Offer& offer : desk_.board().offers_of(session->who->id)) {
    Notice& notice = notices.emplace_back();
    notice.kind = Notice::Kind::offer_made;
    notice.ticket = offer.ticket;
    notice.offer = offer.id;
  }
  if (!notices.empty()) tasks_.spawn(run_offers(session, std::move(notices)));
}

asio::awaitable<void> Hub::published(std::uint64_t row) {
  while (desk_.feed().seq() < row) co_await progress_.async_wait(kTuple);
}

void Hub::on_batch(const std::shared_ptr<const Batch>& batch, const BoardChange& change) {
  if (batch) progress_.cancel();
  if (sessions_.empty()) {
    heads_ = TicketHeads(kHeads);  // Nobody looked while names may have changed.
    return;
  }
  drop_disabled(change);
  if (items_.size() >= settings_.queued_batches) {
    items_.clear();
    for (const SessionPtr& session : sessions_) {
      if (!session->live) continue;
      resync(*session, "behind");
      session->socket->close(CloseCode::overflow, "resync");
    }
  }
  items_.push_back({batch, change});
  wake_.cancel();
}

void Hub::drop_disabled(const BoardChange& change) {
  for (const AgentId id : change.agents) {
    const Agent* agent = desk_.board().agent(id);
    if (agent == nullptr || agent->enabled || !per_agent_.contains(id)) continue;
    for (const SessionPtr& session : sessions_)
      if (session->who && session->who->id == id)
        end(*session, CloseCode::not_signed_in, "the log-in was disabled");
  }
}

void Hub::end(Session& session, CloseCode code, std::string why) {
  if (session.answering)
    session.ending.emplace(code, std::move(why));
  else
    session.socket->close(code, std::move(why));
}

void Hub::doubt(AgentId agent) {
  if (!per_agent_.contains(agent)) return;
  std::vector<SessionPtr> doubted;
  for (const SessionPtr& session : sessions_) {
    if (!session->who || session->who->id != agent) continue;
    ++session->doubts;
    doubted.push_back(session);
  }
  tasks_.spawn(look_at(std::move(doubted)));
}

asio::awaitable<bool> Hub::look_again(const SessionPtr& session) {
  const std::uint32_t doubts = session->doubts;
  const std::optional<SignedIn> known = co_await desk_.sign_in().who(session->token);
  session->settled = std::max(session->settled, doubts);
  if (!session->who) co_return true;  // A connect was not taken meanwhile.
  const bool same = known && known->who.role == session->who->role;
  if (!known)
    end(*session, CloseCode::not_signed_in, "the session has ended");
  else if (!same)
    end(*session, CloseCode::come_back, "the role has changed");
  co_return same;
}

asio::awaitable<void> Hub::look_at(std::vector<SessionPtr> sessions) {
  for (const SessionPtr& session : sessions) {
    if (!session->who || session->ending || session->socket->closing()) continue;
    try {
      co_await look_again(session);
    } catch (const Busy&) {
      // Still in doubt, if it was: asked again with its next call, or with the next round.
    }
  }
}

/// A socket that says nothing ends with its session too.
asio::awaitable<void> Hub::run_looks() {
  asio::steady_timer next(executor_);
  for (;;) {
    next.expires_after(settings_.look_again_every);
    co_await next.async_wait(kTuple);
    co_await look_at({sessions_.begin(), sessions_.end()});
  }
}

void Hub::drop_session(const std::string& token_hash) {
  for (const SessionPtr& session : sessions_)
    if (session->who && session_token_hash(session->token) == token_hash)
      end(*session, CloseCode::not_signed_in, "the session was ended");
}

void Hub::tell(AgentId agent, std::string_view method, const json::object& params) const {
  if (!per_agent_.contains(agent)) return;
  auto frame = std::make_shared<Frames>();
  frame->add({notification_frame(method, params)});
  for (const SessionPtr& session : sessions_)
    if (session->live && session->who->id == agent) session->socket->send(FramesPtr(frame));
}

asio::awaitable<void> Hub::announce(CallNotice notice) {
  const PeoplePtr people = co_await desk_.directory().people();
  const PolicyPtr policy = desk_.gateway().policy();
  for (const SessionPtr& session : sessions_) {
    if (!session->live || !session->who) continue;
    const AgentId me = session->who->id;
    const Sight sight = desk_.lookup().sight(me);
    const bool named = std::ranges::find(notice.to, me) != notice.to.end();
    if (!named && !(notice.everyone && sight.sees_queue(notice.queue))) continue;
    session->socket->send(notification_frame("call", call_data(notice, sight, *people, *policy)));
  }
}

void Hub::look(const SessionPtr& session, TicketId ticket, bool writing) {
  if (!sessions_.contains(session)) return;  // The socket went meanwhile.
  at_tickets_.look(session, ticket, writing);
  looking_.cancel();
}

asio::awaitable<void> Hub::run_sweeps() {
  asio::steady_timer next(executor_);
  for (;;) {
    while (at_tickets_.empty()) co_await looking_.async_wait(kTuple);
    next.expires_after(settings_.viewing_sweep);
    co_await next.async_wait(kTuple);
    at_tickets_.sweep();
  }
}

void Hub::send(Session& session, EventChain events) {
  session.sent = events.sent();
  for (const FramesPtr& frames : events.take()) session.socket->send(frames);
}

void Hub::resync(Session& session, std::string_view reason) const {
  session.socket->send(notification_frame("resync", {{"reason", reason}}));
}

asio::awaitable<void> Hub::stop() {
  co_await farewells_.join();
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace deskwire
