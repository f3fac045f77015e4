// SPDX-License-Identifier: Apache-2.0
// What an agent has begun to write: kept on the server, so that it is there after a crash of the
// browser and on the next desk; for its writer alone.
#include <spdlog/spdlog.h>

#include <utility>

#include "codec/wire.hpp"
#include "console/methods.hpp"

namespace deskwire {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kKindBytes = 20;
constexpr std::size_t kTextBytes = 64u << 10;
/// Of one agent; what was begun longest ago makes room.
constexpr std::uint32_t kDrafts = 200;

}  // namespace

Methods::Answer Methods::save_draft(SessionPtr session, Params params) {
  JsonReader reader(params);
  DraftRow draft;
  draft.user = session->who->id;
  draft.ticket = reader.id<TicketId>("ticket");
  const auto kind = parse_name<DraftKind>(reader.text("kind", kKindBytes));
  if (!kind) reader.fail("kind", "reply or note");
  draft.text = reader.text("text", kTextBytes);
  draft.base_seq =
      static_cast<std::uint32_t>(reader.optional_number("base_seq", 0, 0xffffffff).value_or(0));
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  draft.kind = *kind;
  draft.saved_at = settings_.now();
  json::object answer{{"saved_at", wire::time(draft.saved_at)}};
  // One's own is given up wherever the ticket has gone meanwhile.
  if (draft.text.empty()) {
    auto job = [draft](Store& store) { store.delete_draft(draft.user, draft.ticket, draft.kind); };
    co_await desk_.workers().store(std::move(job));
    co_return answer;
  }
  const auto row = co_await desk_.lookup().find_ticket(draft.user, draft.ticket);
  if (!row) co_return std::unexpected(rpc_error(row.error()));
  if (row->ticket.state == TicketState::closed)
    co_return std::unexpected(rpc_error(Refusal::ticket_closed));
  auto job = [draft = std::move(draft)](Store& store) { store.put_draft(draft, kDrafts); };
  co_await desk_.workers().store(std::move(job));
  co_return answer;
}

asio::awaitable<json::array> Methods::drafts(AgentId user, TicketId ticket) {
  auto job = [user, ticket](Reader& reader) { return reader.drafts(user, ticket); };
  const std::vector<DraftRow> found = co_await desk_.workers().read(std::move(job));
  json::array out;
  for (const DraftRow& draft : found)
    out.push_back({{"kind", name(draft.kind)},
                   {"text", draft.text},
                   {"base_seq", draft.base_seq},
                   {"saved_at", wire::time(draft.saved_at)}});
  co_return out;
}

asio::awaitable<void> Methods::drop_draft(AgentId user, TicketId ticket, DraftKind kind) {
  auto job = [=](Store& store) { store.delete_draft(user, ticket, kind); };
  try {
    co_await desk_.workers().store(std::move(job));
  } catch (const Busy&) {
    // The message is committed: that must not be answered with "try again".
    spdlog::warn("console: a draft that was sent is still there, the store is busy");
  }
}

}  // namespace deskwire
