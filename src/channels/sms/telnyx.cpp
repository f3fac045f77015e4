// SPDX-License-Identifier: Apache-2.0
// Telnyx: Messaging, API version 2. Hooks are JSON signed with Ed25519 over "timestamp|body".
// There is no list of inbound messages with their text, and no way to find a message but by the id
// that its sending answers with; the detail records have neither text nor reference. What Telnyx
// could not deliver in its attempts at both URLs is lost, so a line should have a failover URL.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "auth/signatures.hpp"
#include "channels/sms/adapters.hpp"
#include "channels/sms/fields.hpp"
#include "channels/sms/times.hpp"
#include "http/form.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

constexpr std::string_view kApi = "https://api.telnyx.com";

/// Seconds since the epoch, digits only.
std::optional<Instant> read_timestamp(std::string_view text) {
  constexpr std::size_t kMaxDigits = 12;
  std::uint64_t at = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (ec != std::errc{} || end != text.data() + text.size() || text.size() > kMaxDigits)
    return std::nullopt;
  return Instant{static_cast<std::int64_t>(at) * 1000};
}

/// The address in "from" and the elements of "to": an object with a phone number.
std::string number_of(const json::value& party) {
  const json::object* object = party.if_object();
  return object == nullptr ? std::string() : text_in(*object, "phone_number");
}

/// The recipient that is ours: of a group message the one whose webhook this is, else the first.
std::string our_number(const json::array* to) {
  if (to == nullptr || to->empty()) return {};
  for (const json::value& party : *to)
    if (const auto* object = party.if_object();
        object != nullptr && text_in(*object, "status") == "webhook_delivered")
      return number_of(party);
  return number_of(to->front());
}

Keyword keyword_of(std::string_view type) {
  if (type == "opt_out" || type == "STOP") return Keyword::stop;
  if (type == "opt_in" || type == "START") return Keyword::start;
  return type == "help" || type == "HELP" ? Keyword::help : Keyword::none;
}

std::expected<InboundText, std::string> read_inbound(const json::object& payload,
                                                     std::string_view occurred_at) {
  const json::value* from = payload.if_contains("from");
  std::string sent_at = text_in(payload, "received_at");
  if (sent_at.empty()) sent_at = occurred_at;
  InboundText text{.id = text_in(payload, "id"),
                   .from = from == nullptr ? std::string() : number_of(*from),
                   .to = our_number(array_in(payload, "to")),
                   .text = text_in(payload, "text"),
                   .sent_at = read_loose_time(sent_at).value_or(Instant{}),
                   .media = {},
                   .keyword = keyword_of(text_in(payload, "autoresponse_type")),
                   .account = text_in(payload, "organization_id"),
                   .unlisted_media = 0};
  if (const json::array* media = array_in(payload, "media"))
    for (const json::value& value : *media)
      if (const json::object* each = value.if_object(); each && text.media.size() < kMaxMedia)
        text.media.push_back(
            {.url = text_in(*each, "url"), .type = text_in(*each, "content_type")});
  return checked(std::move(text));
}

/// delivery_unconfirmed is final, yet nobody knows more than that it was sent.
DeliveryState state_of(std::string_view status) {
  for (const std::string_view taken :
       {"scheduled", "queued", "sending", "sent", "delivery_unconfirmed"})
    if (status == taken) return DeliveryState::sent;
  if (status == "delivered" || status == "read") return DeliveryState::delivered;
  for (const std::string_view lost : {"sending_failed", "delivery_failed", "expired", "cancelled"})
    if (status == lost) return DeliveryState::failed;
  return DeliveryState::none;
}

std::string first_error(const json::object& holder) {
  const json::array* errors = array_in(holder, "errors");
  const json::object* error = errors && !errors->empty() ? errors->front().if_object() : nullptr;
  if (error == nullptr) return {};
  const std::string detail = text_in(*error, "detail");
  return error_detail(text_in(*error, "code"), detail.empty() ? text_in(*error, "title") : detail);
}

std::expected<Receipt, std::string> read_receipt(const json::object& payload, std::string token) {
  const json::array* to = array_in(payload, "to");
  const json::object* party = to && !to->empty() ? to->front().if_object() : nullptr;
  const std::string status = party == nullptr ? std::string() : text_in(*party, "status");
  std::string detail = first_error(payload);
  if (detail.empty() && status == "delivery_unconfirmed") detail = "delivery unconfirmed";
  return checked(Receipt{.id = text_in(payload, "id"),
                         .token = std::move(token),
                         .state = state_of(status),
                         .detail = std::move(detail)});
}

class Telnyx final : public Adapter {
 public:
  std::string_view name() const override { return "telnyx"; }

  std::expected<void, Forged> verify(const HookRequest& request, const Line& line,
                                     Instant now) const override {
    const std::string_view coded = only_header(request.headers, "telnyx-signature-ed25519");
    const std::string_view timestamp = only_header(request.headers, "telnyx-timestamp");
    if (coded.empty() || timestamp.empty()) return std::unexpected(Forged::no_signature);
    const auto at = read_timestamp(timestamp);
    const auto signature = decode_base64(coded);
    if (!at || !signature) return std::unexpected(Forged::malformed);
    if (now - *at > kWebhookTolerance || *at - now > kWebhookTolerance)
      return std::unexpected(Forged::too_old);
    const std::string message = std::string(timestamp).append("|").append(request.body);
    for (const std::string& key : hook_secrets(line))
      if (const auto bytes = decode_base64(key);
          bytes && ed25519_verify(*bytes, message, *signature))
        return {};
    return std::unexpected(Forged::wrong_signature);
  }

  std::expected<Hook, std::string> parse(const HookRequest& request) const override {
    const auto body = parse_object(request.body);
    if (!body) return std::unexpected(body.error());
    const json::object* data = object_in(*body, "data");
    const json::object* payload = data == nullptr ? nullptr : object_in(*data, "payload");
    if (payload == nullptr) return std::unexpected("the event has no payload");
    Hook out;
    const std::string event = text_in(*data, "event_type");
    if (event == "message.received") {
      auto text = read_inbound(*payload, text_in(*data, "occurred_at"));
      if (!text) return std::unexpected(text.error());
      out.texts.push_back(std::move(*text));
    } else if (event == "message.sent" || event == "message.finalized") {
      auto receipt = read_receipt(*payload, query_param(request.target, "m"));
      if (!receipt) return std::unexpected(receipt.error());
      if (receipt->state != DeliveryState::none) out.receipts.push_back(std::move(*receipt));
    }
    return out;
  }

  ApiCall send(const Line& line, const Outgoing& message, Instant /*now*/) const override {
    json::object body{{"from", line.number}, {"to", message.to}};
    if (!message.text.empty()) body["text"] = message.text;
    if (!message.media_urls.empty())
      body["media_urls"] = json::array(message.media_urls.begin(), message.media_urls.end());
    if (!message.status_url.empty()) body["webhook_url"] = message.status_url;
    if (!line.messaging_service.empty()) body["messaging_profile_id"] = line.messaging_service;
    return {.method = "POST",
            .url = base_url(line, kApi) + "/v2/messages",
            .headers = {{"authorization", std::string("Bearer ").append(first_secret(line))},
                        {"accept", "application/json"},
                        {"content-type", "application/json"}},
            .body = json::serialize(body)};
  }

  SendAnswer read_send(const ApiAnswer& answer) const override {
    SendAnswer out = judge(answer);
    const auto body = parse_object(answer.body);
    if (!body) return out;
    const json::object* data = object_in(*body, "data");
    if (out.state == DeliveryState::sent && data != nullptr) out.id = text_in(*data, "id");
    if (out.state != DeliveryState::sent)
      if (std::string error = first_error(*body); !error.empty()) out.detail = std::move(error);
    return out;
  }
};

}  // namespace

const Adapter& telnyx_adapter() {
  static const Telnyx adapter;
  return adapter;
}

}  // namespace deskwire::sms
