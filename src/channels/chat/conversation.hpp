// SPDX-License-Identifier: Apache-2.0
// One visitor's conversation as far as somebody looks at it, and the sockets that do.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "auth/rate_limiter.hpp"
#include "channels/chat/visitor.hpp"
#include "http/websocket.hpp"

namespace deskwire::chat {

struct Conversation;
using ConversationPtr = std::shared_ptr<Conversation>;

/// One message as the visitor is told about it.
struct Told {
  std::uint32_t seq = 0;
  Instant at;
  std::string data;  ///< The event's `data`, JSON.
};
using ToldPtr = std::shared_ptr<const Told>;

/// One socket of a visitor.
struct Visit {
  Visit(std::shared_ptr<WebSocket> s, RateLimit limit) : socket(std::move(s)), calls(limit) {}

  std::shared_ptr<WebSocket> socket;
  std::string network;
  RateLimiter calls;
  std::shared_ptr<const Place> place;
  ConversationPtr conversation;  ///< Null until chat.start or chat.resume.
  bool live = false;             ///< Events flow; until then they are held back.
  std::uint32_t sent = 0;        ///< The last event's, or what the client said it has.
  /// Committed while the past was being read, or while an answer of this socket was under way.
  std::vector<ToldPtr> held;
  std::string state_told;  ///< The last state, so that nothing is told twice.
  std::function<void()> after_answer;
};
using VisitPtr = std::shared_ptr<Visit>;

struct Conversation {
  Key key;
  std::shared_ptr<const Place> place;
  std::string visitor;  ///< Id; empty for one found at start, whose visitor has not come yet.
  Card card;
  std::set<VisitPtr> visits;

  std::uint64_t touched = 0;  ///< The last batch that said something of it, by the hub's count.
  TicketId first, ticket;     ///< Of the chain of follow-ups; zero before anything was said.
  TicketState state = TicketState::closed;
  QueueId queue;
  AgentId agent;
  std::string agent_name;
  std::uint32_t seq = 0;                       ///< Of the last message that was committed.
  std::map<std::uint32_t, MessageId> answers;  ///< Of agents, that the visitor has not read.
  std::uint32_t received = 0, read = 0;        ///< By the visitor.
  std::uint32_t agent_read = 0;                ///< By an agent, of the visitor's messages.
  Instant agent_typing_until;
  Instant alive_at;          ///< The visitor's last sign of life, or the answer that they owe one.
  Instant look_at = kNever;  ///< Time alone changes something then.
  Instant left_at;           ///< No socket since then; zero while there is one.
  bool agent_spoke_last = false;
  bool ended = false;
  bool ranking = false;        ///< The place in the queue is being asked for.
  std::uint32_t position = 0;  ///< In the queue, as last told; zero: not waiting.

  [[nodiscard]] bool here() const { return !visits.empty(); }
  /// It stands in a line and its place is still being asked for: until then it does not say that it
  /// has none.
  [[nodiscard]] bool unranked() const {
    return state == TicketState::queued && ticket && position == 0;
  }
};

}  // namespace deskwire::chat
