// SPDX-License-Identifier: Apache-2.0
// Signatures and payloads as the providers' own tests and pages have them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "auth/signatures.hpp"
#include "channels/sms/hooks.hpp"
#include "codec/wire.hpp"
#include "support/corpus_facts.hpp"
#include "support/hex.hpp"

using namespace deskwire;
using namespace deskwire::sms;
using namespace deskwire::test;
namespace json = boost::json;

namespace {

std::string at(const json::object& record, std::string_view key) {
  const json::value* value = record.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

Params params_of(const json::object& payload) {
  Params out;
  for (const auto& member : payload)
    out.push_back({.name = std::string(member.key()), .value = at(payload, member.key())});
  return out;
}

/// The record as the request it describes.
Posted request_of(const json::object& record) {
  Posted out = record.contains("params") ? form_post(params_of(record.at("params").as_object()))
                                         : json_post(at(record, "body"));
  if (const std::string url = at(record, "url"); !url.empty()) {
    const auto path = std::min(url.find('/', url.find("://") + 3), url.size());
    out.public_urls = {url.substr(0, path)};
    out.target = url.substr(path);
  }
  if (const auto* headers = record.if_contains("headers"))
    for (const auto& header : headers->as_object()) {
      std::string name(header.key());
      std::ranges::transform(name, name.begin(), [](char c) { return char(std::tolower(c)); });
      out.headers.emplace_back(std::move(name), std::string(header.value().as_string()));
    }
  return out;
}

/// The records' own time where they have one, else shortly after the signature was made.
Instant time_of(const json::object& record) {
  if (const auto* now = record.if_contains("now"); now != nullptr && now->is_int64())
    return {now->as_int64() * 1000};
  return Instant{1'697'634'690'000};
}

bool holds(const json::object& record, const std::string& adapter) {
  Line line = a_line();
  line.secrets = {at(record, "secret")};
  if (record.contains("public_key")) line.hook_secrets = {at(record, "public_key")};
  Instant now = time_of(record);
  if (record.contains("algorithm"))
    now = Instant{std::stoll(at(record.at("params").as_object(), "timestamp")) * 1000};
  const Posted request = request_of(record);
  return find_adapter(adapter)->verify(request.view(), line, now).has_value();
}

Hook parsed(const Adapter& adapter, const Posted& request) {
  const auto hook = adapter.parse(request.view());
  return hook ? *hook : Hook{};
}

/// An inbound payload says the same whoever reads it.
void check_inbound(Tally& tally, const std::string& name, const Hook& hook,
                   const std::array<std::string, 4>& wanted) {
  if (!tally.check(hook.texts.size() == 1 && hook.receipts.empty(), name + " is inbound")) return;
  const InboundText& text = hook.texts.front();
  const std::array<std::string, 4> got{text.id, text.from, text.to, text.text};
  for (std::size_t i = 0; i < got.size(); ++i)
    tally.check(got[i] == wanted[i], name, got[i], wanted[i]);
}

}  // namespace

TEST_CASE("the providers' own signatures verify and their forgeries do not") {
  const auto path = corpus("webhooks.jsonl");
  if (!path) return;
  const std::map<std::string, std::string> adapters{{"twilio", "twilio"},
                                                    {"vonage", "vonage"},
                                                    {"telnyx", "telnyx"},
                                                    {"standard-webhooks", "generic"}};
  Tally tally("webhook signatures");
  for (const json::value& value : read_jsonl(*path)) {
    const json::object& record = value.as_object();
    const std::string provider = at(record, "provider"), name = provider + " " + at(record, "name");
    if (const auto found = adapters.find(provider); found != adapters.end())
      tally.check(holds(record, found->second) == record.at("valid").as_bool(), name);
    if (provider == "ed25519-primitive")
      tally.check(ed25519_verify(from_hex(at(record, "public_key_hex")),
                                 from_hex(at(record, "message_hex")),
                                 from_hex(at(record, "signature_hex"))),
                  name);
  }
  CHECK(tally.rate() == 100);
}

TEST_CASE("the providers' own payloads give the facts they state") {
  const auto path = corpus("sms_payloads.jsonl");
  if (!path) return;
  Tally tally("SMS payloads");
  for (const json::value& value : read_jsonl(*path)) {
    const json::object& record = value.as_object();
    const std::string provider = at(record, "provider");
    const Adapter* adapter = find_adapter(provider);
    if (adapter == nullptr) continue;
    const json::object& payload = record.at("payload").as_object();
    const bool inbound = at(record, "kind") == "inbound";
    const std::string name = provider + " " + at(record, "kind");
    std::vector<Posted> requests{json_post(json::serialize(payload))};
    if (provider == "twilio") requests = {form_post(params_of(payload))};
    if (provider == "vonage") {
      requests.push_back(form_post(params_of(payload)));
      requests.emplace_back();
      requests.back().method = "GET";
      requests.back().target += "?" + write_form(params_of(payload));
    }
    for (const Posted& request : requests) {
      const Hook hook = parsed(*adapter, request);
      if (inbound && provider == "twilio")
        check_inbound(tally, name, hook,
                      {at(payload, "MessageSid"), at(payload, "From"), at(payload, "To"),
                       at(payload, "Body")});
      else if (inbound && provider == "vonage")
        check_inbound(tally, name, hook,
                      {at(payload, "messageId"), "+" + at(payload, "msisdn"),
                       "+" + at(payload, "to"), at(payload, "text")});
      else if (inbound)
        check_inbound(tally, name, hook,
                      {at(payload.at("data").at("payload").as_object(), "id"), "+18665550001",
                       "+18445550001", "Hello, World!"});
      else
        tally.check(hook.texts.empty() && hook.receipts.size() == 1 &&
                        hook.receipts[0].state == DeliveryState::delivered &&
                        !hook.receipts[0].id.empty() && hook.receipts[0].detail.empty(),
                    name);
    }
  }
  CHECK(tally.rate() == 100);
}

TEST_CASE("every state that a provider names means something") {
  const auto path = corpus("sms_payloads.jsonl");
  if (!path) return;
  Tally tally("SMS states");
  for (const json::value& value : read_jsonl(*path)) {
    const json::object& record = value.as_object();
    const Adapter* adapter = find_adapter(at(record, "provider"));
    if (adapter == nullptr || !record.contains("status_values")) continue;
    for (const json::value& status : record.at("status_values").as_array()) {
      const std::string name(status.as_string());
      Params fields{{"messageId", "1"}, {"status", name}};
      Posted request = form_post(fields);
      if (adapter->name() == "twilio")
        request =
            form_post({{"MessageSid", "1"}, {"MessageStatus", name}, {"From", "1"}, {"To", "2"}});
      if (adapter->name() == "telnyx")
        request = json_post(R"({"data":{"event_type":"message.finalized","payload":{"id":"1","to":[
          {"status":")" + name +
                            R"("}]}}})");
      const Hook hook = parsed(*adapter, request);
      const bool inbound = name == "received" || name == "receiving";
      tally.check(inbound ? hook.texts.size() == 1 : hook.receipts.size() == 1,
                  std::string(adapter->name()) + " " + name);
    }
  }
  CHECK(tally.rate() == 100);
}
