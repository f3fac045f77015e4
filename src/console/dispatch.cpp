// SPDX-License-Identifier: Apache-2.0
// How committed batches become events: what each says, who may see it, and its way to all of them.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>
#include <set>
#include <utility>

#include "console/board_telling.hpp"
#include "console/event_data.hpp"
#include "console/hub.hpp"

namespace deskwire {

namespace asio = boost::asio;

namespace {

/// Batches that were committed while others were being told are told together.
constexpr std::size_t kItemsAtOnce = 64;
/// Sessions that are written to before others have their turn on the loop: about a millisecond.
constexpr std::size_t kSessionsAtOnce = 64;

/// Those of `viewers` for whom `sees` holds.
template <class Sees>
std::vector<std::size_t> those_who(std::span<const FanOut::Viewer> viewers, Sees sees) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < viewers.size(); ++i)
    if (sees(viewers[i])) out.push_back(i);
  return out;
}

void add_change(BoardChange& to, const BoardChange& from) {
  to.queues.insert(to.queues.end(), from.queues.begin(), from.queues.end());
  to.agents.insert(to.agents.end(), from.agents.begin(), from.agents.end());
  to.alerts.insert(to.alerts.end(), from.alerts.begin(), from.alerts.end());
  to.risks = to.risks || from.risks;
}

}  // namespace

asio::awaitable<void> Hub::run() {
  for (;;) {
    while (items_.empty()) co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto end = items_.begin() + std::min(items_.size(), kItemsAtOnce);
    std::vector<Item> items(std::move_iterator(items_.begin()), std::move_iterator(end));
    items_.erase(items_.begin(), end);
    for (const Item& item : items)
      if (item.batch && !item.batch->journal.empty()) dispatched_ = item.batch->journal.back().seq;
    try {
      co_await dispatch(std::move(items));
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

/// Everyone who has signed in. Who does so later knows of what is told now already.
std::vector<FanOut::Viewer> Hub::viewers() const {
  std::vector<FanOut::Viewer> out;
  for (const auto& [agent, sessions] : per_agent_)
    out.push_back({agent, desk_.lookup().sight(agent)});
  return out;
}

/// Whether anyone could want it, by what is known without reading.
bool Hub::wanted(const Step& step) const {
  const bool for_one = step.notice.kind == Notice::Kind::offer_ended || step.notice.made != nullptr;
  if (for_one && !per_agent_.contains(step.notice.agent)) return false;
  return std::ranges::any_of(sessions_, [&](const SessionPtr& session) {
    return session->live && step.at.row > session->live_after;
  });
}

bool Hub::may_see(const FanOut::Viewer& viewer, const Step& step, const Material& material,
                  const Before& before) const {
  const auto& [me, sight] = viewer;
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

asio::awaitable<void> Hub::dispatch(std::vector<Item> items) {
  const PeoplePtr people = co_await desk_.directory().people();
  FanOut fan(viewers());
  for (const Item& item : items) co_await tell_steps(item, *people, fan);
  tell_board(items, *people, fan);
  if (!fan.empty()) co_await deliver(fan);
}

asio::awaitable<void> Hub::tell_steps(const Item& item, const People& people, FanOut& fan) {
  if (!item.batch) co_return;
  heads_.learn(*item.batch);
  Before before;
  for (const auto& place : item.change.before) before[place.ticket] = {place.queue, place.agent};
  const std::vector<Step> steps = steps_of(*item.batch);
  std::vector<Notice> needed;
  for (const Step& step : steps) needed.push_back(step.notice);
  const Material material =
      co_await gather_live(desk_.workers(), heads_, item.batch, std::move(needed));
  const PolicyPtr policy = desk_.gateway().policy();
  for (const Step& step : steps) {
    const auto to = those_who(fan.viewers(), [&](const FanOut::Viewer& viewer) {
      return may_see(viewer, step, material, before);
    });
    if (to.empty()) continue;
    const auto data = event_data(step.notice, material, desk_.board(), people, *policy);
    if (data) fan.add(EventText(step.at, step.time, *data), to);
  }
}

/// As the board is now. It may be ahead of these items; so what the items behind them changed is
/// told as well, and the rows add up.
void Hub::tell_board(const std::vector<Item>& items, const People& people, FanOut& fan) {
  BoardChange change;
  for (const Item& item : items) add_change(change, item.change);
  for (const Item& item : items_) add_change(change, item.change);
  std::set<AgentId> watching;
  for (const SessionPtr& session : sessions_)
    if (session->board && session->who) watching.insert(session->who->id);
  if (change.empty() || watching.empty()) return;
  BoardTelling telling(desk_, people, Cursor::end_of(dispatched_), fan);
  telling.watched_by(watching);
  telling.tell(change);
  board_told_ = desk_.board().revision();
}

asio::awaitable<void> Hub::deliver(FanOut& fan) {
  // Sessions may come and go while others have their turn.
  const std::vector<SessionPtr> audience(sessions_.begin(), sessions_.end());
  for (std::size_t i = 0; i < audience.size(); ++i) {
    if (i > 0 && i % kSessionsAtOnce == 0) co_await asio::post(executor_, asio::use_awaitable);
    if (audience[i]->live) fan.tell(*audience[i]);
  }
}

}  // namespace deskwire
