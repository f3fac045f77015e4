// SPDX-License-Identifier: Apache-2.0
// Header vectors: raw field values and what another parser makes of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "mime/address.hpp"
#include "mime/content_type.hpp"
#include "mime/date.hpp"
#include "mime/message_ids.hpp"
#include "mime/received.hpp"
#include "mime/text_run.hpp"
#include "support/corpus_facts.hpp"

using namespace deskwire;
using namespace deskwire::mime;
namespace json = boost::json;

namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::array addresses(const std::vector<MailAddress>& list) {
  json::array out;
  for (const MailAddress& a : list)
    out.push_back(
        json::object{{"name", text_or_null(a.name)}, {"address", text_or_null(a.address)}});
  return out;
}

json::value address_fact(std::string_view raw) {
  const auto groups = parse_address_groups(raw);
  if (groups.size() == 1 && !groups[0].named)
    return json::object{{"List", addresses(groups[0].addresses)}};
  json::array out;
  for (const AddressGroup& g : groups)
    out.push_back(
        json::object{{"name", text_or_null(g.name)}, {"addresses", addresses(g.addresses)}});
  return json::object{{"Group", out}};
}

json::value content_type_fact(std::string_view raw) {
  const auto type = parse_content_type(raw);
  if (!type) return {};
  json::array attributes;
  for (const Parameter& p : type->parameters) {
    if (!p.language.empty()) attributes.push_back(json::array{p.name + "-language", p.language});
    attributes.push_back(json::array{p.name, p.value});
  }
  return json::object{{"c_type", type->type},
                      {"c_subtype", text_or_null(type->subtype)},
                      {"attributes", attributes.empty() ? json::value() : json::value(attributes)}};
}

json::value list_fact(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& item : list) out.emplace_back(item);
  return out.empty() ? json::value() : json::value(out);
}

/// `with_zone`: the source reads no names of zones inside trace fields.
json::value date_fact(const std::optional<Date>& date) {
  if (!date) return {};
  const int zone = std::abs(date->zone_minutes);
  return json::object{{"year", date->year},
                      {"month", date->month},
                      {"day", date->day},
                      {"hour", date->hour},
                      {"minute", date->minute},
                      {"second", date->second},
                      {"tz_before_gmt", date->zone_minutes < 0},
                      {"tz_hour", zone / 60},
                      {"tz_minute", zone % 60}};
}

/// As one text, whatever the order of keys.
std::string sorted(const json::value& value) {
  if (const auto* object = value.if_object()) {
    std::map<std::string, std::string> parts;
    for (const auto& [key, part] : *object) parts[std::string(key)] = sorted(part);
    std::string out = "{";
    for (const auto& [key, part] : parts) out += key + ":" + part + ",";
    return out + "}";
  }
  if (const auto* array = value.if_array()) {
    std::string out = "[";
    for (const json::value& part : *array) out += sorted(part) + ",";
    return out + "]";
  }
  return json::serialize(value);
}

/// Parameters are a set: their order says nothing.
json::value as_set(json::value type) {
  if (!type.is_object() || !type.as_object().contains("attributes")) return type;
  if (!type.at("attributes").is_array()) return type;
  std::vector<std::pair<std::string, json::value>> parts;
  for (const json::value& part : type.at("attributes").as_array())
    parts.emplace_back(json::serialize(part), part);
  std::ranges::sort(parts, {}, &std::pair<std::string, json::value>::first);
  json::array out;
  for (auto& [key, part] : parts) out.push_back(std::move(part));
  type.as_object()["attributes"] = out;
  return type;
}

template <class Fact>
void check_vectors(const std::string& name, Fact fact) {
  const auto corpus = test::corpus("headers");
  if (!corpus) return;
  test::Tally tally("header vectors " + name);
  for (const json::value& line : test::read_jsonl(*corpus / (name + ".jsonl"))) {
    const std::string raw(line.at("header").as_string());
    json::value wanted = as_set(line.at("expected"));
    if (wanted.is_object() && wanted.as_object().contains("c_type") &&
        !wanted.as_object().contains("attributes"))
      wanted.as_object()["attributes"] = nullptr;
    const std::string got = sorted(as_set(fact(raw)));
    tally.check(got == sorted(wanted), raw, got, sorted(wanted));
  }
  CHECK(tally.rate() >= 95.0);
}

}  // namespace

TEST_CASE("address vectors hold") { check_vectors("address", address_fact); }

TEST_CASE("content type vectors hold") { check_vectors("content_type", content_type_fact); }

TEST_CASE("date vectors hold") {
  check_vectors("date", [](std::string_view raw) { return date_fact(parse_date(raw)); });
}

TEST_CASE("id vectors hold") {
  check_vectors("id", [](std::string_view raw) { return list_fact(parse_message_ids(raw)); });
}

TEST_CASE("list vectors hold") {
  check_vectors("list", [](std::string_view raw) { return list_fact(parse_comma_list(raw)); });
}

TEST_CASE("unstructured vectors hold") {
  check_vectors("unstructured",
                [](std::string_view raw) { return text_or_null(decode_unstructured(raw)); });
}

TEST_CASE("trace field vectors hold, fact by fact") {
  const auto corpus = test::corpus("headers");
  if (!corpus) return;
  test::Tally facts("header vectors received, facts"), whole("header vectors received, whole");
  for (const json::value& line : test::read_jsonl(*corpus / "received.jsonl")) {
    const std::string raw(line.at("header").as_string());
    const Received r = parse_received(raw);
    const auto wanted = [&](const char* key) -> std::string {
      const json::value* value = line.at("expected").as_object().if_contains(key);
      if (value != nullptr && value->is_object()) value = &value->as_object().begin()->value();
      return value != nullptr && value->is_string() ? std::string(value->as_string())
                                                    : std::string();
    };
    const auto folded = [](std::string text) {
      for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return text;
    };
    bool all = true;
    const auto check = [&](const char* key, const std::string& got, const std::string& want) {
      all &= facts.check(got == want, raw + " " + key, got, want);
    };
    check("from", r.from, wanted("from"));
    check("from_ip", r.from_ip, wanted("from_ip"));
    check("from_iprev", r.from_iprev, wanted("from_iprev"));
    check("by", r.by, wanted("by"));
    check("for_", r.for_whom, wanted("for_"));
    check("with", folded(r.with), folded(wanted("with")));
    check("via", r.via, wanted("via"));
    check("id", r.id, wanted("id"));
    check("ident", r.ident, wanted("ident"));
    check("helo", r.helo, wanted("helo"));
    check("helo_cmd", r.helo_command, folded(wanted("helo_cmd")));
    check("tls_cipher", r.tls_cipher, wanted("tls_cipher"));
    std::string version = wanted("tls_version");
    if (version.starts_with("TLSv1_")) version = "1." + version.substr(6);
    check("tls_version", r.tls_version, version);
    // The source reads no names of time zones here, and makes odd dates of what has none; the time
    // of day is the fact.
    const json::value* date = line.at("expected").as_object().if_contains("date");
    const json::value got = date_fact(r.date);
    std::string want = "null", have = "null";
    for (const char* key : {"year", "month", "day", "hour", "minute", "second"}) {
      if (date != nullptr && date->is_object()) want += json::serialize(date->at(key)) + " ";
      if (got.is_object()) have += json::serialize(got.at(key)) + " ";
    }
    check("date", have, want);
    whole.check(all, raw);
  }
  CHECK(facts.rate() >= 95.0);
}
