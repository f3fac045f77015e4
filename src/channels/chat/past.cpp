// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/past.hpp"

#include <utility>

namespace deskwire::chat {
namespace {

constexpr std::size_t kAnswers = 50;

/// The sequence in its ticket up to which nothing of interest can stand: between two messages that
/// the visitor sees there may be others, never fewer.
std::uint32_t skipped(Reader& reader, TicketId ticket, std::uint32_t after) {
  const auto first = reader.messages(ticket, 0, 1);
  if (first.empty()) return 0;
  const Message& message = first.front().message;
  const bool counts = message.visible_seq > 0 && message.visible_seq <= after;
  return counts ? message.seq + after - message.visible_seq : 0;
}

/// The tickets that hold messages after `after`, newest first.
std::vector<TicketId> chain_back(Reader& reader, TicketId current, std::uint32_t after) {
  std::vector<TicketId> chain;
  for (TicketId id = current; id;) {
    const auto row = reader.ticket(id);
    if (!row) break;
    chain.push_back(id);
    // What a follow-up begins with was counted in the ticket before it.
    const auto first = reader.messages(id, 0, 1);
    const bool begins_before = !first.empty() && first.front().message.visible_seq > 0 &&
                               first.front().message.visible_seq <= after + 1;
    if (begins_before || !row->ticket.conversation) break;
    id = row->ticket.linked_to;
  }
  return chain;
}

}  // namespace

std::vector<Message> answers_owed(Reader& reader, const Ticket& ticket) {
  std::vector<Message> out;
  for (MessageRow& row : reader.messages(ticket.id, ticket.last_in_seq, kAnswers))
    if (row.message.direction == Direction::out && row.message.visible_seq > 0)
      out.push_back(std::move(row.message));
  return out;
}

Found find_conversation(Reader& reader, Key key) {
  Found out;
  Needs thread;
  thread.keys = {{KeyKind::thread, key}};
  const Loaded loaded = reader.load(thread);
  if (loaded.keys.empty()) return out;
  Needs rest;
  const TicketId first = loaded.keys.front().ticket;
  rest.tickets = {first};
  rest.keys = {{KeyKind::follow_up, Key{0, first.value}}};
  const Loaded chain = reader.load(rest);
  if (chain.tickets.empty()) return out;
  out.first = out.current = chain.tickets.front();
  if (!chain.keys.empty()) {
    Needs last;
    last.tickets = {chain.keys.front().ticket};
    if (Loaded newest = reader.load(last); !newest.tickets.empty())
      out.current = std::move(newest.tickets.front());
  }
  if (out.current->state == TicketState::assigned) out.answers = answers_owed(reader, *out.current);
  return out;
}

std::vector<MessageRow> read_past(Reader& reader, TicketId current, std::uint32_t after,
                                  std::size_t limit) {
  const std::vector<TicketId> chain = chain_back(reader, current, after);
  std::vector<MessageRow> out;
  for (auto id = chain.rbegin(); id != chain.rend(); ++id) {
    for (std::uint32_t seq = skipped(reader, *id, after); out.size() < limit;) {
      auto rows = reader.messages(*id, seq, kPage);
      if (rows.empty()) break;
      seq = rows.back().message.seq;
      for (MessageRow& row : rows)
        if (row.message.visible_seq > after && out.size() < limit) out.push_back(std::move(row));
    }
  }
  return out;
}

}  // namespace deskwire::chat
