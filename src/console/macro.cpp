// SPDX-License-Identifier: Apache-2.0
#include "console/macro.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <utility>

#include "codec/wire.hpp"
#include "deskwire/domain/names.hpp"
#include "deskwire/domain/tag.hpp"
#include "http/json.hpp"

namespace deskwire {

namespace json = boost::json;

namespace {

constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kTextBytes = 16u << 10;

constexpr auto kPlaceholders =
    std::to_array<std::string_view>({"customer.name", "customer.first_name", "ticket.id",
                                     "ticket.subject", "ticket.queue", "agent.name", "desk.name"});

/// The tags as they are kept, each once; nothing if one of them is none.
std::optional<json::array> read_tags(const json::value& value) {
  const json::array* tags = value.if_array();
  if (tags == nullptr || tags->size() > kTagsOfTicket) return std::nullopt;
  json::array out;
  for (const json::value& tag : *tags) {
    if (!tag.is_string() || !is_tag(tag.get_string())) return std::nullopt;
    if (std::ranges::find(out, tag) == out.end()) out.push_back(tag);
  }
  return out;
}

std::expected<json::object, std::string> read_actions(const json::object& given) {
  json::object out;
  for (const auto& [key, value] : given) {
    const std::string_view action = key;
    const std::string_view word = value.is_string() ? std::string_view(value.get_string()) : "";
    if (value.is_null()) continue;
    if (action == "priority") {
      if (!parse_name<Priority>(word))
        return std::unexpected("actions.priority: expected low, normal, high or urgent");
      out["priority"] = value;
    } else if (action == "state") {
      if (word != "pending" && word != "hold" && word != "resolve")
        return std::unexpected("actions.state: expected pending, hold or resolve");
      out["state"] = value;
    } else if (action == "tags_add") {
      auto tags = read_tags(value);
      if (!tags)
        return std::unexpected(
            "actions.tags_add: expected at most 20 tags of a-z, 0-9, - and _, 40 each");
      if (!tags->empty()) out["tags_add"] = std::move(*tags);
    } else {
      return std::unexpected("actions: expected priority, tags_add or state alone");
    }
  }
  return out;
}

/// A macro does what it says and nothing else, so what is not understood is refused.
void read_scope(JsonReader& reader, const Policy& policy, Macro& out) {
  const std::string scope = reader.optional_text("scope", kNameBytes).value_or("all");
  out.queue = reader.optional_text("queue", kNameBytes).value_or("");
  if (scope != "all" && scope != "queue") reader.fail("scope", "all or queue");
  if (scope == "all" && !out.queue.empty()) reader.fail("queue", "none with scope all");
  if (scope == "queue" && policy.queue(out.queue) == nullptr)
    reader.fail("queue", "a configured queue");
  out.channel = reader.optional_text("channel", kNameBytes).value_or("");
  if (!out.channel.empty() && !parse_name<Channel>(out.channel))
    reader.fail("channel", "email, sms, voice or chat");
}

}  // namespace

std::expected<Macro, std::string> read_macro(const json::object& params, const Policy& policy) {
  JsonReader reader(params);
  Macro out;
  out.name = reader.text("name", kNameBytes);
  if (out.name.find_first_not_of(" \t\r\n") == std::string::npos) reader.fail("name", "a name");
  out.text = reader.optional_text("text", kTextBytes).value_or("");
  read_scope(reader, policy, out);
  if (!reader.ok()) return std::unexpected(reader.error());
  if (const auto checked = text::check_placeholders(out.text, kPlaceholders); !checked)
    return std::unexpected("text: " + checked.error());
  if (reader.has("actions")) {
    const json::object* given = params.at("actions").if_object();
    if (given == nullptr) return std::unexpected("actions: expected an object");
    auto actions = read_actions(*given);
    if (!actions) return std::unexpected(actions.error());
    out.actions = std::move(*actions);
  }
  if (out.text.empty() && out.actions.empty())
    return std::unexpected("text: expected a text, or something to do");
  return out;
}

Record macro_record(const Macro& macro, Instant at) {
  const json::object value{{"name", macro.name},
                           {"text", macro.text},
                           {"queue", wire::text_or_null(macro.queue)},
                           {"channel", wire::text_or_null(macro.channel)},
                           {"actions", macro.actions}};
  Record out;
  out.kind = kMacroKind;
  out.key = std::to_string(macro.id);
  out.at = at;
  out.value = json::serialize(value);
  return out;
}

std::optional<Macro> macro_of(const Record& record) {
  Macro out;
  std::from_chars(record.key.data(), record.key.data() + record.key.size(), out.id);
  boost::system::error_code broken;
  const json::value value = json::parse(record.value, broken);
  if (out.id == 0 || broken || !value.is_object()) return std::nullopt;
  const json::object& object = value.get_object();
  JsonReader reader(object);
  out.name = reader.text("name", kNameBytes);
  out.text = reader.text("text", kTextBytes);
  out.queue = reader.optional_text("queue", kNameBytes).value_or("");
  out.channel = reader.optional_text("channel", kNameBytes).value_or("");
  const json::value* actions = object.if_contains("actions");
  if (!reader.ok() || actions == nullptr || !actions->is_object()) return std::nullopt;
  out.actions = actions->get_object();
  return out;
}

json::object macro_row(const Macro& macro) {
  return {{"id", macro.id},
          {"name", macro.name},
          {"text", macro.text},
          {"scope", macro.queue.empty() ? "all" : "queue"},
          {"queue", wire::text_or_null(macro.queue)},
          {"channel", wire::text_or_null(macro.channel)},
          {"actions", macro.actions}};
}

text::Filled render_macro(const Macro& macro, const MacroFacts& facts) {
  return text::fill_placeholders(macro.text, [&facts](std::string_view name) -> std::string {
    if (name == "customer.name") return facts.customer;
    if (name == "customer.first_name") return text::given_name(facts.customer);
    if (name == "ticket.id") return facts.ticket;
    if (name == "ticket.subject") return facts.subject;
    if (name == "ticket.queue") return facts.queue;
    if (name == "agent.name") return facts.agent;
    if (name == "desk.name") return facts.desk;
    return {};
  });
}

}  // namespace deskwire
