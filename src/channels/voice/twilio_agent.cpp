// SPDX-License-Identifier: Apache-2.0
// The agent's side: whoever accepted the ticket is called, connected and let go again.
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <utility>

#include "channels/voice/twilio_fields.hpp"
#include "channels/voice/twilio_hooks.hpp"
#include "deskwire/base/utf8.hpp"

namespace deskwire::voice {
namespace {

constexpr std::chrono::seconds kRingFor{20};

}  // namespace

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

}  // namespace deskwire::voice
