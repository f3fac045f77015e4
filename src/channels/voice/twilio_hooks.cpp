// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/twilio_hooks.hpp"

#include <algorithm>
#include <utility>

#include "channels/voice/twilio_fields.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/problem.hpp"
#include "http/twilio_signature.hpp"

namespace deskwire::voice {
namespace {

constexpr std::string_view kBase = "/hooks/twilio/voice/";
constexpr std::size_t kHookBytes = 64u << 10;
constexpr std::size_t kNumberBytes = 250;
/// What only the request itself says: a redirected one would not.
constexpr auto kActionFields =
    std::to_array<std::string_view>({"Digits", "DialCallStatus", "DialCallDuration", "RecordingUrl",
                                     "RecordingSid", "RecordingDuration", "n"});
/// When the desk is too busy to look.
constexpr std::chrono::seconds kBusyPause{3};

HttpResponse xml(const Twiml& twiml) {
  HttpResponse out;
  out.body = twiml.str();
  out.set("content-type", "text/xml; charset=utf-8");
  return out;
}

}  // namespace

std::string TwilioHooks::Posted::url(std::string_view step) const {
  std::string out = lines.public_url;
  out.append(kBase).append(percent_encode(line.name));
  if (!step.empty()) out.append("/").append(step);
  return out;
}

void TwilioHooks::add_routes(Router& router) {
  const auto add = [&](Step step) {
    std::string pattern = std::string(kBase) + "{channel}";
    if (!step.name.empty()) pattern.append("/").append(step.name);
    router.add(Route{.method = "POST",
                     .pattern = std::move(pattern),
                     .handle = [this, step](HttpRequest& request) { return take(request, step); },
                     .body_limit = kHookBytes,
                     .same_origin = false});
  };
  // A call that cannot be taken at all is for the fallback that Twilio knows.
  add({.name = "", .work = &TwilioHooks::incoming, .holds = false});
  add({.name = "wait", .work = &TwilioHooks::wait});
  add({.name = "gather", .work = &TwilioHooks::gather});
  add({.name = "dialed", .work = &TwilioHooks::dialed});
  add({.name = "answered", .work = &TwilioHooks::answered, .holds = false});
  add({.name = "recorded", .work = &TwilioHooks::recorded});
  add({.name = "status", .work = &TwilioHooks::status, .holds = false});
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
  auto fields = parse_form(request.body);
  if (!fields) co_return problem(422, "invalid_body", fields.error());
  for (const auto& [key, value] : request.query) fields->push_back({.name = key, .value = value});
  std::string sid(param(*fields, "CallSid"));
  // A leg that we had dialled names the caller's own call too.
  if (const auto parent = param(*fields, "ParentCallSid"); !parent.empty()) sid = parent;
  if (!is_sid(sid)) co_return problem(422, "invalid_body", "CallSid: expected a call's id");
  const Posted posted{
      .line = *line, .lines = *lines, .fields = std::move(*fields), .sid = std::move(sid)};
  try {
    const auto next = co_await follow(posted, step.work);
    if (next) co_return xml(*next);
    if (!step.holds || next.error().status != 503) co_return next.error();
  } catch (const Busy&) {
    if (!step.holds) throw;
  }
  co_return xml(again(posted, step.name));
}

TwilioHooks::Next TwilioHooks::follow(const Posted& posted, Work work) {
  CallBook::Turn turn = co_await book_.open(posted.line.name, posted.sid);
  if (turn.record.from.empty())
    turn.record.from = clean_line(utf8_prefix(posted.field("From"), kNumberBytes));
  // The agent's telephone is called from our own number.
  Caller caller = read_caller(turn.record.from, {});
  Call call{posted, std::move(caller), read_number(posted.field("n")), turn, turn.record};
  auto next = co_await (this->*work)(call);
  co_await turn.save();
  co_return next;
}

Twiml TwilioHooks::again(const Posted& posted, std::string_view step) {
  Params kept;
  for (const Param& each : posted.fields)
    if (std::ranges::find(kActionFields, each.name) != kActionFields.end() &&
        !has_param(kept, each.name))
      kept.push_back(each);
  std::string url = posted.url(step);
  if (!kept.empty()) url += "?" + write_form(kept);
  return posted.twiml().pause(kBusyPause).redirect(url);
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
  co_await call.turn.begin();
  CallMessage said = message(call, "incoming");
  said.text = is_open(call.line) ? said.subject : said.subject + ", outside the hours";
  const auto receipt = co_await house_.receive(std::move(said));
  if (!receipt) co_return std::unexpected(receipt.error());
  record.ticket = receipt->ticket;
  co_return std::expected<void, HttpResponse>{};
}

}  // namespace deskwire::voice
