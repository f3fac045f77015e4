// SPDX-License-Identifier: Apache-2.0
#include "channels/voice/call_record.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/json.hpp"

namespace deskwire::voice {
namespace json = boost::json;
namespace {

/// Writes members that are not at their default, so that a record stays short.
class Writer {
 public:
  template <class Id>
  void id(std::string_view key, Id value) {
    if (value) out[key] = value.value;
  }
  void time(std::string_view key, Instant value) {
    if (value) out[key] = value.ms;
  }
  void flag(std::string_view key, bool value) {
    if (value) out[key] = true;
  }
  void number(std::string_view key, std::uint32_t value) {
    if (value != 0) out[key] = value;
  }

  json::object out;
};

class Members {
 public:
  explicit Members(const json::object& object) : object_(object) {}

  template <class Id>
  void id(std::string_view key, Id& value) const {
    value = Id{static_cast<std::uint64_t>(whole(key))};
  }
  void time(std::string_view key, Instant& value) const { value = Instant{whole(key)}; }
  void flag(std::string_view key, bool& value) const {
    const json::value* found = object_.if_contains(key);
    value = found != nullptr && found->is_bool() && found->get_bool();
  }
  void number(std::string_view key, std::uint32_t& value) const {
    value = static_cast<std::uint32_t>(whole(key));
  }
  [[nodiscard]] std::int64_t whole(std::string_view key) const {
    const json::value* found = object_.if_contains(key);
    if (found == nullptr || !found->is_number()) return 0;
    boost::system::error_code ec;
    const auto value = found->to_number<std::int64_t>(ec);
    return ec ? 0 : value;
  }

 private:
  const json::object& object_;
};

/// The one list of members that are plain values, for both directions.
template <class Visitor, class Record>
void visit(Visitor& v, Record& r) {
  v.time("rang", r.rang);
  v.time("answered", r.answered);
  v.time("missed", r.missed);
  v.time("ended", r.ended);
  v.flag("rung_everyone", r.rung_everyone);
  v.id("ticket", r.ticket);
  v.time("began", r.began);
  v.id("agent", r.agent);
  v.number("seq", r.seq);
  v.time("assigned_since", r.assigned_since);
  v.flag("finished", r.finished);
  v.number("dials", r.dials);
  v.flag("dialing", r.dialing);
  v.flag("connected", r.connected);
  v.flag("over", r.over);
  v.flag("served", r.served);
  v.id("without_phone", r.without_phone);
}

}  // namespace

std::string write_call_record(const CallRecord& record) {
  Writer writer;
  visit(writer, record);
  json::array rung;
  for (const AgentId agent : record.rung) rung.push_back(agent.value);
  if (!rung.empty()) writer.out["rung"] = std::move(rung);
  if (!record.said.empty()) writer.out["said"] = record.said;
  if (!record.from.empty()) writer.out["from"] = record.from;
  return json::serialize(writer.out);
}

CallRecord read_call_record(std::string_view text) {
  CallRecord record;
  const auto value = parse_json(text);
  if (!value || !value->is_object()) return record;
  const json::object& object = value->get_object();
  const Members members(object);
  visit(members, record);
  JsonReader reader(object);
  for (const std::uint64_t id : reader.numbers("rung", 1000)) record.rung.push_back(AgentId{id});
  record.said = reader.optional_text("said", 200).value_or("");
  record.from = reader.optional_text("from", 250).value_or("");
  return record;
}

}  // namespace deskwire::voice
