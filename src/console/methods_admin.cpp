// SPDX-License-Identifier: Apache-2.0
// What the desk does and was told: the outbox, what entrances refused, the policy, the journal.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <ranges>
#include <utility>

#include "codec/event_codec.hpp"
#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "http/quarantine.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kTimeBytes = 64;
constexpr std::size_t kPolicyBytes = 1u << 20;
/// One look at the journal reads at most this many rows, whatever is asked for.
constexpr std::uint32_t kJournalRows = 2'000;

RpcError not_allowed() { return rpc_error(Refusal::not_allowed); }

json::object outbox_row(const OutboxItem& item, const std::optional<MessageRow>& message,
                        const Policy& policy) {
  const ChannelPolicy* channel = policy.channel(item.channel_name);
  json::array to;
  if (message)
    for (const MailAddress& one : message->content.to) to.emplace_back(one.address);
  return {{"message", item.message.value},
          {"ticket", item.ticket ? json::value(item.ticket.value) : json::value(nullptr)},
          {"channel", name(item.channel)},
          {"channel_name", channel ? json::value(channel->name) : json::value(nullptr)},
          {"to", std::move(to)},
          {"state", name(item.state)},
          {"detail",
           message ? wire::text_or_null(message->message.delivery_detail) : json::value(nullptr)},
          {"attempts", item.attempts},
          {"created_at", wire::time(item.created_at)},
          {"next_attempt_at", wire::time(item.next_attempt_at)}};
}

/// Whether an event's JSON speaks of the ticket.
bool speaks_of(const json::value& event, std::uint64_t ticket) {
  const auto is = [&](const json::value* value) {
    return value != nullptr && value->is_number() && value->to_number<std::uint64_t>() == ticket;
  };
  const json::object& row = event.as_object();
  if (is(row.if_contains("ticket"))) return true;
  const auto* message = row.if_contains("message");
  if (message != nullptr && message->is_object())
    return is(message->as_object().if_contains("ticket"));
  const auto* opened = row.if_contains("ticket");
  return opened != nullptr && opened->is_object() && is(opened->as_object().if_contains("id"));
}

bool only_connects(const JournalEntry& row) {
  return std::ranges::all_of(row.events, [](const Event& event) {
    return std::holds_alternative<AgentConnectionChanged>(event);
  });
}

struct AuditPage {
  std::uint64_t head = 0;  ///< Rows up to here, downwards.
  std::size_t limit = 0;
  TicketId ticket;          ///< Of this one alone, unless zero.
  bool connections = true;  ///< Rows that say no more than that somebody came or went.
};

struct AuditRow {
  std::uint64_t seq = 0;
  Instant at;
  Actor actor;
  std::string command;
  json::value events;
};

struct AuditRows {
  std::vector<AuditRow> rows;
  std::uint64_t reached = 0;  ///< All down to this row was looked at.
};

AuditRows audit_rows(Reader& reader, const AuditPage& page) {
  const std::uint64_t from = page.head > kJournalRows ? page.head - kJournalRows : 0;
  const auto journal = reader.journal(from, static_cast<std::uint32_t>(page.head - from));
  AuditRows out{.rows = {}, .reached = from + 1};
  for (const JournalEntry& row : journal | std::views::reverse) {
    if (row.seq > page.head || (!page.connections && only_connects(row))) continue;
    json::value events = json::parse(encode_events(row.events));
    const auto of_it = [&](const json::value& event) {
      return speaks_of(event, page.ticket.value);
    };
    if (page.ticket && std::ranges::none_of(events.as_array(), of_it)) continue;
    out.rows.push_back({row.seq, row.at, row.actor, row.command, std::move(events)});
    if (out.rows.size() == page.limit) {
      out.reached = row.seq;
      break;
    }
  }
  return out;
}

}  // namespace

Methods::Answer Methods::list_outbox(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto limit =
      static_cast<std::uint32_t>(reader.optional_number("limit", 1, 200).value_or(100));
  const auto after = reader.optional_id<MessageId>("after");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (!desk_.lookup().sight(session->who->id).all()) co_return std::unexpected(not_allowed());
  auto read = [after, limit](Reader& r) {
    std::vector<std::pair<OutboxItem, std::optional<MessageRow>>> out;
    for (OutboxItem& item : r.outbox(after, limit)) {
      const MessageId id = item.message;
      out.emplace_back(std::move(item), r.message(id));
    }
    return out;
  };
  const auto found = co_await desk_.workers().read(std::move(read));
  json::array items;
  for (const auto& [item, message] : found)
    items.push_back(outbox_row(item, message, *desk_.gateway().policy()));
  const bool more = found.size() == limit;
  json::value next = more ? json::value(found.back().first.message.value) : json::value(nullptr);
  co_return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

Methods::Answer Methods::retry_outbox(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<MessageId>("message");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto done = co_await submit(session, HurryDelivery{id});
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  co_return json::object{};
}

Methods::Answer Methods::list_quarantine(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto limit =
      static_cast<std::uint32_t>(reader.optional_number("limit", 1, 200).value_or(50));
  const std::string after = reader.optional_text("after", kTimeBytes).value_or("");
  const auto before = after.empty() ? std::optional(Instant{}) : wire::parse_time(after);
  if (!before) reader.fail("after", "an RFC 3339 time");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  auto found = co_await desk_.lookup().records(session->who->id, std::string(kQuarantineRecord),
                                               *before, limit);
  if (!found) co_return std::unexpected(not_allowed());
  co_return std::move(*found);
}

Methods::Answer Methods::get_policy(SessionPtr session, Params) {
  if (session->who->role != Role::admin) co_return std::unexpected(not_allowed());
  if (!settings_.policy_text) co_return std::unexpected(rpc_error(Refusal::not_allowed));
  co_return co_await desk_.workers().run(Workers::Pool::parse, settings_.policy_text());
}

/// What a start or reload with this text would say.
Methods::Answer Methods::check_policy(SessionPtr session, Params params) {
  JsonReader reader(params);
  std::string text = reader.text("text", kPolicyBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (session->who->role != Role::admin || !settings_.check_policy)
    co_return std::unexpected(not_allowed());
  co_return co_await desk_.workers().run(Workers::Pool::parse,
                                         settings_.check_policy(std::move(text)));
}

/// The journal as people read it, the newest first: who did what when, by ids.
Methods::Answer Methods::list_audit(SessionPtr session, Params params) {
  JsonReader reader(params);
  AuditPage page;
  page.limit = static_cast<std::size_t>(reader.optional_number("limit", 1, 200).value_or(50));
  const std::uint64_t before =
      reader.optional_number("before", 1, (1ull << 53) - 1).value_or((1ull << 53) - 1);
  page.ticket = reader.optional_id<TicketId>("ticket");
  page.connections = reader.flag("connections", true);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (session->who->role != Role::admin) co_return std::unexpected(not_allowed());
  page.head = std::min<std::uint64_t>(before - 1, desk_.feed().seq());
  auto read = [page](Reader& r) { return audit_rows(r, page); };
  const AuditRows found = co_await desk_.workers().read(std::move(read));
  const PeoplePtr people = co_await desk_.directory().people();
  json::array items;
  for (const AuditRow& row : found.rows) {
    const bool by_agent = row.actor.kind == ActorKind::agent;
    items.push_back({{"seq", row.seq},
                     {"at", wire::time(row.at)},
                     {"actor", by_agent ? wire::text_or_null(people->user(row.actor.agent))
                                        : json::value(nullptr)},
                     {"command", row.command},
                     {"events", row.events}});
  }
  json::value next = found.reached > 1 ? json::value(found.reached) : json::value(nullptr);
  co_return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
}

}  // namespace deskwire
