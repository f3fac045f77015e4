// SPDX-License-Identifier: Apache-2.0
#include "console/hub.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "codec/wire.hpp"
#include "console/event_data.hpp"
#include "desk/rows.hpp"
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
      tasks_(executor, "console"),
      farewells_(executor, "console farewells") {
  desk_.listen([this](const std::shared_ptr<const Batch>& batch, const BoardChange& change) {
    on_batch(batch, change);
  });
  tasks_.spawn(run());
}

std::size_t Hub::sessions_of(AgentId agent) const {
  const auto found = per_agent_.find(agent);
  return found == per_agent_.end() ? 0 : found->second;
}

void Hub::remove(const SessionPtr& session) {
  sessions_.erase(session);
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
  progress_.cancel();
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
        session->socket->close(CloseCode::not_signed_in, "the log-in was disabled");
  }
}

asio::awaitable<void> Hub::run() {
  for (;;) {
    while (items_.empty()) co_await wake_.async_wait(kTuple);
    Item item = std::move(items_.front());
    items_.pop_front();
    if (!item.batch->journal.empty()) dispatched_ = item.batch->journal.back().seq;
    try {
      co_await dispatch(std::move(item));
    } catch (const Busy&) {
      // The readers are full of questions: nobody gets half an event.
      for (const SessionPtr& session : sessions_)
        if (session->live) {
          resync(*session, "busy");
          session->socket->close(CloseCode::overflow, "resync");
        }
    }
  }
}

/// Whether anyone could want it, by what is known without reading.
bool Hub::wanted(const Step& step) const {
  const bool for_one = step.notice.kind == Notice::Kind::offer_ended || step.notice.made != nullptr;
  return std::ranges::any_of(sessions_, [&](const SessionPtr& session) {
    return session->live && step.at.row > session->live_after &&
           (!for_one || step.notice.agent == session->who->id);
  });
}

bool Hub::may_see(const Session& session, const Sight& sight, const Step& step,
                  const Material& material, const Before& before) const {
  const AgentId me = session.who->id;
  switch (step.notice.kind) {
    case Notice::Kind::offer_ended:
      return step.notice.agent == me;
    case Notice::Kind::offer_made: {
      const Offer* offer =
          step.notice.made != nullptr ? step.notice.made : desk_.board().offer(step.notice.offer);
      return offer != nullptr && offer->agent == me;
    }
    case Notice::Kind::agent_changed:
      return step.notice.agent == me || sight.all();
    case Notice::Kind::ticket_changed: {
      // Who could see it until now is told where it went.
      const auto was = before.find(step.notice.ticket);
      if (was != before.end() && sight.sees(was->second.queue, was->second.agent)) return true;
      if (step.notice.agent == me) return true;
      break;
    }
    case Notice::Kind::message_added:
    case Notice::Kind::message_changed:
      break;
  }
  TicketId ticket = step.notice.ticket;
  if (!ticket) {
    const auto message = material.messages.find(step.notice.message);
    if (message == material.messages.end()) return false;
    ticket = message->second.message.ticket;
  }
  const auto row = material.tickets.find(ticket);
  return row != material.tickets.end() && sight.sees(row->second.ticket);
}

std::vector<Hub::Step> Hub::steps_of(const Batch& batch) const {
  std::vector<Step> out;
  for (const JournalEntry& entry : batch.journal) {
    const std::vector<Notice> notices = notices_of(entry);
    if (notices.size() >= Cursor::kPlaces) {
      for (const SessionPtr& session : sessions_)
        if (session->live && session->live_after < entry.seq) resync(*session, "bulk change");
      continue;
    }
    for (std::size_t i = 0; i < notices.size(); ++i) {
      Step step{{entry.seq, i}, entry.at, notices[i]};
      if (wanted(step)) out.push_back(step);
    }
  }
  return out;
}

asio::awaitable<void> Hub::dispatch(Item item) {
  heads_.learn(*item.batch);
  Before before;
  for (const auto& place : item.change.before) before[place.ticket] = {place.queue, place.agent};
  const std::vector<Step> steps = steps_of(*item.batch);
  std::vector<Notice> needed;
  for (const Step& step : steps) needed.push_back(step.notice);
  const PeoplePtr people = co_await desk_.directory().people();
  const Material material =
      co_await gather_live(desk_.workers(), heads_, item.batch, std::move(needed));
  const PolicyPtr policy = desk_.gateway().policy();
  std::vector<std::pair<SessionPtr, Sight>> audience;
  for (const SessionPtr& session : sessions_)
    if (session->live) audience.emplace_back(session, desk_.lookup().sight(session->who->id));
  for (const Step& step : steps) {
    std::optional<EventData> data;
    for (const auto& [session, sight] : audience) {
      if (step.at.row <= session->live_after) continue;
      if (!may_see(*session, sight, step, material, before)) continue;
      if (!data) data = event_data(step.notice, material, desk_.board(), *people, *policy);
      if (!data) break;
      send(*session, step.at, step.time, data->type, data->tail);
    }
  }
  tell_board(item, *people);
}

void Hub::tell_board(const Item& item, const People& people) {
  if (item.batch->journal.empty()) return;
  const JournalEntry& last = item.batch->journal.back();
  const Cursor at = Cursor::end_of(last.seq);
  const PolicyPtr policy = desk_.gateway().policy();
  const Board& board = desk_.board();
  const bool watched = std::ranges::any_of(
      sessions_, [](const SessionPtr& session) { return session->board && session->live; });
  if (!watched) return;
  // Each row is written once, however many look at it.
  using Tail = std::shared_ptr<const std::string>;
  std::vector<std::pair<QueueId, Tail>> queues;
  for (const QueueId id : item.change.queues)
    if (policy->queue(id) != nullptr)
      queues.emplace_back(id, event_tail(rows::queue(board.queue(id), *policy)));
  std::vector<std::pair<const Agent*, Tail>> agents;
  for (const AgentId id : item.change.agents)
    if (const Agent* agent = board.agent(id); agent != nullptr)
      agents.emplace_back(agent, event_tail(rows::agent(*agent, board, people, *policy)));
  for (const SessionPtr& session : sessions_) {
    if (!session->board || !session->live || last.seq <= session->board_after) continue;
    const Sight sight = desk_.lookup().sight(session->who->id);
    for (const auto& [id, tail] : queues)
      if (sight.sees_queue(id)) send(*session, at, last.at, "board.queue", tail);
    for (const auto& [agent, tail] : agents)
      if (sight.sees_agent(*agent)) send(*session, at, last.at, "board.agent", tail);
  }
}

void Hub::send(Session& session, Cursor at, Instant time, std::string_view type,
               std::shared_ptr<const std::string> data) const {
  std::string frame;
  frame.reserve(160);
  frame.append(R"({"jsonrpc":"2.0","method":"event","params":{"seq":)")
      .append(std::to_string(at.wire()))
      .append(R"(,"prev":)")
      .append(std::to_string(session.sent.wire()))
      .append(R"(,"type":")")
      .append(type)
      .append(R"(","at":")")
      .append(wire::format_time(time))
      .append(R"(","data":)");
  session.sent = at;
  session.socket->send(std::move(frame), std::move(data));
}

void Hub::tell(AgentId agent, std::string_view method, const json::object& params) const {
  if (!per_agent_.contains(agent)) return;
  const std::string frame = notification_frame(method, params);
  for (const SessionPtr& session : sessions_)
    if (session->live && session->who->id == agent) session->socket->send(frame);
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

void Hub::resync(Session& session, std::string_view reason) const {
  session.socket->send(notification_frame("resync", {{"reason", reason}}));
}

asio::awaitable<void> Hub::stop() {
  co_await farewells_.join();
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace deskwire
