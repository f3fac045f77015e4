// SPDX-License-Identifier: Apache-2.0
// An agent's tools beside answering: snooze, tags, taking an answer back.
#include <utility>

#include "codec/wire.hpp"
#include "console/methods.hpp"
#include "desk/pinned.hpp"
#include "deskwire/domain/tag.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kTimeBytes = 64;
constexpr std::size_t kTagsAtOnce = 40;
constexpr std::size_t kPinnedBytes = 1'000;

}  // namespace

Methods::Answer Methods::snooze(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  const auto until = wire::parse_time(reader.text("until", kTimeBytes));
  if (!until) reader.fail("until", "an RFC 3339 time");
  if (reader.ok() && *until <= settings_.now()) reader.fail("until", "a time ahead");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, SnoozeTicket{.ticket = id, .until = *until});
}

Methods::Answer Methods::unsnooze(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<TicketId>("ticket");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, UnsnoozeTicket{id});
}

Methods::Answer Methods::tag(SessionPtr session, Params params) {
  JsonReader reader(params);
  TagTicket command;
  command.ticket = reader.id<TicketId>("ticket");
  command.add = reader.texts("add", kTagsAtOnce);
  command.remove = reader.texts("remove", kTagsAtOnce);
  for (const std::string& tag : command.add)
    if (!is_tag(tag)) reader.fail("add", "tags of a-z, 0-9, _ and -, at most 40 characters");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  co_return co_await submit_for_ticket(session, std::move(command));
}

/// The words come back, so that they can be mended and sent again.
Methods::Answer Methods::undo(SessionPtr session, Params params) {
  JsonReader reader(params);
  WithdrawMessage command;
  command.ticket = reader.id<TicketId>("ticket");
  command.message = reader.id<MessageId>("message");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto done = co_await submit(session, command);
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  json::object message = co_await desk_.lookup().message(command.message);
  json::value text = message.at("text");
  co_return json::object{
      {"message", std::move(message)}, {"text", std::move(text)}, {"seq", wire_seq(done.receipt)}};
}

Methods::Answer Methods::pin(SessionPtr session, Params params) {
  JsonReader reader(params);
  const auto id = reader.id<CustomerId>("customer");
  Pinned pinned{
      .text = reader.text("text", kPinnedBytes), .by = session->who->user, .at = settings_.now()};
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const auto seen = co_await desk_.lookup().customer(session->who->id, id);
  if (!seen) co_return std::unexpected(rpc_error(Refusal::no_such_customer));
  auto put = [id, pinned](Store& store) { put_pinned(store, id, pinned); };
  co_await desk_.workers().store(std::move(put));
  auto now = co_await desk_.lookup().customer(session->who->id, id);
  co_return json::object{{"customer", now ? json::value(std::move(*now)) : json::value()}};
}

}  // namespace deskwire
