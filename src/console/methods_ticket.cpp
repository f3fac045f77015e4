// SPDX-License-Identifier: Apache-2.0
// Offers, lists, and everything that moves a ticket.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "desk/rows.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kReasonBytes = 200;
constexpr std::size_t kNoteBytes = 64u << 10;
/// One frame is at most 1 MiB, whatever a ticket holds.
constexpr std::size_t kMessagesBytes = 768u << 10;
constexpr std::uint32_t kMessages = 200;

}  // namespace

Methods::Answer Methods::ticket_answer(SessionPtr session, Receipt receipt) {
  auto ticket = co_await desk_.lookup().ticket(session->who->id, receipt.ticket);
  // Handing a ticket over may take it out of one's own sight; that is no failure.
  json::value shown =
      ticket ? json::value(std::move(*ticket)) : json::value({{"id", receipt.ticket.value}});
  co_return json::object{{"ticket", std::move(shown)}, {"seq", wire_seq(receipt)}};
}

Methods::Answer Methods::submit_for_ticket(SessionPtr session, CommandBody body) {
  const auto done = co_await submit(session, std::move(body));
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  co_return co_await ticket_answer(session, done.receipt);
}

Methods::Answer Methods::accept_offer(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto offer = reader.id<OfferId>("offer");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, AcceptOffer{offer});
}

Methods::Answer Methods::decline_offer(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto offer = reader.id<OfferId>("offer");
  const std::string reason = reader.optional_text("reason", kReasonBytes).value_or("");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto done = co_await submit(session, DeclineOffer{.offer = offer, .reason = reason});
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  co_return json::object{};
}

Methods::Answer Methods::list_tickets(SessionPtr session, Params params) {
  JsonReader reader(params);
  TicketQuery query;
  if (const auto state = reader.optional_text("state", kNameBytes)) {
    query.state = parse_name<TicketState>(*state);
    if (!query.state) reader.fail("state", "a ticket's state");
  }
  query.queue = reader.optional_text("queue", kNameBytes).value_or("");
  query.customer = reader.optional_id<CustomerId>("customer");
  if (const auto priority = reader.optional_text("priority", kNameBytes)) {
    query.priority = parse_name<Priority>(*priority);
    if (!query.priority) reader.fail("priority", "low, normal, high or urgent");
  }
  if (const auto due = reader.optional_text("due_before", kNameBytes)) {
    const auto time = wire::parse_time(*due);
    if (!time) reader.fail("due_before", "an RFC 3339 time");
    query.due_before = time.value_or(Instant{});
  }
  query.tag = reader.optional_text("tag", kNameBytes).value_or("");
  if (reader.has("snoozed")) query.snoozed = reader.flag("snoozed", false);
  const auto agent = reader.optional_text("agent", kNameBytes);
  if (reader.flag("mine", false)) query.assignee = session->who->id;
  query.limit = static_cast<std::uint32_t>(reader.optional_number("limit", 1, 200).value_or(50));
  query.after = reader.optional_id<TicketId>("after");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (agent) {
    const PeoplePtr people = co_await desk_.directory().people();
    const UserRow* row = people->find(*agent);
    if (row == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
    query.assignee = row->id;
  }
  const std::uint64_t seq = hub_.head().wire();
  auto page = co_await desk_.lookup().tickets(session->who->id, std::move(query));
  if (!page) co_return std::unexpected(rpc_error(page.error()));
  (*page)["seq"] = seq;
  co_return std::move(*page);
}

Methods::Answer Methods::get_ticket(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  const auto before = reader.optional_number("before_seq", 2, 0xffffffff);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  Lookup& lookup = desk_.lookup();
  const AgentId me = session->who->id;
  const std::uint64_t seq = hub_.head().wire();
  const auto row = co_await lookup.find_ticket(me, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  // What was written since the row was read comes as an event.
  const auto last = before ? std::min(row->ticket.last_seq, static_cast<std::uint32_t>(*before - 1))
                           : row->ticket.last_seq;
  const std::uint32_t first = last > kMessages ? last - kMessages : 0;
  json::array begun = co_await drafts(me, id);
  const std::size_t room = kMessagesBytes - std::min(kMessagesBytes, json::serialize(begun).size());
  json::array messages =
      co_await lookup.messages(id, first, last - first, room, Lookup::Keep::newest);
  const bool more =
      !messages.empty() && messages.front().as_object().at("seq").to_number<std::uint64_t>() > 1;
  auto customer = co_await lookup.customer(me, row->ticket.customer);
  const PeoplePtr people = co_await desk_.directory().people();
  co_return json::object{
      {"ticket", rows::ticket(*row, *people, *lookup.policy())},
      {"messages", std::move(messages)},
      {"more", more},
      {"customer", customer ? json::value(std::move(*customer)) : json::value(nullptr)},
      {"drafts", std::move(begun)},
      {"seq", seq}};
}

Methods::Answer Methods::claim(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, ClaimTicket{id});
}

Methods::Answer Methods::set_pending(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, SetPending{id});
}

Methods::Answer Methods::set_on_hold(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, SetOnHold{id});
}

Methods::Answer Methods::resolve(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  std::string disposition = reader.optional_text("disposition", kReasonBytes).value_or("");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  CommandBody body = ResolveTicket{.ticket = id, .disposition = std::move(disposition)};
  co_return co_await submit_for_ticket(session, std::move(body));
}

Methods::Answer Methods::set_priority(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  const auto priority = parse_name<Priority>(reader.text("priority", kNameBytes));
  if (!priority) reader.fail("priority", "low, normal, high or urgent");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, SetPriority{.ticket = id, .priority = *priority});
}

Methods::Answer Methods::transfer(SessionPtr session, Params params) {
  JsonReader reader(params);
  TransferTicket command;
  command.ticket = reader.id<TicketId>("ticket");
  const auto queue = reader.optional_text("queue", kNameBytes);
  const auto agent = reader.optional_text("agent", kNameBytes);
  auto note = reader.optional_text("note", kNoteBytes);
  if (queue.has_value() == agent.has_value()) reader.fail("queue", "either a queue or an agent");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (queue) {
    const PolicyPtr policy = desk_.gateway().policy();
    const Queue* found = policy->queue(*queue);
    if (found == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_queue));
    command.queue = found->id;
  } else {
    const PeoplePtr people = co_await desk_.directory().people();
    const UserRow* found = people->find(*agent);
    if (found == nullptr) co_return std::unexpected(rpc_error(Refusal::no_such_agent));
    command.agent = found->id;
  }
  if (note && !note->empty())
    command.note = std::make_shared<const MessageContent>(compose_note(std::move(*note), {}));
  co_return co_await submit_for_ticket(session, std::move(command));
}

Methods::Answer Methods::explain(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  auto explained = co_await desk_.lookup().explanation(id);
  if (!explained) co_return std::unexpected(rpc_error(explained.error()));
  co_return std::move(*explained);
}

Methods::Answer Methods::history(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  const auto limit =
      static_cast<std::uint32_t>(reader.optional_number("limit", 1, 200).value_or(100));
  const std::uint64_t before = reader.optional_number("before", 1, (1ull << 53) - 1).value_or(0);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  co_return co_await desk_.lookup().history(id, before, limit);
}

/// Fleeting: told to the other side where the channel can show it, kept nowhere.
Methods::Answer Methods::typing(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  const bool typing = reader.flag("typing", true);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  if (settings_.on_typing) settings_.on_typing(id, typing);
  co_return json::object{};
}

Methods::Answer Methods::read(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto row = co_await desk_.lookup().find_ticket(session->who->id, id);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  if (settings_.on_read) settings_.on_read(id, row->ticket.visible_seq);
  co_return json::object{};
}

/// Fleeting too. Saying it again asks again whether the ticket may be seen.
Methods::Answer Methods::viewing(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.optional_id<TicketId>("ticket");
  const bool writing = reader.flag("writing", false);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const AgentId me = session->who->id;
  if (id) {
    const auto row = co_await desk_.lookup().find_ticket(me, id);
    if (!row) {
      hub_.look(session, {}, false);
      co_return std::unexpected(rpc_error(row.error()));
    }
  }
  hub_.look(session, id, writing);
  co_return json::object{{"agents", hub_.viewers_of_tickets().others(id, me)}};
}

}  // namespace deskwire
