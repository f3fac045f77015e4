// SPDX-License-Identifier: Apache-2.0
// The hub's other half: what visitors are told beside messages, and what time alone brings.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "channels/chat/chat_hub.hpp"
#include "codec/wire.hpp"
#include "http/rpc.hpp"

namespace deskwire::chat {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// Opening hours begin and end, conversations are forgotten.
constexpr Duration kLookAtAll = minutes(1);

}  // namespace

bool ChatHub::open_now(const Place& place) const {
  const PolicyPtr policy = seams_.gateway.policy();
  const Calendar* hours = policy->calendar(place.hours);
  return hours == nullptr || hours->is_open(now());
}

Instant ChatHub::closes_at(const Conversation& conversation) const {
  const bool waits_for_visitor = conversation.state == TicketState::assigned &&
                                 conversation.agent_spoke_last &&
                                 conversation.place->idle_close > Duration{};
  if (!waits_for_visitor) return {};
  return conversation.alive_at + conversation.place->idle_close;
}

json::object ChatHub::state_of(const Conversation& c) const {
  const bool open = open_now(*c.place);
  const PolicyPtr policy = seams_.gateway.policy();
  const Calendar* hours = policy->calendar(c.place->hours);
  const Instant opens_at = open || hours == nullptr ? Instant{} : hours->deadline(now(), {});
  json::value waiting = nullptr;
  if (c.state == TicketState::queued && c.position > 0) {
    const auto estimate = waits_.estimate(c.queue);
    waiting = json::object{
        {"position", c.position},
        {"wait_p50_s", estimate ? json::value(estimate->half.ms / 1000) : json::value(nullptr)},
        {"wait_p90_s", estimate ? json::value(estimate->most.ms / 1000) : json::value(nullptr)}};
  }
  json::value agent = nullptr;
  if (c.state == TicketState::assigned && !c.agent_name.empty())
    agent = json::object{{"name", c.agent_name}};
  const Instant closes = closes_at(c);
  const Duration warning = c.place->idle_warning;
  const bool warn = closes && warning > Duration{} && now() >= c.alive_at + warning;
  return {{"open", open},
          {"opens_at", wire::time(opens_at)},
          {"waiting", std::move(waiting)},
          {"agent", std::move(agent)},
          {"agent_typing", c.agent_typing_until > now()},
          {"delivered_seq", c.seq},
          {"read_seq", c.agent_read},
          {"idle_closes_at", wire::time(warn ? closes : Instant{})},
          {"ended", c.ended}};
}

json::object ChatHub::state_for(Visit& visit) const {
  json::object state = state_of(*visit.conversation);
  visit.state_told = notification_frame("state", state);
  return state;
}

void ChatHub::tell_state(Conversation& conversation) {
  look_again(conversation);
  if (!conversation.here() || conversation.unranked()) return;
  const std::string frame = notification_frame("state", state_of(conversation));
  for (const VisitPtr& visit : std::set<VisitPtr>(conversation.visits)) tell_state(*visit, frame);
}

/// Each visit by itself: one may have been told more in an answer than the others.
void ChatHub::tell_state(Visit& visit, const std::string& frame) {
  if (!visit.live || visit.state_told == frame) return;
  visit.state_told = frame;
  visit.socket->send(frame);
}

/// When time alone changes what is told.
void ChatHub::look_again(Conversation& c) const {
  Instant at = kNever;
  const auto consider = [&](Instant then) {
    if (then > now()) at = std::min(at, then);
  };
  consider(c.agent_typing_until);
  if (const Instant closes = closes_at(c)) {
    // Also when it is past: then there is something to do at once.
    at = std::min(at, closes);
    if (c.place->idle_warning > Duration{}) consider(c.alive_at + c.place->idle_warning);
  }
  c.look_at = at;
}

void ChatHub::sign_of_life(Conversation& conversation) {
  conversation.alive_at = now();
  if (closes_at(conversation)) tell_state(conversation);
}

asio::awaitable<void> ChatHub::record(MessageId message, std::string detail) {
  Command command{.actor = {},
                  .body = RecordDelivery{.message = message,
                                         .state = DeliveryState::delivered,
                                         .retry_at = {},
                                         .detail = std::move(detail)}};
  (void)co_await seams_.gateway.submit(std::move(command), Lane::interactive);
}

void ChatHub::received(Conversation& conversation, std::uint32_t seq, bool read) {
  seq = std::min(seq, conversation.seq);
  auto& mark = read ? conversation.read : conversation.received;
  const std::uint32_t from = mark;
  mark = std::max(mark, seq);
  for (auto it = conversation.answers.upper_bound(from);
       it != conversation.answers.end() && it->first <= seq;) {
    farewells_.spawn(record(it->second, read ? "seen" : ""));
    it = read ? conversation.answers.erase(it) : std::next(it);
  }
}

void ChatHub::agent_typing(TicketId ticket, bool typing) {
  Conversation* conversation = of(ticket);
  if (conversation == nullptr || conversation->ticket != ticket) return;
  conversation->agent_typing_until = typing ? now() + seconds(6) : Instant{};
  tell_state(*conversation);
}

void ChatHub::agent_read(TicketId ticket, std::uint32_t seq) {
  Conversation* conversation = of(ticket);
  if (conversation == nullptr) return;
  conversation->agent_read = std::max(conversation->agent_read, std::min(seq, conversation->seq));
  tell_state(*conversation);
}

void ChatHub::visitor_typing(const Conversation& conversation, bool typing) {
  if (!conversation.ticket || !conversation.agent) return;
  seams_.tell(conversation.agent, "typing",
              {{"ticket", conversation.ticket.value}, {"typing", typing}});
}

asio::awaitable<Submission> ChatHub::end(ConversationPtr conversation, std::string note,
                                         std::string disposition) {
  const TicketId ticket = conversation->ticket;
  // Whether an agent has it or it still waits: nobody is to be offered what its visitor has ended.
  // First, so that a note is not written again when it is tried again.
  if (!conversation->ended) {
    Command resolve{.actor = {}, .body = ResolveTicket{ticket, std::move(disposition)}};
    const Submission done = co_await seams_.gateway.submit(std::move(resolve), Lane::interactive);
    if (done.kind != Submission::Kind::done) co_return done;
  }
  auto content = std::make_shared<MessageContent>();
  content->text = std::move(note);
  Command say{.actor = {}, .body = AddNote{ticket, {}, {}, std::move(content)}};
  co_return co_await seams_.gateway.submit(std::move(say), Lane::interactive);
}

asio::awaitable<void> ChatHub::find_position(ConversationPtr conversation) {
  const auto explained = co_await seams_.gateway.explain(conversation->ticket);
  conversation->ranking = false;
  const bool waits = conversation->state == TicketState::queued;
  // With a live offer it stands in no line any more: it is the next.
  conversation->position =
      !waits ? 0 : std::max<std::uint32_t>(1, explained ? explained->place : 0);
  tell_state(*conversation);
}

asio::awaitable<void> ChatHub::look_after(ConversationPtr conversation, bool line_moved) {
  const Instant closes = closes_at(*conversation);
  if (closes && now() >= closes) {
    (void)co_await end(conversation, "The visitor was silent for too long; the chat was closed.",
                       "visitor idle");
    co_return;
  }
  if (conversation->here()) {
    if (conversation->state == TicketState::queued && line_moved) {
      co_await find_position(conversation);
    } else {
      if (conversation->state != TicketState::queued) conversation->position = 0;
      tell_state(*conversation);
    }
  }
  forget_if_done(conversation);
}

asio::awaitable<void> ChatHub::watch() {
  asio::steady_timer pause(wake_.get_executor());
  for (;;) {
    pause.expires_after(std::chrono::milliseconds(500));
    const auto [failed] = co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    if (failed) co_return;
    const std::unordered_set<QueueId> moved = std::exchange(moved_, {});
    const Instant at = now();
    const bool all = at - looked_at_all_ >= kLookAtAll;
    if (all) looked_at_all_ = at;
    std::unordered_set<ConversationPtr> due;
    // Opening hours concern those too who have not said anything yet.
    if (all)
      for (const auto& [key, c] : by_key_) due.insert(c);
    for (const auto& [ticket, c] : by_ticket_) {
      const bool in_line = c->here() && c->state == TicketState::queued && moved.contains(c->queue);
      if (all || in_line || (c->look_at && c->look_at <= at)) due.insert(c);
    }
    for (const ConversationPtr& conversation : due)
      co_await look_after(conversation, moved.contains(conversation->queue));
  }
}

asio::awaitable<void> ChatHub::stop() {
  co_await farewells_.join();
  tasks_.cancel();
  wake_.cancel();
  co_await tasks_.join();
}

}  // namespace deskwire::chat
