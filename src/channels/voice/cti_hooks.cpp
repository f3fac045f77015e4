// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/cti_hooks.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "auth/signatures.hpp"
#include "codec/wire.hpp"
#include "http/form.hpp"
#include "http/problem.hpp"

namespace deskwire::voice {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::size_t kHookBytes = 64u << 10;
/// Hunt groups ring more telephones than this one after the other in no sane office.
constexpr std::size_t kMaxRung = 100;

std::expected<void, WebhookFault> verify(const HttpRequest& request, const CtiLine& line,
                                         Instant now) {
  const WebhookHeaders headers{.id = only_header(request.headers, "webhook-id"),
                               .timestamp = only_header(request.headers, "webhook-timestamp"),
                               .signature = only_header(request.headers, "webhook-signature")};
  return verify_webhook(headers, request.body, line.secrets, now);
}

HttpResponse ticket_answer(const CallRecord& record) {
  return json_response(200,
                       json::serialize(json::object{{"ticket", wire::id_or_null(record.ticket)}}));
}

/// ", rang 23 s" and the like; nothing for a call whose ringing was not told.
std::string after_ringing(const CallRecord& record, Instant until, std::string_view words) {
  if (!record.rang || until < record.rang) return {};
  return std::string(words).append(spell(until - record.rang));
}

}  // namespace

void CtiHooks::add_routes(Router& router) {
  router.add(Route{.method = "POST",
                   .pattern = "/hooks/cti/{channel}",
                   .handle = [this](HttpRequest& request) { return take(request); },
                   .body_limit = kHookBytes,
                   .same_origin = false});
}

CtiHooks::Answer CtiHooks::take(HttpRequest& request) {
  const VoiceLinesPtr lines = house_.lines;
  const CtiLine* line = lines->find_cti(request.params.at(0));
  if (line == nullptr) co_return problem(404, "not_found", "There is no such channel.");
  const Instant now = house_.seams.now();
  if (const auto verdict = verify(request, *line, now); !verdict) {
    house_.seams.quarantine.keep(request, "cti/" + line->name, name(verdict.error()));
    co_return problem(403, "forged", "The request's signature does not hold.");
  }
  auto event = read_call_event(request.body, now);
  if (!event) co_return problem(422, "invalid_body", event.error());
  CallBook::Turn turn = co_await book_.open(line->name, event->call);
  Caller caller = read_caller(event->from, line->region);
  Call call{*line, std::move(*event), std::move(caller), turn, turn.record};
  const auto done = co_await apply(call);
  co_await turn.save();
  if (!done) co_return done.error();
  co_return ticket_answer(turn.record);
}

CtiHooks::Task<void> CtiHooks::apply(Call& call) {
  switch (call.event.step) {
    case CallStep::ringing:
      return ring(call);
    case CallStep::answered:
      return answer(call);
    case CallStep::missed:
      return miss(call);
    case CallStep::ended:
      return end(call);
  }
  return ring(call);
}

CtiHooks::Task<void> CtiHooks::ring(Call& call) {
  CallRecord& record = call.record;
  const auto person = co_await house_.seams.person_named(call.event.agent);
  const AgentId agent = person ? person->id : AgentId{};
  if (!record.rang || call.event.at < record.rang) record.rang = call.event.at;
  // It came late: the telephone is silent again.
  if (record.answered || record.missed || record.ended)
    co_return std::expected<void, HttpResponse>{};
  const bool told =
      agent ? std::ranges::find(record.rung, agent) != record.rung.end() : record.rung_everyone;
  if (told || record.rung.size() == kMaxRung) co_return std::expected<void, HttpResponse>{};
  if (agent)
    record.rung.push_back(agent);
  else
    record.rung_everyone = true;
  std::vector<AgentId> to;
  if (agent) to.push_back(agent);
  co_await tell(call, agent, std::move(to), !agent);
  co_return std::expected<void, HttpResponse>{};
}

CallMessage CtiHooks::message(const Call& call) const {
  CallMessage out;
  out.channel = call.line.channel;
  out.channel_name = call.line.name;
  out.call = call.event.call;
  out.step = std::string(name(call.event.step));
  out.caller = call.caller;
  out.to = call.event.to;
  out.at = call.record.rang ? std::min(call.record.rang, call.event.at) : call.event.at;
  out.ticket = call.record.ticket;
  out.subject = "Call from " + call.caller.shown;
  return out;
}

CtiHooks::Task<void> CtiHooks::answer(Call& call) {
  CallRecord& record = call.record;
  if (record.answered) co_return std::expected<void, HttpResponse>{};
  const auto person = co_await house_.seams.person_named(call.event.agent);
  CallMessage said = message(call);
  said.text = said.subject + " answered";
  if (person) {
    said.answered_by = person->id;
    said.text += " by " + person->shown;
  } else if (!call.event.agent.empty()) {
    // They may sit at a telephone that the desk knows nothing of: somebody has to look.
    said.text += " by " + call.event.agent + ", who has no log-in here,";
    spdlog::warn("voice: a call on channel {} was answered by someone without a log-in",
                 call.line.name);
  }
  said.text += after_ringing(record, call.event.at, " after ringing ");
  co_await call.turn.begin();
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  record.ticket = receipt->ticket;
  record.answered = call.event.at;
  record.agent = person ? person->id : AgentId{};
  record.seq = receipt->message_seq;
  const auto row = co_await house_.ticket(record.ticket);
  if (row) record.assigned_since = row->ticket.assigned_at;
  if (!record.ended) co_await tell_end(call, record.agent);
  // Its end may have overtaken it.
  if (record.ended) co_return co_await finish(call);
  co_return std::expected<void, HttpResponse>{};
}

CtiHooks::Task<void> CtiHooks::miss(Call& call) {
  CallRecord& record = call.record;
  if (record.answered || record.missed) co_return std::expected<void, HttpResponse>{};
  CallMessage said = message(call);
  said.text =
      "Missed call from " + call.caller.shown + after_ringing(record, call.event.at, ", rang ");
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  record.ticket = receipt->ticket;
  record.missed = call.event.at;
  co_await tell_end(call, {});
  co_return std::expected<void, HttpResponse>{};
}

CtiHooks::Task<void> CtiHooks::end(Call& call) {
  CallRecord& record = call.record;
  const bool news = !record.ended;
  if (news) record.ended = call.event.at;
  if (record.answered && !record.finished) {
    const auto done = co_await finish(call);
    if (!done) co_return done;
  }
  if (news) co_await tell_end(call, record.agent);
  co_return std::expected<void, HttpResponse>{};
}

CtiHooks::Task<void> CtiHooks::finish(Call& call) {
  CallRecord& record = call.record;
  auto noted = co_await house_.note(record.ticket,
                                    "Call ended after " + spell(record.ended - record.answered),
                                    call.line.name + ":" + call.event.call + ":ended");
  if (!noted) co_return noted;
  if (record.agent) {
    const auto freed = co_await house_.let_go({.ticket = record.ticket,
                                               .agent = record.agent,
                                               .seq = record.seq,
                                               .began = record.began,
                                               .assigned_since = record.assigned_since});
    if (!freed) co_return freed;
  }
  record.finished = true;
  co_return std::expected<void, HttpResponse>{};
}

asio::awaitable<void> CtiHooks::tell_end(const Call& call, AgentId agent) {
  std::vector<AgentId> to = call.record.rung;
  if (agent && std::ranges::find(to, agent) == to.end()) to.push_back(agent);
  const bool nobody = to.empty();
  co_await tell(call, agent, std::move(to), call.record.rung_everyone || nobody);
}

asio::awaitable<void> CtiHooks::tell(const Call& call, AgentId agent, std::vector<AgentId> to,
                                     bool everyone) {
  CallNotice notice;
  notice.state = name(call.event.step);
  notice.call = call.event.call;
  notice.channel_name = call.line.name;
  notice.agent = agent;
  notice.at = call.event.at;
  notice.to = std::move(to);
  notice.everyone = everyone;
  const PolicyPtr policy = house_.seams.gateway.policy();
  if (const ChannelPolicy* channel = policy->channel(call.line.channel))
    notice.queue = channel->queue;
  co_await house_.look_up(call.caller, notice);
  co_await house_.seams.announce(std::move(notice));
}

}  // namespace deskwire::voice
