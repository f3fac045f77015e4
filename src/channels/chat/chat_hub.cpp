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

bool waits_or_talks(TicketState state) {
  return state == TicketState::queued || state == TicketState::assigned;
}

void resync(Visit& visit) {
  visit.socket->send(notification_frame("resync", {{"reason", "behind"}}));
  visit.socket->close(CloseCode::overflow, "resync");
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
    if (ticket.channel != Channel::chat || !waits_or_talks(ticket.state)) continue;
    auto conversation = std::make_shared<Conversation>();
    const auto place = std::ranges::find(settings_.places, ticket.channel_name, &Place::id);
    if (place == settings_.places.end()) continue;
    conversation->place = std::make_shared<const Place>(*place);
    conversation->alive_at = conversation->left_at = now();
    learn_place(*conversation, {ticket, ticket, {}}, 0);
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
  conversation->position = 0;
  forget_if_done(conversation);
}

/// An empty one holds nothing that the store does not: a page that was only looked at leaves
/// nothing behind.
void ChatHub::forget_if_done(const ConversationPtr& conversation) {
  if (conversation->here()) return;
  const bool watched = conversation->ticket && waits_or_talks(conversation->state);
  const bool remembered = conversation->ticket && now() - conversation->left_at < kRemembered;
  if (watched || remembered) return;
  if (conversation->first) {
    std::erase_if(by_ticket_, [&](const auto& e) { return e.second == conversation; });
    by_first_.erase(conversation->first);
  }
  if (const auto found = by_key_.find(conversation->key);
      found != by_key_.end() && found->second == conversation)
    by_key_.erase(found);
}

void ChatHub::replace(const Settings& settings) {
  settings_ = settings;
  std::unordered_map<ChannelId, std::shared_ptr<const Place>> places;
  for (const Place& place : settings_.places)
    places.emplace(place.id, std::make_shared<const Place>(place));
  const auto move = [&](const ConversationPtr& conversation) {
    // Of a place that is gone nothing changes any more; its visits end with their next call.
    if (const auto found = places.find(conversation->place->id); found != places.end())
      conversation->place = found->second;
    look_again(*conversation);
  };
  for (const auto& [key, conversation] : by_key_) move(conversation);
  for (const auto& [ticket, conversation] : by_ticket_) move(conversation);
  looked_at_all_ = {};
}

void ChatHub::learn_answers(Conversation& conversation, const std::vector<Message>& answers) const {
  if (answers.empty() || conversation.agent_spoke_last) return;
  conversation.agent_spoke_last = true;
  for (const Message& message : answers)
    if (message.delivery_detail != "seen")
      conversation.answers.emplace(message.visible_seq, message.id);
  look_again(conversation);
}

/// Who spoke last in the chats that were under way at the start.
asio::awaitable<void> ChatHub::look_back() {
  std::vector<TicketId> open;
  for (const auto& [id, conversation] : by_ticket_)
    if (conversation->state == TicketState::assigned) open.push_back(id);
  if (open.empty()) co_return;
  auto look = [open = std::move(open)](Reader& reader) {
    std::vector<std::pair<TicketId, std::vector<Message>>> out;
    for (const TicketId id : open)
      if (const auto row = reader.ticket(id))
        out.emplace_back(id, answers_owed(reader, row->ticket));
    return out;
  };
  const std::uint64_t before = followed_;
  const auto owed = co_await seams_.workers.read(std::move(look));
  for (const auto& [id, answers] : owed)
    if (Conversation* c = of(id); c != nullptr && c->ticket == id && c->touched <= before)
      learn_answers(*c, answers);
}

void ChatHub::start() {
  tasks_.spawn(watch());
  tasks_.spawn(run());
  tasks_.spawn(look_back());
}

void ChatHub::learn_place(Conversation& conversation, const Found& found, std::uint64_t before) {
  const Ticket &first = *found.first, &current = *found.current;
  conversation.seq = std::max(conversation.seq, current.visible_seq);
  // A batch that came since knows better.
  if (current.id < conversation.ticket || conversation.touched > before) return;
  conversation.first = first.id;
  conversation.ticket = current.id;
  conversation.state = current.state;
  conversation.queue = current.queue;
  conversation.agent = current.agent;
  conversation.ended =
      current.state == TicketState::resolved || current.state == TicketState::closed;
  const auto mine = by_key_.find(conversation.key);
  if (mine == by_key_.end() || mine->second.get() != &conversation) return;
  learn_answers(conversation, found.answers);
  // Found at start under its ticket, before the visitor had come back.
  if (const Conversation* kept = of(current.id); kept != nullptr && kept != &conversation)
    conversation.agent_read = std::max(conversation.agent_read, kept->agent_read);
  index(mine->second, current.id);
}

// --- what was committed --------------------------------------------------------------------------

void ChatHub::on_batch(const std::shared_ptr<const Batch>& batch) {
  ++followed_;
  // Only chats, and what moves their queues, is of interest.
  if (by_key_.empty() && by_ticket_.empty()) return;
  if (batches_.size() >= kQueuedBatches) {
    batches_.clear();
    for (const auto& [key, conversation] : by_key_)
      for (const VisitPtr& visit : conversation->visits) resync(*visit);
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
    conversation->touched = followed_;
    conversation->ticket = std::max(conversation->ticket, row.ticket);
    index(conversation, row.ticket);
  }
  for (const Ticket& ticket : batch.tickets) {
    moved_.insert(ticket.queue);
    Conversation* conversation = of(ticket.id);
    if (conversation == nullptr || ticket.id != conversation->ticket) continue;
    conversation->touched = followed_;
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
    co_await dispatch(*batch);
  }
}

asio::awaitable<void> ChatHub::dispatch(const Batch& batch) {
  for (const JournalEntry& entry : batch.journal)
    for (const Event& event : entry.events)
      if (const Message* message = visible(event); message && of(message->ticket)) {
        co_await tell_message(batch, *message);
      }
  for (const Ticket& ticket : batch.tickets) {
    const auto found = by_ticket_.find(ticket.id);
    if (found == by_ticket_.end() || found->second->ticket != ticket.id) continue;
    const ConversationPtr conversation = found->second;
    if (conversation->here()) co_await find_agent_name(conversation);
    if (conversation->state != TicketState::queued) conversation->position = 0;
    tell_state(*conversation);
    // Told at once, and with the place; beside the others, who need not wait for it.
    const bool joins_line = conversation->here() && conversation->unranked();
    if (joins_line && !std::exchange(conversation->ranking, true))
      tasks_.spawn(find_position(conversation));
  }
}

/// Nobody goes without a message because its author's name cannot be had just now.
asio::awaitable<std::string> ChatHub::name_of(AgentId agent) {
  try {
    co_return co_await seams_.agent_name(agent);
  } catch (const boost::system::system_error&) {
    throw;  // The desk stops.
  } catch (const std::exception& error) {
    spdlog::warn("chat: an agent's name could not be had: {}", error.what());
  }
  co_return std::string();
}

asio::awaitable<void> ChatHub::find_agent_name(ConversationPtr conversation) {
  const AgentId agent = conversation->agent;
  if (!agent || !conversation->agent_name.empty()) co_return;
  std::string found = co_await name_of(agent);
  if (conversation->agent == agent) conversation->agent_name = std::move(found);
}

asio::awaitable<std::string> ChatHub::author_of(const Message& message) {
  if (message.author_kind != AuthorKind::agent) co_return std::string();
  co_return co_await name_of(AgentId{message.author});
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
  // Silence begins with the first answer: a visitor who waited long for it is not silent yet.
  if (answer && !conversation->agent_spoke_last)
    conversation->alive_at = std::max(conversation->alive_at, message.at);
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
    if (visit.held.size() > kHeld) resync(visit);
    return;
  }
  if (told->seq <= visit.sent) return;
  // Something in between was missed: better said than silently left out.
  if (told->seq != visit.sent + 1) return resync(visit);
  visit.socket->send(event_frame(visit.sent, *told));
  visit.sent = told->seq;
}

void ChatHub::go_live(const VisitPtr& visit) {
  visit->live = true;
  for (const ToldPtr& told : std::exchange(visit->held, {})) deliver(*visit, told);
  const ConversationPtr conversation = visit->conversation;
  if (conversation && !conversation->unranked())
    tell_state(*visit, notification_frame("state", state_of(*conversation)));
}

}  // namespace deskwire::chat
