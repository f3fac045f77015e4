// SPDX-License-Identifier: Apache-2.0
#include "desk/lookup.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "codec/wire.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// `next` goes on after a full page; a page that is not full was the last.
json::object page(json::array items, bool full, json::value next) {
  return {{"items", std::move(items)}, {"next", full ? std::move(next) : json::value(nullptr)}};
}

constexpr std::size_t kExplainedOffers = 20;  ///< The newest: nobody reads more.

/// What the row says of a ticket that the engine has let go.
Explanation over(const Ticket& ticket) {
  Explanation out;
  out.ticket = ticket.id;
  out.queue = ticket.queue;
  out.rule = ticket.rule;
  out.policy_version = ticket.policy_version;
  out.rank = ticket.rank;
  out.required = ticket.required;
  return out;
}

/// Serialising twice would cost more than this estimate is worth; escapes are counted as they are.
std::size_t weight(const MessageRow& row) {
  std::size_t bytes = 600 + row.content.subject.size() + row.content.attachments.size() * 200;
  for (const char c : row.content.text)
    bytes += static_cast<unsigned char>(c) < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : 1;
  return bytes + (row.content.to.size() + row.content.cc.size()) * 120;
}

/// The first or last rows that fit, at least one.
std::span<const MessageRow> kept(std::span<const MessageRow> rows, std::size_t max_bytes,
                                 Lookup::Keep keep) {
  std::size_t bytes = 0, count = 0;
  for (; count < rows.size(); ++count) {
    bytes += weight(keep == Lookup::Keep::newest ? rows[rows.size() - 1 - count] : rows[count]);
    if (bytes > max_bytes && count > 0) break;
  }
  return keep == Lookup::Keep::newest ? rows.last(count) : rows.first(count);
}

}  // namespace

asio::awaitable<Result<json::object>> Lookup::tickets(AgentId asker, TicketQuery query) {
  const PolicyPtr policy = gateway_.policy();
  const Sight eyes = sight(asker);
  TicketFilter filter;
  filter.state = query.state;
  filter.customer = query.customer;
  filter.agent = query.assignee;
  filter.priority = query.priority;
  filter.due_before = query.due_before;
  filter.tag = std::move(query.tag);
  filter.snoozed = query.snoozed;
  filter.limit = std::clamp<std::uint32_t>(query.limit, 1, 200);
  filter.before = query.after;
  if (!query.queue.empty()) {
    const Queue* queue = policy->queue(query.queue);
    if (queue == nullptr || !eyes.sees_queue(queue->id))
      co_return std::unexpected(Refusal::no_such_queue);
    filter.queue = queue->id;
  }
  eyes.restrict(filter);
  const std::uint32_t limit = filter.limit;
  auto job = [filter = std::move(filter)](Reader& reader) { return reader.tickets(filter); };
  const std::vector<TicketRow> found = co_await workers_.read(std::move(job));
  const PeoplePtr people = co_await directory_.people();
  json::array items;
  for (const TicketRow& row : found) items.push_back(rows::ticket(row, *people, *policy));
  json::value next = found.empty() ? json::value(nullptr) : found.back().ticket.id.value;
  co_return page(std::move(items), found.size() == limit, std::move(next));
}

asio::awaitable<Result<TicketRow>> Lookup::find_ticket(AgentId asker, TicketId id) {
  auto job = [id](Reader& reader) { return reader.ticket(id); };
  auto row = co_await workers_.read(std::move(job));
  if (!row) co_return std::unexpected(Refusal::no_such_ticket);
  if (!sight(asker).sees(row->ticket)) co_return std::unexpected(Refusal::not_your_ticket);
  co_return std::move(*row);
}

asio::awaitable<Result<json::object>> Lookup::explanation(TicketId id) {
  auto read = [id](Reader& reader) { return std::pair(reader.ticket(id), reader.offers(id)); };
  auto [row, made] = co_await workers_.read(std::move(read));
  if (!row) co_return std::unexpected(Refusal::no_such_ticket);
  // A ticket that is over is none of the engine's; what its row says and became of it stays.
  const Result<Explanation> live = co_await gateway_.explain(id);
  const Explanation explained = live ? *live : over(row->ticket);
  if (made.size() > kExplainedOffers) made.resize(kExplainedOffers);
  const PeoplePtr people = co_await directory_.people();
  co_return rows::explanation(explained, row->ticket, made, *people, *gateway_.policy(),
                              board_.now());
}

asio::awaitable<json::object> Lookup::history(TicketId id, std::uint64_t before,
                                              std::uint32_t limit) {
  auto read = [=](Reader& reader) { return reader.history(id, before, limit); };
  const std::vector<JournalEntry> found = co_await workers_.read(std::move(read));
  const PeoplePtr people = co_await directory_.people();
  const std::shared_ptr<const Policy> policy = gateway_.policy();
  json::array items;
  for (const JournalEntry& entry : found) {
    json::object row = rows::happening(entry, id, *people, *policy);
    if (!row.empty()) items.push_back(std::move(row));
  }
  json::value next = found.empty() ? json::value(nullptr) : json::value(found.back().seq);
  co_return page(std::move(items), found.size() == limit, std::move(next));
}

asio::awaitable<std::optional<TicketRow>> Lookup::ticket_row(AgentId asker, TicketId id) {
  auto found = co_await find_ticket(asker, id);
  if (!found) co_return std::nullopt;
  co_return std::move(*found);
}

asio::awaitable<Lookup::Object> Lookup::ticket(AgentId asker, TicketId id) {
  const auto row = co_await ticket_row(asker, id);
  if (!row) co_return std::nullopt;
  const PeoplePtr people = co_await directory_.people();
  co_return rows::ticket(*row, *people, *gateway_.policy());
}

asio::awaitable<json::array> Lookup::messages(TicketId ticket, std::uint32_t after_seq,
                                              std::uint32_t limit, std::size_t max_bytes,
                                              Keep keep) {
  auto job = [=](Reader& reader) { return reader.messages(ticket, after_seq, limit); };
  const std::vector<MessageRow> found = co_await workers_.read(std::move(job));
  const PeoplePtr people = co_await directory_.people();
  const PolicyPtr policy = gateway_.policy();
  json::array out;
  for (const MessageRow& row : kept(found, max_bytes, keep))
    out.push_back(rows::message(row, *people, *policy));
  co_return out;
}

asio::awaitable<json::object> Lookup::message(MessageId id) {
  auto job = [id](Reader& reader) { return reader.message(id); };
  const auto row = co_await workers_.read(std::move(job));
  const PeoplePtr people = co_await directory_.people();
  if (!row) co_return json::object{};
  co_return rows::message(*row, *people, *gateway_.policy());
}

asio::awaitable<std::optional<MessageRow>> Lookup::message_row(AgentId asker, MessageId id) {
  auto job = [id](Reader& reader) { return reader.message(id); };
  auto row = co_await workers_.read(std::move(job));
  if (!row) co_return std::nullopt;
  if (!row->message.ticket) {
    if (!sight(asker).all()) row.reset();
    co_return row;
  }
  const auto ticket = co_await ticket_row(asker, row->message.ticket);
  if (!ticket) row.reset();
  co_return row;
}

/// A customer is as visible as any of their tickets.
asio::awaitable<bool> Lookup::sees_customer(AgentId asker, CustomerId id) {
  const Sight eyes = sight(asker);
  if (eyes.all()) co_return true;
  TicketFilter filter;
  filter.customer = id;
  filter.limit = 1;
  eyes.restrict(filter);
  auto job = [filter = std::move(filter)](Reader& reader) {
    return !reader.tickets(filter).empty();
  };
  co_return co_await workers_.read(std::move(job));
}

asio::awaitable<Lookup::Object> Lookup::customer(AgentId asker, CustomerId id) {
  const bool seen = co_await sees_customer(asker, id);
  if (!seen) co_return std::nullopt;
  auto job = [id](Reader& reader) {
    return std::tuple(reader.customer(id), reader.identities(id), pinned_of(reader, id));
  };
  const auto [row, identities, pinned] = co_await workers_.read(std::move(job));
  if (!row) co_return std::nullopt;
  co_return rows::customer(*row, identities, pinned);
}

asio::awaitable<Lookup::Object> Lookup::timeline(AgentId asker, CustomerId id, Instant before,
                                                 std::uint32_t limit) {
  const bool seen = co_await sees_customer(asker, id);
  if (!seen) co_return std::nullopt;
  struct Found {
    bool known = false;
    std::vector<TimelineRow> rows;
    std::vector<TicketRow> tickets;
  };
  auto job = [=](Reader& reader) {
    Found out{.known = reader.customer(id).has_value(),
              .rows = reader.timeline(id, before, limit),
              .tickets = {}};
    std::vector<TicketId> ids;
    for (const TimelineRow& row : out.rows) ids.push_back(row.ticket);
    std::ranges::sort(ids);
    ids.erase(std::ranges::unique(ids).begin(), ids.end());
    out.tickets = reader.tickets_by_id(ids);
    return out;
  };
  const Found found = co_await workers_.read(std::move(job));
  if (!found.known) co_return std::nullopt;
  const Sight eyes = sight(asker);
  const PeoplePtr people = co_await directory_.people();
  std::unordered_set<TicketId> visible;
  for (const TicketRow& row : found.tickets)
    if (eyes.sees(row.ticket)) visible.insert(row.ticket.id);
  json::array items;
  for (const TimelineRow& row : found.rows)
    if (visible.contains(row.ticket)) items.push_back(rows::timeline(row, *people));
  json::value next = found.rows.empty() ? json::value(nullptr) : wire::time(found.rows.back().at);
  co_return page(std::move(items), found.rows.size() == limit, std::move(next));
}

asio::awaitable<Lookup::Object> Lookup::machine_mail(AgentId asker, MessageId before,
                                                     std::uint32_t limit) {
  if (!sight(asker).all()) co_return std::nullopt;
  auto job = [=](Reader& reader) { return reader.machine_mail(before, limit); };
  const std::vector<MessageRow> found = co_await workers_.read(std::move(job));
  const PeoplePtr people = co_await directory_.people();
  const PolicyPtr policy = gateway_.policy();
  json::array items;
  for (const MessageRow& row : found) items.push_back(rows::message(row, *people, *policy));
  json::value next = found.empty() ? json::value(nullptr) : found.back().message.id.value;
  co_return page(std::move(items), found.size() == limit, std::move(next));
}

asio::awaitable<Lookup::Object> Lookup::records(AgentId asker, std::string kind, Instant before,
                                                std::uint32_t limit) {
  if (!sight(asker).all()) co_return std::nullopt;
  auto job = [kind = std::move(kind), before, limit](Reader& reader) {
    return reader.records(kind, before, limit);
  };
  const std::vector<Record> found = co_await workers_.read(std::move(job));
  json::array items;
  for (const Record& record : found) {
    boost::system::error_code broken;
    json::value value = json::parse(record.value, broken);
    if (broken || !value.is_object()) continue;
    value.get_object()["at"] = wire::time(record.at);
    items.push_back(std::move(value));
  }
  json::value next = found.empty() ? json::value(nullptr) : wire::time(found.back().at);
  co_return page(std::move(items), found.size() == limit, std::move(next));
}

asio::awaitable<json::array> Lookup::agents(AgentId asker) {
  const PeoplePtr people = co_await directory_.people();
  const PolicyPtr policy = gateway_.policy();
  const Sight eyes = sight(asker);
  json::array out;
  for (const AgentId id : board_.agents())
    if (const Agent* agent = board_.agent(id); eyes.sees_agent(*agent))
      out.push_back(rows::agent(*agent, board_, *people, *policy));
  co_return out;
}

json::array Lookup::queues(AgentId asker) const {
  const PolicyPtr policy = gateway_.policy();
  const Sight eyes = sight(asker);
  json::array out;
  for (const Queue& queue : policy->queues)
    if (eyes.sees_queue(queue.id)) out.push_back(rows::queue(board_.queue(queue.id), *policy));
  return out;
}

}  // namespace deskwire
