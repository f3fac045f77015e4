// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/chat_hub.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>
#include <variant>

#include "codec/wire.hpp"
#include "http/rpc.hpp"

namespace deskwire::chat {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto kNoExpiry = asio::steady_timer::time_point::max();
/// Committed and not yet told; more means that visitors resume instead.
constexpr std::size_t kQueuedBatches = 1'000;
/// Held back for a socket that is reading the past.
constexpr std::size_t kHeld = 1'000;
/// Answers whose reading is waited for.
constexpr std::size_t kUnread = 500;
/// Conversations without a socket are forgotten after this long; the store has them.
constexpr Duration kRemembered = hours(1);
/// Opening hours begin and end, conversations are forgotten.
constexpr Duration kLookAtAll = minutes(1);

std::string event_frame(std::uint32_t prev, const Told& told) {
  std::string frame;
  frame.reserve(told.data.size() + 140);
  frame.append(R"({"jsonrpc":"2.0","method":"event","params":{"seq":)")
      .append(std::to_string(told.seq))
      .append(R"(,"prev":)")
      .append(std::to_string(prev))
      .append(R"(,"type":"message.added","at":")")
      .append(wire::format_time(told.at))
      .append(R"(","data":)")
      .append(told.data)
      .append("}}");
  return frame;
}

const MessageContent* content_of(const Batch& batch, MessageId message) {
  const auto found = std::ranges::find(batch.contents, message, &ContentRow::message);
  return found == batch.contents.end() ? nullptr : found->content.get();
}

/// A message that a visitor sees, if the event is one.
const Message* visible(const Event& event) {
  const Message* message = nullptr;
  if (const auto* e = std::get_if<MessageReceived>(&event)) message = &e->message;
  if (const auto* e = std::get_if<ReplySent>(&event)) message = &e->message;
  return message && message->visible_seq > 0 ? message : nullptr;
}

}  // namespace

ChatHub::ChatHub(const Settings& settings, const Seams& seams, const VisitorKeys& keys,
                 asio::any_io_executor executor, const State& state)
    : settings_(settings),
      seams_(seams),
      keys_(keys),
      wake_(executor, kNoExpiry),
      tasks_(executor, "chat"),
      farewells_(executor, "chat farewells"),
      subscription_(
          seams.feed.subscribe([this](const std::shared_ptr<const Batch>& b) { on_batch(b); })) {
  for (const auto& [id, ticket] : state.tickets) {
    if (ticket.channel != Channel::chat || ticket.state != TicketState::assigned) continue;
    auto conversation = std::make_shared<Conversation>();
    const auto place = std::ranges::find(settings_.places, ticket.channel_name, &Place::id);
    if (place == settings_.places.end()) continue;
    conversation->place = std::make_shared<const Place>(*place);
    conversation->alive_at = conversation->left_at = now();
    conversation->agent_spoke_last = ticket.last_in_seq < ticket.last_seq;
    learn_place(*conversation, ticket, ticket);
    conversation->first = ticket.conversation ? ticket.conversation : ticket.id;
    index(conversation, id);
    look_again(*conversation);
  }
}

void ChatHub::index(const ConversationPtr& conversation, TicketId ticket) {
  by_ticket_[ticket] = conversation;
  by_first_[conversation->first] = conversation;
}

Conversation* ChatHub::of(TicketId ticket) const {
  const auto found = by_ticket_.find(ticket);
  return found == by_ticket_.end() ? nullptr : found->second.get();
}

ConversationPtr ChatHub::open(const std::shared_ptr<const Place>& place, const std::string& visitor,
                              const Card& card) {
  const Key key = keys_.conversation(*place, visitor);
  ConversationPtr& conversation = by_key_[key];
  if (!conversation) {
    conversation = std::make_shared<Conversation>();
    conversation->key = key;
    conversation->left_at = now();
    conversation->alive_at = now();
  }
  conversation->place = place;
  conversation->visitor = visitor;
  conversation->card = card;
  return conversation;
}

void ChatHub::join(const VisitPtr& visit, const ConversationPtr& conversation) {
  if (visit->conversation == conversation) return;
  leave(visit);
  visit->conversation = conversation;
  conversation->visits.insert(visit);
  conversation->left_at = {};
  ++visits_;
}

void ChatHub::leave(const VisitPtr& visit) {
  const ConversationPtr conversation = std::exchange(visit->conversation, nullptr);
  if (!conversation || conversation->visits.erase(visit) == 0) return;
  visit->live = false;
  --visits_;
  if (conversation->here()) return;
  conversation->left_at = now();
  forget_if_done(conversation);
}

/// An empty one holds nothing that the store does not: a page that was only looked at leaves
/// nothing behind.
void ChatHub::forget_if_done(const ConversationPtr& conversation) {
  if (conversation->here()) return;
  const bool watched = conversation->state == TicketState::assigned;
  const bool remembered = conversation->ticket && now() - conversation->left_at < kRemembered;
  if (watched || remembered) return;
  std::erase_if(by_ticket_, [&](const auto& e) { return e.second == conversation; });
  if (conversation->first) by_first_.erase(conversation->first);
  if (const auto found = by_key_.find(conversation->key);
      found != by_key_.end() && found->second == conversation)
    by_key_.erase(found);
}

void ChatHub::replace(const Settings& settings) { settings_ = settings; }

void ChatHub::learn_place(Conversation& conversation, const Ticket& first, const Ticket& current) {
  // A batch that came since knows better.
  if (current.id < conversation.ticket) return;
  conversation.first = first.id;
  conversation.ticket = current.id;
  conversation.state = current.state;
  conversation.queue = current.queue;
  conversation.agent = current.agent;
  conversation.seq = std::max(conversation.seq, current.visible_seq);
  conversation.ended =
      current.state == TicketState::resolved || current.state == TicketState::closed;
  const auto mine = by_key_.find(conversation.key);
  if (mine == by_key_.end() || mine->second.get() != &conversation) return;
  // Found at start under its ticket, before the visitor had come back.
  index(mine->second, current.id);
}

// --- what was committed
// ---------------------------------------------------------------------------

void ChatHub::on_batch(const std::shared_ptr<const Batch>& batch) {
  // Only chats, and what moves their queues, is of interest.
  if (by_key_.empty() && by_ticket_.empty()) return;
  if (batches_.size() >= kQueuedBatches) {
    batches_.clear();
    for (const auto& [key, conversation] : by_key_)
      for (const VisitPtr& visit : conversation->visits) {
        visit->socket->send(notification_frame("resync", {{"reason", "behind"}}));
        visit->socket->close(CloseCode::overflow, "resync");
      }
  }
  follow(*batch);
  batches_.push_back(batch);
  wake_.cancel();
}

/// Which ticket each conversation is at: at once, so that nobody who asks meanwhile is told the old
/// one.
void ChatHub::follow(const Batch& batch) {
  for (const KeyRow& row : batch.keys) {
    ConversationPtr conversation;
    if (row.kind == KeyKind::thread) {
      const auto found = by_key_.find(row.key);
      if (found != by_key_.end()) conversation = found->second;
      if (conversation && !conversation->first) conversation->first = row.ticket;
    } else if (row.kind == KeyKind::follow_up && row.key.hi == 0) {
      const auto found = by_first_.find(TicketId{row.key.lo});
      if (found != by_first_.end()) conversation = found->second;
    }
    if (!conversation || !row.ticket) continue;
    conversation->ticket = std::max(conversation->ticket, row.ticket);
    index(conversation, row.ticket);
  }
  for (const Ticket& ticket : batch.tickets) {
    moved_.insert(ticket.queue);
    Conversation* conversation = of(ticket.id);
    if (conversation == nullptr || ticket.id != conversation->ticket) continue;
    const bool taken = conversation->agent != ticket.agent && ticket.state == TicketState::assigned;
    if (taken) waits_.taken(ticket.queue, ticket.assigned_at - ticket.queued_at);
    if (conversation->queue != ticket.queue) moved_.insert(conversation->queue);
    conversation->state = ticket.state;
    conversation->queue = ticket.queue;
    if (conversation->agent != ticket.agent) conversation->agent_name.clear();
    conversation->agent = ticket.agent;
    conversation->seq = std::max(conversation->seq, ticket.visible_seq);
    if (ticket.state == TicketState::queued || ticket.state == TicketState::assigned)
      conversation->ended = false;
    else if (ticket.state == TicketState::resolved || ticket.state == TicketState::closed)
      conversation->ended = true;
  }
}

asio::awaitable<void> ChatHub::run() {
  for (;;) {
    while (batches_.empty()) co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    const std::shared_ptr<const Batch> batch = std::move(batches_.front());
    batches_.pop_front();
    try {
      co_await dispatch(*batch);
    } catch (const Busy&) {
      spdlog::warn("chat: busy, names of agents are missing in what visitors were told");
    }
  }
}

asio::awaitable<void> ChatHub::dispatch(const Batch& batch) {
  std::unordered_set<Conversation*> changed;
  for (const JournalEntry& entry : batch.journal)
    for (const Event& event : entry.events)
      if (const Message* message = visible(event); message && of(message->ticket)) {
        co_await tell_message(batch, *message);
      }
  for (const Ticket& ticket : batch.tickets) {
    const auto found = by_ticket_.find(ticket.id);
    if (found == by_ticket_.end() || found->second->ticket != ticket.id) continue;
    const ConversationPtr conversation = found->second;
    if (conversation->agent && conversation->agent_name.empty() && conversation->here())
      conversation->agent_name = co_await seams_.agent_name(conversation->agent);
    tell_state(*conversation);
  }
}

asio::awaitable<std::string> ChatHub::author_of(const Message& message) {
  if (message.author_kind != AuthorKind::agent) co_return std::string();
  co_return co_await seams_.agent_name(AgentId{message.author});
}

ToldPtr ChatHub::told(const Message& message, const MessageContent& content,
                      const std::string& author) const {
  json::array files;
  for (const Attachment& file : content.attachments) {
    json::object shown = wire::attachment(file);
    shown["url"] = "/chat/files/" + keys_.file(message.id, file.n);
    files.push_back(std::move(shown));
  }
  const bool from_desk = message.direction == Direction::out;
  json::object data{
      {"message",
       json::object{{"id", message.id.value},
                    {"seq", message.visible_seq},
                    {"direction", name(message.direction)},
                    {"author", json::object{{"kind", name(message.author_kind)},
                                            {"name", wire::text_or_null(
                                                         from_desk ? author : content.from.name)}}},
                    {"at", wire::time(message.at)},
                    {"text", content.text},
                    {"attachments", std::move(files)}}}};
  return std::make_shared<const Told>(Told{message.visible_seq, message.at, json::serialize(data)});
}

asio::awaitable<void> ChatHub::tell_message(const Batch& batch, const Message& message) {
  const ConversationPtr conversation = by_ticket_.at(message.ticket);
  const bool answer = message.direction == Direction::out;
  conversation->agent_spoke_last = answer;
  conversation->seq = std::max(conversation->seq, message.visible_seq);
  if (answer) {
    conversation->agent_typing_until = {};
    conversation->answers[message.visible_seq] = message.id;
    if (conversation->answers.size() > kUnread)
      conversation->answers.erase(conversation->answers.begin());
  }
  const MessageContent* content = content_of(batch, message.id);
  if (content == nullptr || !conversation->here()) co_return;
  const std::string author = co_await author_of(message);
  const ToldPtr told = this->told(message, *content, author);
  for (const VisitPtr& visit : std::set<VisitPtr>(conversation->visits)) deliver(*visit, told);
}

void ChatHub::deliver(Visit& visit, const ToldPtr& told) {
  if (!visit.live) {
    visit.held.push_back(told);
    if (visit.held.size() <= kHeld) return;
    visit.socket->send(notification_frame("resync", {{"reason", "behind"}}));
    visit.socket->close(CloseCode::overflow, "resync");
    return;
  }
  if (told->seq <= visit.sent) return;
  visit.socket->send(event_frame(visit.sent, *told));
  visit.sent = told->seq;
}

void ChatHub::go_live(const VisitPtr& visit) {
  visit->live = true;
  for (const ToldPtr& told : std::exchange(visit->held, {})) deliver(*visit, told);
}

// --- what is told beside messages ----------------------------------------------------------------

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
  if (c.position > 0) {
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

void ChatHub::tell_state(Conversation& conversation) {
  look_again(conversation);
  if (!conversation.here()) return;
  std::string frame = notification_frame("state", state_of(conversation));
  if (frame == conversation.state_told) return;
  conversation.state_told = frame;
  for (const VisitPtr& visit : std::set<VisitPtr>(conversation.visits))
    if (visit->live) visit->socket->send(frame);
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

// --- what time brings
// -----------------------------------------------------------------------------

asio::awaitable<void> ChatHub::end(ConversationPtr conversation, std::string note,
                                   std::string disposition) {
  if (!conversation->ticket) co_return;
  const TicketId ticket = conversation->ticket;
  auto content = std::make_shared<MessageContent>();
  content->text = std::move(note);
  Command say{.actor = {}, .body = AddNote{ticket, {}, {}, std::move(content)}};
  (void)co_await seams_.gateway.submit(std::move(say), Lane::interactive);
  conversation->ended = true;
  if (conversation->state == TicketState::assigned) {
    Command resolve{.actor = {}, .body = ResolveTicket{ticket, std::move(disposition)}};
    (void)co_await seams_.gateway.submit(std::move(resolve), Lane::interactive);
  }
  tell_state(*conversation);
}

asio::awaitable<void> ChatHub::find_position(ConversationPtr conversation) {
  const auto explained = co_await seams_.gateway.explain(conversation->ticket);
  const bool waits = conversation->state == TicketState::queued;
  // With a live offer it stands in no line any more: it is the next.
  conversation->position =
      !waits ? 0 : std::max<std::uint32_t>(1, explained ? explained->place : 0);
  tell_state(*conversation);
}

asio::awaitable<void> ChatHub::look_after(ConversationPtr conversation, bool line_moved) {
  const Instant closes = closes_at(*conversation);
  if (closes && now() >= closes) {
    co_await end(conversation, "The visitor was silent for too long; the chat was closed.",
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
    for (const auto& [ticket, c] : by_ticket_) {
      const bool in_line = c->state == TicketState::queued && moved.contains(c->queue);
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
