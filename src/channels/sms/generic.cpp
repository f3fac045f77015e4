// SPDX-License-Identifier: Apache-2.0
// The gateway for everything else: JSON both ways, signed as Standard Webhooks both ways, with the
// same secrets. A bridge takes a message once however often it comes, by its webhook-id, which is
// our reference.
#include <boost/json/serialize.hpp>

#include "auth/signatures.hpp"
#include "channels/sms/adapters.hpp"
#include "channels/sms/fields.hpp"
#include "codec/wire.hpp"
#include "http/form.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

Forged forged(WebhookFault fault) {
  switch (fault) {
    case WebhookFault::missing_header:
      return Forged::no_signature;
    case WebhookFault::malformed:
      return Forged::malformed;
    case WebhookFault::too_old:
    case WebhookFault::too_new:
      return Forged::too_old;
    case WebhookFault::wrong_signature:
      break;
  }
  return Forged::wrong_signature;
}

std::expected<InboundText, std::string> read_inbound(const json::object& object) {
  const std::string at = text_in(object, "at");
  InboundText text{.id = text_in(object, "id"),
                   .from = text_in(object, "from"),
                   .to = text_in(object, "to"),
                   .text = text_in(object, "text"),
                   .sent_at = wire::parse_time(at).value_or(Instant{}),
                   .media = {},
                   .keyword = Keyword::none,
                   .account = {},
                   .unlisted_media = 0};
  if (const json::array* media = array_in(object, "media"))
    for (const json::value& value : *media)
      if (const json::object* each = value.if_object(); each && text.media.size() < kMaxMedia)
        text.media.push_back({.url = text_in(*each, "url"), .type = text_in(*each, "type")});
  return checked(std::move(text));
}

/// A bridge that only queued the message has it nevertheless.
DeliveryState state_of(std::string_view state) {
  if (state == "queued" || state == "sent") return DeliveryState::sent;
  if (state == "delivered") return DeliveryState::delivered;
  return state == "failed" ? DeliveryState::failed : DeliveryState::none;
}

std::expected<Receipt, std::string> read_receipt(const json::object& object, std::string token) {
  if (token.empty()) token = text_in(object, "message");
  return checked(Receipt{.id = text_in(object, "id"),
                         .token = std::move(token),
                         .state = state_of(text_in(object, "state")),
                         .detail = error_detail({}, text_in(object, "detail"))});
}

/// A request with the three headers of Standard Webhooks. Without a usable secret it goes out
/// unsigned, and the bridge refuses it.
ApiCall signed_call(const Line& line, std::string method, std::string url, std::string_view id,
                    std::string body, Instant now) {
  ApiCall out{.method = std::move(method),
              .url = std::move(url),
              .headers = {{"accept", "application/json"},
                          {"webhook-id", std::string(id)},
                          {"webhook-timestamp", webhook_timestamp(now)}},
              .body = std::move(body)};
  if (auto signature = sign_webhook(id, now, out.body, first_secret(line)))
    out.headers.emplace_back("webhook-signature", std::move(*signature));
  if (!out.body.empty()) out.headers.emplace_back("content-type", "application/json");
  return out;
}

class Generic final : public Adapter {
 public:
  std::string_view name() const override { return "generic"; }

  std::expected<void, Forged> verify(const HookRequest& request, const Line& line,
                                     Instant now) const override {
    const WebhookHeaders headers{.id = only_header(request.headers, "webhook-id"),
                                 .timestamp = only_header(request.headers, "webhook-timestamp"),
                                 .signature = only_header(request.headers, "webhook-signature")};
    const auto verdict = verify_webhook(headers, request.body, hook_secrets(line), now);
    if (!verdict) return std::unexpected(forged(verdict.error()));
    return {};
  }

  std::expected<Hook, std::string> parse(const HookRequest& request) const override {
    const auto body = parse_object(request.body);
    if (!body) return std::unexpected(body.error());
    Hook out;
    const std::string type = text_in(*body, "type");
    if (type == "message.received") {
      auto text = read_inbound(*body);
      if (!text) return std::unexpected(text.error());
      out.texts.push_back(std::move(*text));
    } else if (type == "message.status") {
      auto receipt = read_receipt(*body, query_param(request.target, "m"));
      if (!receipt) return std::unexpected(receipt.error());
      if (receipt->state == DeliveryState::none)
        return std::unexpected("state: expected queued, sent, delivered or failed");
      out.receipts.push_back(std::move(*receipt));
    } else {
      return std::unexpected("type: expected message.received or message.status");
    }
    return out;
  }

  ApiCall send(const Line& line, const Outgoing& message, Instant now) const override {
    const json::object body{
        {"type", "message.send"},
        {"message", message.reference},
        {"from", line.number},
        {"to", message.to},
        {"text", message.text},
        {"media", json::array(message.media_urls.begin(), message.media_urls.end())},
        {"status_url", wire::text_or_null(message.status_url)}};
    return signed_call(line, "POST", line.api_base, message.reference, json::serialize(body), now);
  }

  /// What may have left is sent again: the bridge knows the reference.
  SendAnswer read_send(const ApiAnswer& answer) const override {
    SendAnswer out = judge(answer);
    if (out.state == DeliveryState::unknown) out.state = DeliveryState::queued;
    if (const auto body = parse_object(answer.body); body && out.state == DeliveryState::sent)
      out.id = text_in(*body, "id");
    else if (body && !text_in(*body, "detail").empty())
      out.detail = error_detail(std::to_string(answer.status), text_in(*body, "detail"));
    return out;
  }
  bool repeats_safely() const override { return true; }

  std::optional<ApiCall> list(const Line& line, Instant since, Instant now) const override {
    if (line.api_base.empty()) return std::nullopt;
    std::string url = line.api_base + "/messages?since=" + percent_encode(wire::format_time(since));
    return list_call(line, std::move(url), now);
  }

  std::expected<Listed, std::string> read_list(const Line& line, const ApiAnswer& answer,
                                               Instant /*since*/, Instant now) const override {
    const auto body = read_object(answer);
    if (!body) return std::unexpected(body.error());
    const json::array* messages = array_in(*body, "messages");
    if (messages == nullptr) return std::unexpected("messages: expected a list");
    Listed out;
    for (const json::value& value : *messages) {
      const json::object* each = value.if_object();
      if (each == nullptr || out.texts.size() == kMaxBatch) continue;
      if (auto text = read_inbound(*each)) out.texts.push_back(std::move(*text));
    }
    // A signed request goes to the bridge itself only.
    if (std::string next = text_in(*body, "next"); is_below(next, line.api_base))
      out.next = list_call(line, std::move(next), now);
    return out;
  }

 private:
  static ApiCall list_call(const Line& line, std::string url, Instant now) {
    return signed_call(line, "GET", std::move(url), "list_" + std::to_string(now.ms), {}, now);
  }
};

}  // namespace

const Adapter& generic_adapter() {
  static const Generic adapter;
  return adapter;
}

}  // namespace deskwire::sms
