// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/call_event.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include "codec/wire.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/json.hpp"
#include "text/phone.hpp"

namespace deskwire::voice {
namespace {

constexpr std::size_t kCallBytes = 200;
constexpr std::size_t kNumberBytes = 250;
constexpr std::size_t kUserBytes = 100;

/// What systems put where the caller wants no number shown. The numbers are Twilio's: ANONYMOUS,
/// RESTRICTED, BLOCKED, UNKNOWN and none, on a telephone's keys.
constexpr auto kWithheld = std::to_array<std::string_view>(
    {"anonymous", "anonymous@anonymous.invalid", "blocked", "private", "restricted", "unavailable",
     "unknown", "withheld", "+266696687", "+7378742833", "+2562533", "+8656696", "+464"});

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

void read_step(JsonReader& reader, CallEvent& event) {
  const std::string step = reader.text("event", 20);
  const auto found = std::ranges::find(kCallStepNames, step);
  if (found == kCallStepNames.end())
    return reader.fail("event", "ringing, answered, missed or ended");
  event.step = static_cast<CallStep>(found - kCallStepNames.begin());
}

void read_at(JsonReader& reader, CallEvent& event, Instant now) {
  const auto at = wire::parse_time(reader.text("at", 64));
  if (!at || *at <= Instant{}) return reader.fail("at", "a time such as 2026-03-01T08:15:00Z");
  event.at = std::min(*at, now);
}

}  // namespace

std::expected<CallEvent, std::string> read_call_event(std::string_view body, Instant now) {
  const auto value = parse_json(body);
  if (!value) return std::unexpected("the body is " + value.error());
  if (!value->is_object()) return std::unexpected("the body is not a JSON object");
  JsonReader reader(value->get_object());
  CallEvent event;
  read_step(reader, event);
  event.call = clean_line(reader.text("call", kCallBytes));
  if (event.call.empty()) reader.fail("call", "the call's name");
  event.from = clean_line(reader.optional_text("from", kNumberBytes).value_or(""));
  event.to = clean_line(reader.optional_text("to", kNumberBytes).value_or(""));
  event.agent = lower(clean_line(reader.optional_text("agent", kUserBytes).value_or("")));
  read_at(reader, event, now);
  if (!reader.ok()) return std::unexpected(reader.error());
  return event;
}

Caller read_caller(std::string_view from, std::string_view region) {
  std::string sent = clean_line(utf8_prefix(from, kNumberBytes));
  if (sent.empty() || std::ranges::find(kWithheld, lower(sent)) != kWithheld.end())
    return {.number = {}, .shown = "a withheld number", .dialable = false};
  if (auto number = text::to_e164(sent, region)) {
    std::string shown = text::format_phone(*number);
    return {.number = std::move(*number), .shown = std::move(shown), .dialable = true};
  }
  std::string shown = sent;
  return {.number = std::move(sent), .shown = std::move(shown), .dialable = false};
}

std::string spell(Duration length) {
  const std::int64_t all = std::max<std::int64_t>(0, (length.ms + 500) / 1000);
  const std::int64_t hours = all / 3600, minutes = all / 60 % 60, left = all % 60;
  std::string out;
  const auto add = [&out](std::int64_t count, std::string_view unit) {
    if (!out.empty()) out += ' ';
    out.append(std::to_string(count)).append(" ").append(unit);
  };
  if (hours > 0) add(hours, "h");
  if (minutes > 0) add(minutes, "min");
  if (hours == 0 && (left > 0 || all == 0)) add(left, "s");
  return out;
}

}  // namespace deskwire::voice
