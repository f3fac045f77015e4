// SPDX-License-Identifier: Apache-2.0
#include "codec/event_codec.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <utility>
#include <variant>

#include "codec/fields.hpp"
#include "codec/json_reader.hpp"
#include "codec/json_writer.hpp"

namespace deskwire {
namespace {

using codec::parse_json;

/// In the order of the variant's alternatives.
constexpr auto kNames = std::to_array<std::string_view>({
    "CustomerCreated",
    "TicketOpened",
    "MessageReceived",
    "MessageAddressed",
    "ReplySent",
    "NoteAdded",
    "TicketQueued",
    "TicketReranked",
    "PreferenceEnded",
    "PriorityChanged",
    "OfferMade",
    "OfferAccepted",
    "OfferDeclined",
    "OfferExpired",
    "OfferRescinded",
    "OfferMoved",
    "TicketAssigned",
    "TicketUnassigned",
    "TicketStateChanged",
    "ClockStarted",
    "ClockChanged",
    "SlaWarned",
    "SlaBreached",
    "PresenceChanged",
    "AgentConnectionChanged",
    "AgentPut",
    "SendStarted",
    "DeliveryRecorded",
    "PolicyReplaced",
    "ClockStepNoted",
    "DaemonRestarted",
    "MediaAttached",
    "IdentityBound",
    "ConsentChanged",
    "TicketSnoozed",
    "TicketWoken",
    "TicketTagged",
    "MessageWithdrawn",
    "ActNoted",
});
static_assert(kNames.size() == std::variant_size_v<Event>);

using ReadEvent = Event (*)(const boost::json::object&);

template <std::size_t I>
Event read_event(const boost::json::object& object) {
  Event event{std::in_place_index<I>};
  codec::read_json_fields(object, std::get<I>(event));
  return event;
}

template <std::size_t... I>
constexpr std::array<ReadEvent, sizeof...(I)> make_readers(std::index_sequence<I...>) {
  return {&read_event<I>...};
}

constexpr auto kReaders = make_readers(std::make_index_sequence<kNames.size()>{});

Event decode_event(const boost::json::value& value) {
  const boost::json::object* object = value.if_object();
  if (!object) throw CodecError("an event is not an object");
  const boost::json::value* type = object->if_contains("type");
  if (!type) throw CodecError("an event has no type");
  const std::string_view wanted = codec::read_text(*type, "type");
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == wanted) return kReaders[i](*object);
  }
  throw CodecError("unknown event type \"" + std::string(wanted) + "\"");
}

}  // namespace

std::string_view event_name(std::size_t index) { return kNames.at(index); }

std::string_view event_name(const Event& event) { return event_name(event.index()); }

void append_events(std::string& out, const std::vector<Event>& events) {
  out += '[';
  bool comma = false;
  for (const Event& event : events) {
    if (comma) out += ',';
    comma = true;
    out += R"({"type":")";
    out += event_name(event);
    out += '"';
    std::visit([&](const auto& e) { codec::append_json_fields(out, e, true); }, event);
    out += '}';
  }
  out += ']';
}

std::string encode_events(const std::vector<Event>& events) {
  std::string out;
  append_events(out, events);
  return out;
}

std::vector<Event> decode_events(std::string_view json) {
  boost::json::monotonic_resource memory;
  const boost::json::value value = parse_json(json, &memory);
  const boost::json::array* array = value.if_array();
  if (!array) throw CodecError("a journal row is not an array of events");
  std::vector<Event> events;
  events.reserve(array->size());
  for (const boost::json::value& element : *array) events.push_back(decode_event(element));
  return events;
}

}  // namespace deskwire
