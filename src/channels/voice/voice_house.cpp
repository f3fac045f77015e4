// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/voice_house.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "auth/mail_keys.hpp"
#include "http/problem.hpp"

namespace deskwire::voice {
namespace asio = boost::asio;
namespace {

/// Systems repeat what was not taken for hours, people ask for a repeat after days.
constexpr Duration kSeenFor = days(30);
constexpr std::uint32_t kLookedAt = 200;  ///< Messages since the call began.
constexpr std::uint32_t kTicketsLookedAt = 50;
constexpr std::size_t kTicketsTold = 10;
constexpr std::string_view kEnded = "call ended";

std::shared_ptr<const MessageContent> content_of(const CallMessage& message) {
  auto out = std::make_shared<MessageContent>();
  out->subject = message.subject;
  out->text = message.text;
  out->from = {.name = {}, .address = message.caller.number};
  if (!message.to.empty()) out->to.push_back({.name = {}, .address = message.to});
  if (!message.recording_url.empty())
    out->attachments.push_back({.n = 1,
                                .name = "voicemail.mp3",
                                .type = "audio/mpeg",
                                .size_bytes = 0,
                                .content_id = {},
                                .blob_sha256 = {},
                                .part = 0,
                                .source_url = message.recording_url});
  return out;
}

std::shared_ptr<const MessageContent> note_of(std::string text) {
  auto out = std::make_shared<MessageContent>();
  out->text = std::move(text);
  return out;
}

/// Callers without a number are strangers to each other: only the call's own key is theirs.
ReceiveMessage command_of(const KeyHasher& keys, const CallMessage& message) {
  const std::string call = message.channel_name + ":" + message.call;
  ReceiveMessage out;
  out.channel = Channel::voice;
  out.addressed = {message.channel};
  out.received_at = message.at;
  if (message.caller.dialable) {
    out.sender = phone_identity(keys, {}, message.caller.number);
    out.references = {
        keys.key("voice conversation", message.channel_name + ":" + message.caller.number)};
  }
  out.token_ticket = message.ticket;
  out.own_key = keys.key("call", call);
  out.dedupe = keys.key("call event", call + ":" + message.step);
  out.dedupe_for = kSeenFor;
  out.answered_by = message.answered_by;
  out.content = content_of(message);
  return out;
}

bool is_open(const Ticket& ticket) {
  return ticket.state != TicketState::resolved && ticket.state != TicketState::closed;
}

/// Wrote an answer or a note.
bool is_by_agent(const MessageRow& row) {
  return row.message.author_kind == AuthorKind::agent &&
         (row.message.direction == Direction::out || row.message.direction == Direction::note);
}

}  // namespace

VoiceHouse::Task<Receipt> VoiceHouse::receive(CallMessage message) {
  Command command{.actor = {}, .body = command_of(seams.keys, message)};
  const Submission done = co_await seams.gateway.submit(std::move(command), Lane::interactive);
  if (done.kind == Submission::Kind::done) co_return done.receipt;
  spdlog::error("voice: a call on channel {} was not taken", message.channel_name);
  co_return std::unexpected(problem_for(done));
}

VoiceHouse::Task<void> VoiceHouse::submit(CommandBody body, std::string_view what) {
  Command command{.actor = {}, .body = std::move(body)};
  const Submission done = co_await seams.gateway.submit(std::move(command), Lane::interactive);
  if (done.kind == Submission::Kind::refused)
    spdlog::info("voice: {} was refused: {}", what, name(done.refusal));
  else if (done.kind != Submission::Kind::done)
    co_return std::unexpected(problem_for(done));
  co_return std::expected<void, HttpResponse>{};
}

VoiceHouse::Task<void> VoiceHouse::note(TicketId ticket, std::string text, std::string once) {
  AddNote command;
  command.ticket = ticket;
  command.client_key = seams.keys.key("call note", once);
  command.content = note_of(std::move(text));
  co_return co_await submit(std::move(command), "a note");
}

VoiceHouse::Task<void> VoiceHouse::let_go(Talk talk) {
  struct Now {
    std::optional<TicketRow> row;
    bool wrote = false;
  };
  auto job = [talk](Reader& reader) {
    Now out{.row = reader.ticket(talk.ticket)};
    const auto messages = reader.messages(talk.ticket, talk.seq, kLookedAt);
    out.wrote = messages.size() == kLookedAt || std::ranges::any_of(messages, is_by_agent);
    return out;
  };
  const Now now = co_await seams.workers.read(std::move(job));
  if (!now.row || now.wrote) co_return std::expected<void, HttpResponse>{};
  const Ticket& ticket = now.row->ticket;
  const bool untouched = ticket.state == TicketState::assigned && ticket.agent == talk.agent &&
                         ticket.assigned_at == talk.assigned_since &&
                         ticket.state_since <= talk.assigned_since;
  // What was theirs before the call is a matter of its own.
  if (!untouched || talk.assigned_since < talk.began) co_return std::expected<void, HttpResponse>{};
  co_return co_await submit(ResolveTicket{talk.ticket, std::string(kEnded)}, "a call's end");
}

asio::awaitable<std::optional<TicketRow>> VoiceHouse::ticket(TicketId id) {
  auto job = [id](Reader& reader) { return reader.ticket(id); };
  co_return co_await seams.workers.read(std::move(job));
}

asio::awaitable<void> VoiceHouse::look_up(const Caller& caller, CallNotice& notice) {
  notice.from = caller.number;
  notice.from_shown = caller.shown;
  if (!caller.dialable) co_return;
  const Key key = phone_identity(seams.keys, {}, caller.number).key;
  struct Known {
    CustomerId customer;
    std::string name;
    std::vector<TicketRow> tickets;
  };
  auto job = [key](Reader& reader) {
    Known known;
    Needs needs;
    needs.keys = {{KeyKind::identity, key}};
    const Loaded loaded = reader.load(needs);
    if (loaded.keys.empty() || !loaded.keys.front().customer) return known;
    known.customer = loaded.keys.front().customer;
    for (const IdentityContent& identity : reader.identities(known.customer))
      if (known.name.empty()) known.name = identity.name;
    TicketFilter filter;
    filter.customer = known.customer;
    filter.all_visible = true;
    filter.limit = kTicketsLookedAt;
    for (TicketRow& row : reader.tickets(filter))
      if (is_open(row.ticket) && known.tickets.size() < kTicketsTold)
        known.tickets.push_back(std::move(row));
    return known;
  };
  Known known = co_await seams.workers.read(std::move(job));
  notice.customer = known.customer;
  notice.customer_name = std::move(known.name);
  notice.tickets = std::move(known.tickets);
}

}  // namespace deskwire::voice
