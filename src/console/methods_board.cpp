// SPDX-License-Identifier: Apache-2.0
// What the desk is made of, the board, and the tickets behind each of its figures.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <string_view>
#include <utility>

#include "console/methods.hpp"
#include "desk/board_rows.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kNameBytes = 200;
/// Of one figure: more than anyone reads.
constexpr std::size_t kListed = 200;
constexpr std::uint64_t kMostSkipped = 1'000'000;

/// In the order of `Figure`.
constexpr auto kFigures = std::to_array<std::string_view>(
    {"waiting", "late", "due_in_30m", "at_risk", "met", "missed", "answered", "assigned"});

std::optional<Figure> figure_of(std::string_view name) {
  const auto found = std::ranges::find(kFigures, name);
  if (found == kFigures.end()) return std::nullopt;
  return static_cast<Figure>(found - kFigures.begin());
}

}  // namespace

/// What a page needs of the policy: where one may send to, and from which channel.
Methods::Answer Methods::get_desk(SessionPtr session, Params) {
  const PolicyPtr policy = desk_.gateway().policy();
  const Sight eyes = desk_.lookup().sight(session->who->id);
  json::array channels, queues, skills, teams;
  for (const ChannelPolicy& row : policy->channels) {
    const bool writes_first = row.channel == Channel::email || row.channel == Channel::sms;
    channels.push_back({{"channel_name", row.name},
                        {"channel", name(row.channel)},
                        {"writes_first", writes_first}});
  }
  for (const Queue& row : policy->queues)
    queues.push_back({{"queue", row.name}, {"mine", eyes.sees_queue(row.id)}});
  for (const Skill& row : policy->skills) skills.emplace_back(row.name);
  for (const Team& row : policy->teams) {
    json::array theirs;
    for (const QueueId id : row.queues)
      if (const Queue* queue = policy->queue(id)) theirs.emplace_back(queue->name);
    teams.push_back({{"team", row.name}, {"queues", std::move(theirs)}});
  }
  co_return json::object{{"name", policy->desk_name},
                         {"channels", std::move(channels)},
                         {"queues", std::move(queues)},
                         {"skills", std::move(skills)},
                         {"teams", std::move(teams)}};
}

Methods::Answer Methods::subscribe_board(SessionPtr session, Params) {
  const PeoplePtr people = co_await desk_.directory().people();
  // No wait from here on: all rows are of one revision, and the events after it meet it exactly.
  const Board& board = desk_.board();
  const Policy& policy = *board.policy();
  const Sight eyes = desk_.lookup().sight(session->who->id);
  json::array queues, agents;
  for (const QueueFigures& figures : queues_seen(board, eyes))
    queues.push_back(rows::queue(figures, policy));
  for (const AgentId id : board.agents())
    if (const Agent* agent = board.agent(id); eyes.sees_agent(*agent))
      agents.push_back(rows::agent(*agent, board, *people, policy));
  session->board = true;
  session->board_after = board.revision();
  co_return json::object{{"seq", Cursor::end_of(desk_.feed().seq()).wire()},
                         {"queues", std::move(queues)},
                         {"agents", std::move(agents)},
                         {"totals", rows::totals(totals_of(board, eyes))},
                         {"at_risk", rows::risks(board, eyes, *people)},
                         {"alerts", rows::alerts(desk_.alerts(), eyes, policy)}};
}

/// The tickets that a figure counts, the most urgent first.
Methods::Answer Methods::list_figure(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto figure = figure_of(reader.text("figure", kNameBytes));
  if (!figure)
    reader.fail("figure", "waiting, late, due_in_30m, at_risk, met, missed, answered or assigned");
  const auto queue = reader.optional_text("queue", kNameBytes);
  const auto user = reader.optional_text("agent", kNameBytes);
  const std::size_t skip = reader.optional_number("offset", 0, kMostSkipped).value_or(0);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const PeoplePtr people = co_await desk_.directory().people();
  const UserRow* agent = user ? people->find(*user) : nullptr;
  if (user && agent == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
  const Board& board = desk_.board();
  const PolicyPtr policy = board.policy();
  const Sight eyes = desk_.lookup().sight(session->who->id);
  const Queue* only = queue ? policy->queue(*queue) : nullptr;
  if (queue && (only == nullptr || !eyes.sees_queue(only->id)))
    co_return std::unexpected(rpc_error(Refusal::no_such_queue));
  std::vector<QueueId> queues;
  for (const Queue& row : policy->queues)
    if ((only == nullptr || only == &row) && eyes.sees_queue(row.id)) queues.push_back(row.id);
  std::size_t total = 0;
  std::vector<TicketId> ids;
  if (*figure == Figure::waiting) {
    for (const QueueId id : queues) total += board.queue(id).waiting;
    ids = board.line_up(queues, skip, kListed);
  } else {
    for (const QueueId id : queues) {
      const auto more = board.list(*figure, id, agent == nullptr ? AgentId{} : agent->id);
      ids.insert(ids.end(), more.begin(), more.end());
    }
    total = ids.size();
    ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(std::min(skip, total)));
    if (ids.size() > kListed) ids.resize(kListed);
  }
  auto read = [ids = std::move(ids)](Reader& r) { return r.tickets_by_id(ids); };
  const std::vector<TicketRow> found = co_await desk_.workers().read(std::move(read));
  json::array items;
  for (const TicketRow& row : found)
    if (eyes.sees(row.ticket)) items.push_back(rows::ticket(row, *people, *policy));
  co_return json::object{{"items", std::move(items)}, {"total", total}};
}

}  // namespace deskwire
