// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/methods.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "channels/chat/past.hpp"
#include "codec/wire.hpp"
#include "deskwire/base/utf8.hpp"
#include "text/language.hpp"

namespace deskwire::chat {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr std::size_t kTokenBytes = 128, kClientIdBytes = 200, kCommentBytes = 1'000;
constexpr std::size_t kSubjectBytes = 80;
constexpr std::size_t kAttachments = 10;
constexpr Duration kCardLife = days(180);
/// A message that was kept is recognised for this long.
constexpr Duration kMessageKeyLife = days(30);

RpcError no_conversation() {
  return {.code = RpcCode::unauthenticated, .message = "start or resume first", .data = {}};
}

constexpr std::string_view kAnotherUser = "another_user";

RpcError claim_error(const ClaimRefused& refused) {
  if (refused.kind == ClaimRefused::Kind::invalid) return rpc_invalid(refused.detail);
  const bool other = refused.kind == ClaimRefused::Kind::another_user;
  return {.code = RpcCode::refused,
          .message = "refused",
          .data = {{"refusal", other ? kAnotherUser : "identity_not_proven"},
                   {"detail", refused.detail}}};
}

bool is_another_user(const RpcError& error) {
  const json::value* refusal = error.data.if_contains("refusal");
  return refusal != nullptr && refusal->is_string() && refusal->get_string() == kAnotherUser;
}

RpcError unknown_token() {
  return {.code = RpcCode::unauthenticated,
          .message = "this token is none of ours; start without one",
          .data = {}};
}

/// The first line, as a list shows it.
std::string subject_of(const std::string& text) {
  const std::string line = clean_line(text.substr(0, text.find('\n')));
  const std::string_view kept = utf8_prefix(line, kSubjectBytes);
  return kept.size() == line.size() ? line : std::string(kept) + "…";
}

json::object shown(const Card& card) {
  return {{"level", name(card.level)},
          {"name", wire::text_or_null(card.name)},
          {"email", wire::text_or_null(card.email)}};
}

json::object event_of(std::uint32_t prev, const Told& told) {
  return {{"seq", told.seq},
          {"prev", prev},
          {"type", "message.added"},
          {"at", wire::time(told.at)},
          {"data", json::parse(told.data)}};
}

}  // namespace

Methods::Methods(const Settings& settings, const Seams& seams, ChatHub& hub,
                 const VisitorKeys& keys)
    : settings_(settings), seams_(seams), hub_(hub), keys_(keys), starts_(settings.starts) {
  add("chat.start", &Methods::start);
  add("chat.resume", &Methods::resume);
  add("chat.send", &Methods::send);
  add("chat.typing", &Methods::typing);
  add("chat.received", &Methods::received);
  add("chat.read", &Methods::read);
  add("chat.state", &Methods::state);
  add("chat.end", &Methods::end);
}

void Methods::add(std::string name, Member member) {
  table_.add(std::move(name), [this, member](VisitPtr& visit, Params params) {
    return (this->*member)(visit, std::move(params));
  });
}

void Methods::replace(const Settings& settings) {
  settings_ = settings;
  messages_.clear();
}

asio::awaitable<RpcResult> Methods::call(VisitPtr visit, RpcCall call) {
  const auto* handler = table_.find(call.method);
  if (handler == nullptr)
    co_return std::unexpected(RpcError{
        .code = RpcCode::no_such_method, .message = "there is no such method", .data = {}});
  const bool enters = call.method == "chat.start" || call.method == "chat.resume";
  if (!enters && !visit->conversation) co_return std::unexpected(no_conversation());
  const ConversationPtr listened = visit->live ? visit->conversation : nullptr;
  RpcResult result;
  try {
    result = co_await (*handler)(visit, std::move(call.params));
  } catch (const Busy&) {
    result = std::unexpected(RpcError{
        .code = RpcCode::busy, .message = "busy, try again", .data = {{"retry_after_ms", 1000}}});
  }
  // Whoever was told what happens is told on, though this call came to nothing.
  const bool cut_off = !result && !visit->live && listened && visit->conversation == listened;
  if (cut_off) hub_.go_live(visit);
  co_return result;
}

/// Joins the visitor's conversation: from then on nothing that is committed is missed.
asio::awaitable<std::expected<ConversationPtr, RpcError>> Methods::enter(VisitPtr visit,
                                                                         std::string visitor,
                                                                         Params params) {
  const Place& place = *visit->place;
  const std::string key = record_key(place, visitor);
  auto look = [key](Reader& reader) { return reader.record(std::string(kVisitorRecord), key); };
  const auto kept = co_await seams_.workers.read(std::move(look));
  Card card = kept ? decode_card(kept->value) : Card{};
  const Card before = card;
  if (auto read = read_claims(params, place, seams_.now(), card); !read)
    co_return std::unexpected(claim_error(read.error()));
  // While the disk is nearly full nothing new is kept; what they say of themselves can wait.
  if (card != before && seams_.gateway.accepts_intake()) {
    Record record{.kind = std::string(kVisitorRecord),
                  .key = key,
                  .at = seams_.now(),
                  .expires_at = seams_.now() + kCardLife,
                  .value = encode_card(card)};
    auto write = [record = std::move(record)](Store& store) { store.put_record(record, 0); };
    co_await seams_.workers.store(std::move(write));
  }
  ConversationPtr conversation = hub_.open(visit->place, visitor, card);
  if (conversation->visits.size() >= settings_.sockets_per_visitor &&
      visit->conversation != conversation)
    co_return std::unexpected(rpc_limited(seconds(10)));
  visit->live = false;
  visit->held.clear();
  hub_.join(visit, conversation);
  co_await find_place(conversation);
  visit->socket->clear_deadline();
  co_return conversation;
}

asio::awaitable<void> Methods::find_place(ConversationPtr conversation) {
  // What has its ticket is kept true by the batches. What has not is asked for; and once more if
  // something was committed meanwhile, which nobody could say belongs here.
  bool known = bool(conversation->ticket);
  for (int reads = 0; !known && reads < 2; ++reads) {
    const std::uint64_t before = hub_.batches();
    auto look = [key = conversation->key](Reader& reader) {
      return find_conversation(reader, key);
    };
    const Found found = co_await seams_.workers.read(std::move(look));
    if (found.current) hub_.learn_place(*conversation, found, before);
    known = !found.current || before == hub_.batches();
  }
  co_await hub_.find_agent_name(conversation);
  if (conversation->state == TicketState::queued && conversation->position == 0)
    co_await hub_.find_position(conversation);
}

Methods::Answer Methods::start(VisitPtr visit, Params params) {
  JsonReader reader(params);
  const auto token = reader.optional_text("token", kTokenBytes);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  std::string visitor;
  if (token) {
    auto known = keys_.read_token(*visit->place, *token);
    if (!known) co_return std::unexpected(unknown_token());
    visitor = std::move(*known);
  } else {
    if (const Duration wait = starts_.take(visit->network, seams_.now()); wait > Duration{})
      co_return std::unexpected(rpc_limited(wait));
    visitor = VisitorKeys::draw_id();
  }
  auto entered = co_await enter(visit, visitor, params);
  if (!entered && is_another_user(entered.error())) {
    // Somebody else uses this browser now: they begin anew and see nothing of the other's.
    visitor = VisitorKeys::draw_id();
    entered = co_await enter(visit, visitor, std::move(params));
  }
  if (!entered) co_return std::unexpected(entered.error());
  const ConversationPtr conversation = *entered;
  visit->sent = conversation->seq;
  visit->after_answer = [this, visit] { hub_.go_live(visit); };
  json::object state = hub_.state_for(*visit);
  co_return json::object{{"token", keys_.token(*visit->place, visitor)},
                         {"seq", visit->sent},
                         {"open", state.at("open")},
                         {"opens_at", state.at("opens_at")},
                         {"visitor", shown(conversation->card)},
                         {"state", std::move(state)}};
}

asio::awaitable<Methods::Past> Methods::past(ConversationPtr conversation, std::uint32_t after) {
  Past out;
  if (!conversation->ticket) co_return out;
  auto look = [ticket = conversation->ticket, after](Reader& reader) {
    return read_past(reader, ticket, after, kPage + 1);
  };
  out.rows = co_await seams_.workers.read(std::move(look));
  out.more = out.rows.size() > kPage;
  if (out.more) out.rows.pop_back();
  co_return out;
}

Methods::Answer Methods::resume(VisitPtr visit, Params params) {
  JsonReader reader(params);
  const std::string token = reader.text("token", kTokenBytes);
  const auto after = static_cast<std::uint32_t>(reader.number("after", 0, 0xffffffff));
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  auto visitor = keys_.read_token(*visit->place, token);
  if (!visitor) co_return std::unexpected(unknown_token());
  auto entered = co_await enter(visit, std::move(*visitor), std::move(params));
  if (!entered) co_return std::unexpected(entered.error());
  const ConversationPtr conversation = *entered;
  const Past missed = co_await past(conversation, after);
  json::array events;
  // Whoever says to have more than there is has it from elsewhere, and is told so.
  std::uint32_t seq = std::min(after, conversation->seq);
  for (const MessageRow& row : missed.rows) {
    const std::string author = co_await hub_.author_of(row.message);
    const ToldPtr told = hub_.told(row.message, row.content, author);
    events.push_back(event_of(seq, *told));
    seq = told->seq;
    if (row.message.direction == Direction::out && row.message.delivery_detail != "seen")
      conversation->answers[seq] = row.message.id;
  }
  visit->sent = seq;
  if (!missed.more) visit->after_answer = [this, visit] { hub_.go_live(visit); };
  co_return json::object{{"seq", seq},
                         {"events", std::move(events)},
                         {"more", missed.more},
                         {"state", hub_.state_for(*visit)}};
}

/// Ids of uploads are signed for their visitor.
asio::awaitable<std::expected<std::vector<UploadRow>, RpcError>> Methods::uploads(
    const Conversation& conversation, const Params& params) {
  const json::value* list = params.if_contains("attachments");
  if (list == nullptr || list->is_null()) co_return std::vector<UploadRow>{};
  const RpcError wrong = rpc_invalid("attachments: expected ids of your own uploads, at most 10");
  if (!list->is_array() || list->get_array().size() > kAttachments)
    co_return std::unexpected(wrong);
  std::vector<std::uint64_t> numbers;
  for (const json::value& id : list->get_array()) {
    const auto number =
        id.is_string() ? keys_.read_upload(conversation.visitor, id.get_string()) : std::nullopt;
    if (!number) co_return std::unexpected(wrong);
    numbers.push_back(*number);
  }
  auto look = [numbers](Reader& reader) {
    std::vector<UploadRow> out;
    for (const std::uint64_t number : numbers)
      if (auto row = reader.upload(number)) out.push_back(std::move(*row));
    return out;
  };
  auto rows = co_await seams_.workers.read(std::move(look));
  if (rows.size() != numbers.size()) co_return std::unexpected(wrong);
  co_return rows;
}

/// What is durable by now, the same for a repeated message.
Methods::Answer Methods::sent(MessageId message) {
  auto look = [message](Reader& reader) { return reader.message(message); };
  const auto row = co_await seams_.workers.read(std::move(look));
  if (!row) co_return std::unexpected(rpc_error(Refusal::no_such_message));
  co_return json::object{{"message", message.value},
                         {"seq", row->message.visible_seq},
                         {"at", wire::time(row->message.at)}};
}

Methods::Answer Methods::send(VisitPtr visit, Params params) {
  JsonReader reader(params);
  const std::string client_id = reader.text("client_id", kClientIdBytes);
  std::string text = clean_text(reader.optional_text("text", kTextBytes).value_or(""));
  if (client_id.empty()) reader.fail("client_id", "a text that names this message");
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const ConversationPtr conversation = visit->conversation;
  auto files = co_await uploads(*conversation, params);
  if (!files) co_return std::unexpected(files.error());
  if (clean_line(text).empty()) text.clear();
  if (text.empty() && files->empty())
    co_return std::unexpected(rpc_invalid("text: expected something to say"));
  if (const Duration wait = paced(*conversation); wait > Duration{})
    co_return std::unexpected(rpc_limited(wait));
  hub_.sign_of_life(*conversation);
  // The answer comes before its own event.
  if (visit->live) {
    visit->live = false;
    visit->after_answer = [this, visit] { hub_.go_live(visit); };
  }

  const Place& place = *visit->place;
  ReceiveMessage message;
  message.channel = Channel::chat;
  message.addressed = {place.id};
  message.received_at = seams_.now();
  keys_.identify(message, place, conversation->visitor, conversation->card);
  message.references = {conversation->key};
  message.dedupe = keys_.message(place, conversation->visitor, client_id);
  // Alike in the first half, the keys of one conversation are neighbours in a store.
  message.dedupe.hi = conversation->key.hi;
  message.dedupe_for = kMessageKeyLife;
  auto content = std::make_shared<MessageContent>();
  content->subject = subject_of(text.empty() ? files->front().name : text);
  content->from = {conversation->card.name, conversation->card.email};
  content->language = text::detect_language(text);
  content->text = std::move(text);
  for (const UploadRow& file : *files)
    content->attachments.push_back(
        {.n = static_cast<std::uint32_t>(content->attachments.size()) + 1,
         .name = file.name,
         .type = file.type,
         .size_bytes = file.size_bytes,
         .content_id = {},
         .blob_sha256 = file.blob_sha256});
  message.content = std::move(content);
  Command command{.actor = {.kind = ActorKind::customer, .agent = {}}, .body = std::move(message)};
  const auto done = co_await seams_.gateway.submit(std::move(command), Lane::interactive);
  if (done.kind != Submission::Kind::done) co_return std::unexpected(rpc_error(done));
  co_return co_await sent(done.receipt.message);
}

/// How long the visitor must wait before saying more.
Duration Methods::paced(const Conversation& conversation) {
  const Place& place = *conversation.place;
  const std::uint32_t allowed = std::max<std::uint32_t>(1, place.messages_per_minute);
  const RateLimit limit{.burst = allowed, .refill = Duration{60'000 / allowed}, .max_keys = 50'000};
  auto& limiter = messages_.try_emplace(place.id, limit).first->second;
  return limiter.take(conversation.visitor, seams_.now());
}

Methods::Answer Methods::typing(VisitPtr visit, Params params) {
  JsonReader reader(params);
  const bool typing = reader.flag("typing", true);
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  hub_.sign_of_life(*visit->conversation);
  hub_.visitor_typing(*visit->conversation, typing);
  co_return json::object{};
}

Methods::Answer Methods::mark(VisitPtr visit, Params params, bool read) {
  JsonReader reader(params);
  const auto seq = static_cast<std::uint32_t>(reader.number("seq", 0, 0xffffffff));
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  if (read) hub_.sign_of_life(*visit->conversation);
  hub_.received(*visit->conversation, seq, read);
  co_return json::object{};
}

Methods::Answer Methods::received(VisitPtr visit, Params params) {
  return mark(std::move(visit), std::move(params), false);
}

Methods::Answer Methods::read(VisitPtr visit, Params params) {
  return mark(std::move(visit), std::move(params), true);
}

Methods::Answer Methods::state(VisitPtr visit, Params) { co_return hub_.state_for(*visit); }

Methods::Answer Methods::end(VisitPtr visit, Params params) {
  JsonReader reader(params);
  const auto rating = reader.optional_number("rating", 1, 5);
  const std::string comment =
      clean_text(reader.optional_text("comment", kCommentBytes).value_or(""));
  if (!reader.ok()) co_return std::unexpected(rpc_invalid(reader.error()));
  const ConversationPtr conversation = visit->conversation;
  const bool says_more = rating || !comment.empty();
  const json::object nothing_new{{"seq", conversation->seq}};
  if (!conversation->ticket || (conversation->ended && !says_more)) co_return nothing_new;
  if (const Duration wait = paced(*conversation); wait > Duration{})
    co_return std::unexpected(rpc_limited(wait));
  std::string note = conversation->ended ? "After the chat:" : "The visitor ended the chat.";
  if (rating) note += " Rating: " + std::to_string(*rating) + " of 5.";
  if (!comment.empty()) note += "\n\n" + comment;
  const Submission done = co_await hub_.end(conversation, std::move(note), "ended by the visitor");
  if (done.kind == Submission::Kind::busy || done.kind == Submission::Kind::failed)
    co_return std::unexpected(rpc_error(done));
  co_return json::object{{"seq", conversation->seq}};
}

}  // namespace deskwire::chat
