// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/twilio_hooks.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "channels/voice/phrases.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/problem.hpp"
#include "http/twilio_signature.hpp"

namespace deskwire::voice {
namespace asio = boost::asio;
namespace {

using std::chrono::seconds;

constexpr std::string_view kBase = "/hooks/twilio/voice/";
constexpr std::size_t kHookBytes = 64u << 10;
constexpr std::size_t kSidBytes = 64;
constexpr std::size_t kUrlBytes = 2000;
/// Between two looks at whether somebody has accepted.
constexpr seconds kLookEvery{8};
/// When the desk is too busy to look.
constexpr seconds kBusyPause{3};
constexpr seconds kRingFor{20};
constexpr seconds kMessageLength{180};

HttpResponse xml(const Twiml& twiml) {
  HttpResponse out;
  out.body = twiml.str();
  out.set("content-type", "text/xml; charset=utf-8");
  return out;
}

std::uint32_t read_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  return ec == std::errc{} && end == text.data() + text.size() ? number : 0;
}

std::string spell_seconds(std::uint32_t count) {
  return spell(Duration{count * std::int64_t{1000}});
}

bool is_sid(std::string_view text) {
  return !text.empty() && text.size() <= kSidBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// The caller's side will say nothing more.
bool is_over(std::string_view status) {
  constexpr auto kLast =
      std::to_array<std::string_view>({"completed", "busy", "failed", "no-answer", "canceled"});
  return std::ranges::find(kLast, status) != kLast.end();
}

bool is_sound_url(std::string_view url) {
  return url.size() <= kUrlBytes && (url.starts_with("https://") || url.starts_with("http://")) &&
         std::ranges::none_of(
             url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
}

}  // namespace

std::string TwilioHooks::Call::url(std::string_view step) const {
  std::string out = lines.public_url;
  out.append(kBase).append(percent_encode(line.name));
  if (!step.empty()) out.append("/").append(step);
  return out;
}

void TwilioHooks::add_routes(Router& router) {
  const auto add = [&](std::string_view step, Step handle) {
    router.add(Route{.method = "POST",
                     .pattern = std::string(kBase).append("{channel}").append(step),
                     .handle = [this, handle](HttpRequest& r) { return take(r, handle); },
                     .body_limit = kHookBytes,
                     .same_origin = false});
  };
  add("", &TwilioHooks::incoming);
  add("/wait", &TwilioHooks::wait);
  add("/gather", &TwilioHooks::gather);
  add("/dialed", &TwilioHooks::dialed);
  add("/answered", &TwilioHooks::answered);
  add("/recorded", &TwilioHooks::recorded);
  add("/status", &TwilioHooks::status);
}

std::optional<HttpResponse> TwilioHooks::refuse(const HttpRequest& request, const NumberLine& line,
                                                const VoiceLines& lines) const {
  const auto verdict = verify_twilio({.target = request.target,
                                      .public_urls = std::span(&lines.public_url, 1),
                                      .headers = request.headers,
                                      .body = request.body},
                                     line.tokens);
  if (!verdict) {
    house_.seams.quarantine.keep(request, "twilio/voice/" + line.name, name(verdict.error()));
    return problem(403, "forged", "The request's signature does not hold.");
  }
  if (!is_form(request.headers)) return problem(422, "invalid_body", "The hook is not a form.");
  return std::nullopt;
}

TwilioHooks::Answer TwilioHooks::take(HttpRequest& request, Step step) {
  const VoiceLinesPtr lines = house_.lines;
  const NumberLine* line = lines->find_number(request.params.at(0));
  if (line == nullptr) co_return problem(404, "not_found", "There is no such channel.");
  if (auto refusal = refuse(request, *line, *lines)) co_return std::move(*refusal);
  const auto fields = parse_form(request.body);
  if (!fields) co_return problem(422, "invalid_body", fields.error());
  std::string sid(param(*fields, "CallSid"));
  // A leg that we had dialled names the caller's own call too.
  if (const auto parent = param(*fields, "ParentCallSid"); !parent.empty()) sid = parent;
  if (!is_sid(sid)) co_return problem(422, "invalid_body", "CallSid: expected a call's id");
  CallBook::Turn turn = co_await book_.open(line->name, sid);
  if (turn.record.from.empty())
    turn.record.from = clean_line(utf8_prefix(param(*fields, "From"), 250));
  // The agent's telephone is called from our own number.
  Caller caller = read_caller(turn.record.from, {});
  Call call{.line = *line,
            .lines = *lines,
            .fields = *fields,
            .sid = std::move(sid),
            .caller = std::move(caller),
            .dial = read_number(query_param(request.target, "n")),
            .record = turn.record};
  const auto next = co_await (this->*step)(call);
  co_await turn.save();
  if (!next) co_return next.error();
  co_return xml(*next);
}

CallMessage TwilioHooks::message(const Call& call, std::string step) const {
  CallMessage out;
  out.channel = call.line.channel;
  out.channel_name = call.line.name;
  out.call = call.sid;
  out.step = std::move(step);
  out.caller = call.caller;
  out.to = call.line.number;
  out.at = house_.seams.now();
  out.ticket = call.record.ticket;
  out.subject = "Call from " + call.caller.shown;
  return out;
}

bool TwilioHooks::is_open(const NumberLine& line) const {
  const PolicyPtr policy = house_.seams.gateway.policy();
  const Calendar* hours = line.hours ? policy->calendar(line.hours) : nullptr;
  return hours == nullptr || hours->is_open(house_.seams.now());
}

TwilioHooks::Task<void> TwilioHooks::ensure_ticket(Call& call) {
  CallRecord& record = call.record;
  if (record.ticket) co_return std::expected<void, HttpResponse>{};
  const Instant began = house_.seams.now();
  CallMessage said = message(call, "incoming");
  said.text = is_open(call.line) ? said.subject : said.subject + ", outside the hours";
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  record.ticket = receipt->ticket;
  record.began = began;
  co_return std::expected<void, HttpResponse>{};
}

// --- Steps

TwilioHooks::Next TwilioHooks::incoming(Call& call) {
  if (const auto there = co_await ensure_ticket(call); !there)
    co_return std::unexpected(there.error());
  if (call.record.over) {
    // The end of the call overtook its beginning.
    if (const auto told = co_await hung_up(call); !told) co_return std::unexpected(told.error());
    co_return call.twiml().hang_up();
  }
  if (!is_open(call.line)) co_return co_await after_hours(call);
  co_return call.twiml().say(call.line.greeting).redirect(call.url("wait"));
}

TwilioHooks::Next TwilioHooks::after_hours(Call& call) {
  const Phrases& words = phrases(call.line.language);
  if (!call.line.voicemail) {
    call.record.served = true;
    co_return call.twiml().say(words.closed).say(words.goodbye).hang_up();
  }
  Twiml out = call.twiml().say(words.closed).say(words.speak);
  out.record(call.url("recorded"), kMessageLength);
  co_return out.say(words.goodbye).hang_up();
}

TwilioHooks::Next TwilioHooks::wait(Call& call) {
  if (const auto there = co_await ensure_ticket(call); !there)
    // Nobody is thrown out of the line because the desk is busy.
    co_return call.twiml().pause(kBusyPause).redirect(call.url("wait"));
  if (call.record.over) co_return call.twiml().hang_up();
  const auto row = co_await house_.ticket(call.record.ticket);
  if (!row || row->ticket.state == TicketState::closed ||
      row->ticket.state == TicketState::resolved)
    co_return call.twiml().say(phrases(call.line.language).goodbye).hang_up();
  if (row->ticket.state == TicketState::assigned) co_return co_await connect(call, row->ticket);
  co_return co_await hold(call, row->ticket);
}

TwilioHooks::Next TwilioHooks::hold(Call& call, const Ticket& ticket) {
  const Phrases& words = phrases(call.line.language);
  Twiml heard = call.twiml();
  if (ticket.state == TicketState::queued) {
    const auto explained = co_await house_.seams.gateway.explain(ticket.id);
    const std::uint32_t place = explained && !ticket.offer ? explained->place : 0;
    const std::string say = place <= 1 ? std::string(words.next) : place_in_line(words, place);
    if (say != call.record.said) {
      heard.say(say);
      if (call.line.callback) heard.say(words.may_be_called_back);
      if (call.line.voicemail) heard.say(words.may_leave_message);
      call.record.said = say;
    }
  }
  if (call.line.hold_music.empty())
    heard.pause(kLookEvery - seconds(1));  // Another second is Gather's own.
  else
    heard.play(call.line.hold_music);
  if (!call.line.callback && !call.line.voicemail) co_return heard.redirect(call.url("wait"));
  co_return call.twiml().gather(call.url("gather"), heard).redirect(call.url("wait"));
}

TwilioHooks::Next TwilioHooks::connect(Call& call, const Ticket& ticket) {
  CallRecord& record = call.record;
  const auto person = co_await house_.seams.person(ticket.agent);
  const auto phone = person ? call.line.phones.find(person->user) : call.line.phones.end();
  if (phone == call.line.phones.end()) {
    if (record.without_phone != ticket.agent) {
      spdlog::warn("voice: {} took a call on channel {} and has no telephone in its `phones`",
                   person ? person->user : "someone", call.line.name);
      const auto noted = co_await house_.note(
          ticket.id,
          "The caller cannot be connected: no telephone is configured for " +
              (person ? person->shown : std::string("the agent")),
          call.line.name + ":" + call.sid + ":phone:" + std::to_string(ticket.agent.value));
      if (!noted) co_return std::unexpected(noted.error());
      record.without_phone = ticket.agent;
    }
    co_return co_await hold(call, ticket);
  }
  if (!record.dialing || record.agent != ticket.agent) {
    record.dialing = true;
    ++record.dials;
    record.agent = ticket.agent;
    record.seq = ticket.last_seq;
    record.assigned_since = ticket.assigned_at;
  }
  const std::string attempt = "?n=" + std::to_string(record.dials);
  const std::string action = call.url("dialed") + attempt;
  const std::string picked_up = call.url("answered") + attempt;
  co_return call.twiml().dial({.to = phone->second,
                               .caller_id = call.line.number,
                               .action = action,
                               .answered = picked_up,
                               .ring_for = kRingFor});
}

TwilioHooks::Next TwilioHooks::gather(Call& call) {
  if (const auto there = co_await ensure_ticket(call); !there)
    co_return std::unexpected(there.error());
  const Phrases& words = phrases(call.line.language);
  const std::string_view key = call.field("Digits");
  if (key == "1" && call.line.callback) {
    std::string text = "The caller asked to be called back";
    if (!call.caller.number.empty()) text += " at " + call.caller.shown;
    const auto noted = co_await house_.note(call.record.ticket, std::move(text),
                                            call.line.name + ":" + call.sid + ":callback");
    if (!noted) co_return std::unexpected(noted.error());
    call.record.served = true;
    co_return call.twiml().say(words.will_be_called_back).hang_up();
  }
  if (key == "2" && call.line.voicemail)
    // Silence is no message: they wait on.
    co_return call.twiml()
        .say(words.speak)
        .record(call.url("recorded"), kMessageLength)
        .redirect(call.url("wait"));
  co_return call.twiml().redirect(call.url("wait"));
}

TwilioHooks::Next TwilioHooks::recorded(Call& call) {
  if (const auto there = co_await ensure_ticket(call); !there)
    co_return std::unexpected(there.error());
  const std::string_view url = call.field("RecordingUrl");
  if (!is_sound_url(url)) {
    spdlog::warn("voice: a recording on channel {} has no usable address", call.line.name);
    co_return call.twiml().redirect(call.url("wait"));
  }
  const std::string_view sid = call.field("RecordingSid");
  CallMessage said = message(call, "recorded:" + std::string(is_sid(sid) ? sid : url));
  said.text = "Voicemail from " + call.caller.shown;
  if (const auto length = read_number(call.field("RecordingDuration")))
    said.text += ", " + spell_seconds(length);
  said.recording_url = std::string(url) + ".mp3";
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  call.record.served = true;
  co_return call.twiml().say(phrases(call.line.language).message_kept).hang_up();
}

// --- The agent's side

TwilioHooks::Next TwilioHooks::answered(Call& call) {
  // Late news of an attempt that is over changes nothing.
  if (call.record.ticket && call.dial == call.record.dials && call.record.dialing)
    if (const auto done = co_await count_as_answered(call); !done)
      co_return std::unexpected(done.error());
  co_return call.twiml();
}

TwilioHooks::Task<void> TwilioHooks::count_as_answered(Call& call) {
  const auto row = co_await house_.ticket(call.record.ticket);
  // Someone else may have taken the ticket over while the telephone rang.
  const bool theirs =
      row && row->ticket.state == TicketState::assigned && row->ticket.agent == call.record.agent;
  const auto person = co_await house_.seams.person(call.record.agent);
  CallMessage said = message(call, "answered:" + std::to_string(call.dial));
  said.text = "Call answered by " + (person ? person->shown : std::string("the agent"));
  if (theirs) said.answered_by = call.record.agent;
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  call.record.connected = true;
  co_return std::expected<void, HttpResponse>{};
}

TwilioHooks::Next TwilioHooks::dialed(Call& call) {
  CallRecord& record = call.record;
  if (!record.dialing || call.dial != record.dials)
    co_return record.finished ? call.twiml().hang_up() : call.twiml().redirect(call.url("wait"));
  const std::string_view became = call.field("DialCallStatus");
  if (became == "completed" || became == "answered") co_return co_await talked(call);
  co_return co_await not_reached(call, became);
}

TwilioHooks::Next TwilioHooks::talked(Call& call) {
  CallRecord& record = call.record;
  if (const auto done = co_await count_as_answered(call); !done)
    co_return std::unexpected(done.error());
  const auto noted = co_await house_.note(
      record.ticket,
      "Call ended after " + spell_seconds(read_number(call.field("DialCallDuration"))),
      call.line.name + ":" + call.sid + ":ended:" + std::to_string(record.dials));
  if (!noted) co_return std::unexpected(noted.error());
  const auto freed = co_await house_.let_go({.ticket = record.ticket,
                                             .agent = record.agent,
                                             .seq = record.seq,
                                             .began = record.began,
                                             .assigned_since = record.assigned_since});
  if (!freed) co_return std::unexpected(freed.error());
  record.dialing = false;
  record.finished = true;
  co_return call.twiml().hang_up();
}

TwilioHooks::Next TwilioHooks::not_reached(Call& call, std::string_view why) {
  CallRecord& record = call.record;
  const auto row = co_await house_.ticket(record.ticket);
  const bool theirs =
      row && row->ticket.state == TicketState::assigned && row->ticket.agent == record.agent;
  if (theirs) {
    const auto person = co_await house_.seams.person(record.agent);
    auto note = std::make_shared<MessageContent>();
    note->text = (person ? person->shown : std::string("The agent")) +
                 " could not be reached by telephone (" +
                 clean_line(utf8_prefix(why.empty() ? "failed" : why, 40)) + ")";
    TransferTicket back;
    back.ticket = record.ticket;
    back.queue = row->ticket.queue;
    back.note = std::move(note);
    const auto moved = co_await house_.submit(std::move(back), "a return to the queue");
    if (!moved) co_return std::unexpected(moved.error());
  }
  record.dialing = false;
  record.said.clear();
  if (is_over(call.field("CallStatus"))) co_return call.twiml().hang_up();
  co_return call.twiml().redirect(call.url("wait"));
}

TwilioHooks::Next TwilioHooks::status(Call& call) {
  CallRecord& record = call.record;
  if (!is_over(call.field("CallStatus")) || record.over) co_return call.twiml();
  if (record.ticket)
    if (const auto told = co_await hung_up(call); !told) co_return std::unexpected(told.error());
  record.over = true;
  co_return call.twiml();
}

TwilioHooks::Task<void> TwilioHooks::hung_up(Call& call) {
  const CallRecord& record = call.record;
  if (record.connected || record.served) co_return std::expected<void, HttpResponse>{};
  const std::uint32_t told = read_number(call.field("CallDuration"));
  const std::string waited =
      told > 0 ? spell_seconds(told) : spell(house_.seams.now() - record.began);
  co_return co_await house_.note(record.ticket, "The caller hung up after waiting " + waited,
                                 call.line.name + ":" + call.sid + ":hung up");
}

}  // namespace deskwire::voice
