// SPDX-License-Identifier: Apache-2.0
// How a session catches up: what the journal holds since the client's cursor, with rows as they are
// now, then live without a gap between.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "console/event_data.hpp"
#include "console/hub.hpp"

namespace deskwire {

namespace asio = boost::asio;

namespace {

/// Rows of one read, so that no read transaction is long.
constexpr std::uint32_t kSlice = 200;

/// Nothing if the journal does not hold row `after` + 1 any more, or holds too many.
std::optional<std::vector<JournalEntry>> read_journal(Reader& reader, std::uint64_t after,
                                                      std::uint64_t upto, std::size_t most) {
  std::vector<JournalEntry> out;
  while (out.empty() || out.back().seq < upto) {
    const std::uint64_t from = out.empty() ? after : out.back().seq;
    auto slice = reader.journal(from, kSlice);
    if (slice.empty()) break;
    if (out.empty() && slice.front().seq != after + 1) return std::nullopt;
    for (JournalEntry& entry : slice)
      if (entry.seq <= upto) out.push_back(std::move(entry));
    if (out.size() > most) return std::nullopt;
    if (slice.back().seq >= upto) break;
  }
  if (out.empty() || out.back().seq < upto) return std::nullopt;
  return out;
}

}  // namespace

/// The agent's offers that still count down: known again after a log-in or a resync.
asio::awaitable<void> Hub::run_offers(SessionPtr session, std::vector<Notice> notices) {
  const Material material = co_await gather_stored(desk_.workers(), notices);
  const PeoplePtr people = co_await desk_.directory().people();
  const PolicyPtr policy = desk_.gateway().policy();
  EventChain events(session->sent);
  for (const Notice& notice : notices) {
    const Offer* offer = desk_.board().offer(notice.offer);
    const auto ticket = material.tickets.find(notice.ticket);
    if (offer == nullptr || ticket == material.tickets.end()) continue;
    const EventData data = offer_event(*offer, ticket->second, *people, *policy);
    events.add(EventText(session->sent, offer->made_at, data));
  }
  send(*session, std::move(events));
}

void Hub::replay(const SessionPtr& session, Cursor after) {
  tasks_.spawn(run_replay(session, after));
}

asio::awaitable<void> Hub::run_replay(SessionPtr session, Cursor after) {
  session->sent = after;
  bool whole = after.row <= desk_.feed().seq();
  Cursor told = after;
  try {
    for (bool first = true; whole; first = false) {
      const std::uint64_t upto = desk_.feed().seq();
      // What is being dispatched right now does not know this session yet: go on until that, too,
      // has been read from the journal.
      if (!first && told.row >= dispatched_) break;
      whole = co_await replay_rows(session, told, upto);
      told = Cursor::end_of(upto);
    }
  } catch (const Busy&) {
    whole = false;
  }
  if (session->socket->closing()) co_return;
  // Rows of the board that were told meanwhile went past this session.
  const bool board_missed = session->board && session->board_after < board_told_;
  if (whole && !board_missed) {
    session->live_after = told.row;
    session->live = true;
    co_return;
  }
  resync(*session, whole ? "board changed" : "too far behind");
  go_live(session);
  tell_offers(session);
}

asio::awaitable<bool> Hub::replay_rows(SessionPtr session, Cursor after, std::uint64_t upto) {
  if (after.wire() >= Cursor::end_of(upto).wire()) co_return true;
  const bool row_is_done = after.place == Cursor::kPlaces - 1;
  const std::uint64_t from = row_is_done || after.row == 0 ? after.row : after.row - 1;
  auto job = [from, upto, most = settings_.replay_rows](Reader& reader) {
    return read_journal(reader, from, upto, most);
  };
  const auto entries = co_await desk_.workers().read(std::move(job));
  if (!entries) co_return false;
  std::vector<Step> steps;
  std::vector<Notice> needed;
  for (const JournalEntry& entry : *entries) {
    const std::vector<Notice> notices = notices_of(entry);
    if (notices.size() >= Cursor::kPlaces) co_return false;
    for (std::size_t i = 0; i < notices.size(); ++i) {
      const Step step{{entry.seq, i}, entry.at, notices[i]};
      if (step.at.wire() <= after.wire()) continue;
      steps.push_back(step);
      needed.push_back(notices[i]);
    }
  }
  if (steps.size() > settings_.replay_rows * 2) co_return false;
  const Material material = co_await gather_stored(desk_.workers(), std::move(needed));
  const PeoplePtr people = co_await desk_.directory().people();
  const PolicyPtr policy = desk_.gateway().policy();
  const AgentId me = session->who->id;
  const FanOut::Viewer viewer{me, desk_.lookup().sight(me)};
  EventChain events(session->sent);
  for (const Step& step : steps) {
    if (!may_see(viewer, step, material, {})) continue;
    const auto data = event_data(step.notice, material, desk_.board(), *people, *policy);
    if (data) events.add(EventText(step.at, step.time, *data));
  }
  send(*session, std::move(events));
  co_return true;
}

}  // namespace deskwire
