// SPDX-License-Identifier: Apache-2.0
// The caller's side: from the first ring to a goodbye, a message or an agent.
#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "channels/voice/phrases.hpp"
#include "channels/voice/twilio_fields.hpp"
#include "channels/voice/twilio_hooks.hpp"

namespace deskwire::voice {
namespace {

using std::chrono::seconds;

/// Between two looks at whether somebody has accepted.
constexpr seconds kLookEvery{8};
constexpr seconds kMessageLength{180};

}  // namespace

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
    co_return std::unexpected(there.error());
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
