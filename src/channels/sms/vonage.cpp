// SPDX-License-Identifier: Apache-2.0
// Vonage: sending by the Messages API, hooks of that and of the older SMS API. What was missed
// comes from the Reports API, which is paid for by the record, reaches one day back at a time and
// lags by minutes. Vonage writes numbers without a plus. Parts of a long message of the SMS API
// come one by one and are not joined: accounts should use the Messages API, which joins them.
#include <algorithm>
#include <boost/json/serialize.hpp>

#include "auth/signatures.hpp"
#include "channels/sms/adapters.hpp"
#include "channels/sms/fields.hpp"
#include "channels/sms/jwt.hpp"
#include "channels/sms/times.hpp"
#include "channels/sms/vonage_signature.hpp"
#include "codec/wire.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/form.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

constexpr std::string_view kApi = "https://api.nexmo.com";
constexpr Duration kReportWindow = hours(24);
constexpr Duration kClockSlack = minutes(2);  ///< How far Vonage's clock may be behind ours.

/// Of the Messages API and of the SMS API.
DeliveryState state_of(std::string_view status) {
  for (const std::string_view taken : {"submitted", "accepted", "buffered", "unknown"})
    if (status == taken) return DeliveryState::sent;
  if (status == "delivered" || status == "read") return DeliveryState::delivered;
  for (const std::string_view lost : {"rejected", "undeliverable", "failed", "expired", "deleted"})
    if (status == lost) return DeliveryState::failed;
  return DeliveryState::none;
}

/// Of problem details: their number is the fragment of `type`, or in receipts the title.
std::string problem_detail(const json::object& problem) {
  const std::string type = text_in(problem, "type"), title = text_in(problem, "title");
  const auto hash = type.rfind('#');
  const std::string detail = text_in(problem, "detail");
  return error_detail(hash == std::string::npos ? title : type.substr(hash + 1),
                      detail.empty() ? title : detail);
}

void add_media(const json::object& item, std::vector<MediaLink>& out) {
  if (std::string url = text_in(item, "url"); !url.empty() && out.size() < kMaxMedia)
    out.push_back({.url = std::move(url), .type = {}});
}

std::expected<InboundText, std::string> read_inbound(const json::object& body) {
  InboundText text{.id = text_in(body, "message_uuid"),
                   .from = with_plus(text_in(body, "from")),
                   .to = with_plus(text_in(body, "to")),
                   .text = text_in(body, "text"),
                   .sent_at = read_loose_time(text_in(body, "timestamp")).value_or(Instant{}),
                   .media = {},
                   .keyword = Keyword::none,
                   .account = {},
                   .unlisted_media = 0};
  for (const std::string_view kind : {"image", "audio", "video", "file", "vcard"})
    if (const json::object* item = object_in(body, kind)) {
      add_media(*item, text.media);
      if (text.text.empty()) text.text = text_in(*item, "caption");
    }
  if (const json::array* items = array_in(body, "content"))
    for (const json::value& value : *items)
      if (const json::object* item = value.if_object()) add_media(*item, text.media);
  return checked(std::move(text));
}

std::expected<Receipt, std::string> read_receipt(const json::object& body, std::string token) {
  const json::object* error = object_in(body, "error");
  if (token.empty()) token = text_in(body, "client_ref");
  return checked(Receipt{.id = text_in(body, "message_uuid"),
                         .token = std::move(token),
                         .state = state_of(text_in(body, "status")),
                         .detail = error == nullptr ? std::string() : problem_detail(*error)});
}

std::expected<InboundText, std::string> read_old_inbound(const Params& params) {
  return checked(InboundText{
      .id = std::string(param(params, "messageId")),
      .from = with_plus(param(params, "msisdn")),
      .to = with_plus(param(params, "to")),
      .text = std::string(param(params, "text")),
      .sent_at = read_loose_time(param(params, "message-timestamp")).value_or(Instant{}),
      .media = {},
      .keyword = Keyword::none,
      .account = std::string(param(params, "api-key")),
      .unlisted_media = 0});
}

std::expected<Receipt, std::string> read_old_receipt(const Params& params, std::string token) {
  const std::string_view code = param(params, "err-code");
  if (token.empty()) token = param(params, "client-ref");
  return checked(Receipt{.id = std::string(param(params, "messageId")),
                         .token = std::move(token),
                         .state = state_of(param(params, "status")),
                         .detail = code == "0" ? std::string() : error_detail(code, {})});
}

/// Which kind of message a file is, by its name.
std::string_view kind_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  for (const std::string_view end : {".mp4", ".3gp", ".mov", ".webm"})
    if (url.ends_with(end)) return "video";
  for (const std::string_view end : {".mp3", ".aac", ".amr", ".ogg", ".wav", ".m4a"})
    if (url.ends_with(end)) return "audio";
  return url.ends_with(".vcf") ? "vcard" : "image";
}

/// The parts of the body that depend on media: none is an SMS, with some it is an MMS.
void add_content(json::object& body, const Outgoing& message) {
  const auto& urls = message.media_urls;
  body["channel"] = urls.empty() ? "sms" : "mms";
  if (urls.empty()) {
    body["message_type"] = "text";
    body["text"] = message.text;
  } else if (urls.size() == 1) {
    const std::string_view kind = kind_of(urls.front());
    body["message_type"] = kind;
    json::object item{{"url", urls.front()}};
    if (!message.text.empty()) item["caption"] = message.text;
    body[kind] = std::move(item);
  } else {
    json::array items;
    for (const std::string& url : urls)
      items.push_back(json::object{{"type", kind_of(url)}, {"url", url}});
    if (!message.text.empty()) items.front().get_object()["caption"] = message.text;
    body["message_type"] = "content";
    body["content"] = std::move(items);
  }
}

/// The account's id too.
const std::string& api_key(const Line& line) { return line.key.empty() ? line.account : line.key; }

std::string authorization(const Line& line) {
  return basic_auth(api_key(line), first_secret(line));
}

ApiCall get(const Line& line, std::string url) {
  return {.method = "GET",
          .url = std::move(url),
          .headers = {{"authorization", authorization(line)}, {"accept", "application/json"}},
          .body = {}};
}

ApiCall report(const Line& line, std::string_view direction, std::string_view to, Instant since,
               Instant now) {
  const Instant start = std::max(since, now - kReportWindow);
  return get(line, base_url(line, kApi) + "/v2/reports/records?" +
                       write_form({{.name = "account_id", .value = api_key(line)},
                                   {.name = "product", .value = "MESSAGES"},
                                   {.name = "direction", .value = std::string(direction)},
                                   {.name = "to", .value = without_plus(to)},
                                   {.name = "date_start", .value = wire::format_time(start)},
                                   {.name = "date_end", .value = wire::format_time(now)},
                                   {.name = "include_message", .value = "true"}}));
}

std::string first_of(const json::object& record, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (std::string value = text_in(record, key); !value.empty()) return value;
  return {};
}

std::string record_id(const json::object& record) {
  return first_of(record, {"message_uuid", "message_id", "id"});
}

std::expected<InboundText, std::string> read_record(const json::object& record) {
  const std::string at = first_of(record, {"date_received", "date_finalized", "timestamp"});
  return checked(InboundText{.id = record_id(record),
                             .from = with_plus(text_in(record, "from")),
                             .to = with_plus(text_in(record, "to")),
                             .text = first_of(record, {"message_body", "text"}),
                             .sent_at = read_loose_time(at).value_or(Instant{}),
                             .media = {},
                             .keyword = Keyword::none,
                             .account = text_in(record, "account_id"),
                             .unlisted_media = 0});
}

/// The next page, unless it would leave the API.
std::optional<ApiCall> next_page(const Line& line, const json::object& page) {
  const json::object* links = object_in(page, "_links");
  const json::object* next = links == nullptr ? nullptr : object_in(*links, "next");
  std::string url = next == nullptr ? std::string() : text_in(*next, "href");
  if (!is_below(url, base_url(line, kApi))) return std::nullopt;
  return get(line, std::move(url));
}

class Vonage final : public Adapter {
 public:
  std::string_view name() const override { return "vonage"; }

  std::expected<void, Forged> verify(const HookRequest& request, const Line& line,
                                     Instant now) const override {
    return verify_vonage(request, hook_secrets(line), now);
  }

  std::expected<Hook, std::string> parse(const HookRequest& request) const override {
    const auto params = vonage_params(request);
    if (!params) return std::unexpected(params.error());
    const bool old = has_param(*params, "messageId");
    if (!old && !has_param(*params, "message_uuid"))
      return std::unexpected("the hook is about no message");
    const auto body = old ? json::object{} : parse_object(request.body).value_or(json::object{});
    Hook out;
    if (!has_param(*params, "status")) {
      auto text = old ? read_old_inbound(*params) : read_inbound(body);
      if (!text) return std::unexpected(text.error());
      out.texts.push_back(std::move(*text));
      return out;
    }
    std::string token = query_param(request.target, "m");
    auto receipt =
        old ? read_old_receipt(*params, std::move(token)) : read_receipt(body, std::move(token));
    if (!receipt) return std::unexpected(receipt.error());
    if (receipt->state != DeliveryState::none) out.receipts.push_back(std::move(*receipt));
    return out;
  }

  std::string recipient_account(const HookRequest& request) const override {
    constexpr std::size_t kMaxKey = 64;
    const auto token = peek_jwt(bearer_token(only_header(request.headers, "authorization")));
    const auto claims = token ? parse_object(token->claims) : std::unexpected(std::string());
    std::string key = claims ? text_in(*claims, "api_key") : std::string();
    return key.size() <= kMaxKey ? clean_line(key) : std::string();
  }

  ApiCall send(const Line& line, const Outgoing& message, Instant /*now*/) const override {
    json::object body{{"from", without_plus(line.number)},
                      {"to", without_plus(message.to)},
                      {"client_ref", message.reference}};
    if (!message.status_url.empty()) {
      body["webhook_url"] = message.status_url;
      body["webhook_version"] = "v1";
    }
    add_content(body, message);
    return {.method = "POST",
            .url = base_url(line, kApi) + "/v1/messages",
            .headers = {{"authorization", authorization(line)},
                        {"accept", "application/json"},
                        {"content-type", "application/json"}},
            .body = json::serialize(body)};
  }

  SendAnswer read_send(const ApiAnswer& answer) const override {
    SendAnswer out = judge(answer);
    const auto body = parse_object(answer.body);
    if (!body) return out;
    if (out.state == DeliveryState::sent)
      out.id = text_in(*body, "message_uuid");
    else if (std::string detail = problem_detail(*body); !detail.empty())
      out.detail = std::move(detail);
    return out;
  }

  std::optional<ApiCall> list(const Line& line, Instant since, Instant now) const override {
    return report(line, "inbound", line.number, since, now);
  }

  std::expected<Listed, std::string> read_list(const Line& line, const ApiAnswer& answer,
                                               Instant /*since*/, Instant /*now*/) const override {
    const auto page = read_object(answer);
    if (!page) return std::unexpected(page.error());
    Listed out;
    if (const json::array* records = array_in(*page, "records"))
      for (const json::value& value : *records)
        if (const json::object* record = value.if_object(); record && out.texts.size() < kMaxBatch)
          if (auto text = read_record(*record)) out.texts.push_back(std::move(*text));
    out.next = next_page(line, *page);
    return out;
  }

  std::optional<ApiCall> look_up(const Line& line, const Outgoing& message, Instant since,
                                 Instant now) const override {
    return report(line, "outbound", message.to, since - kClockSlack, now);
  }

  std::expected<Found, std::string> read_look_up(const Line& line, const Outgoing& message,
                                                 const ApiAnswer& answer,
                                                 Instant /*since*/) const override {
    const auto page = read_object(answer);
    if (!page) return std::unexpected(page.error());
    Found out;
    if (const json::array* records = array_in(*page, "records"))
      for (const json::value& value : *records) {
        const json::object* record = value.if_object();
        if (record == nullptr || text_in(*record, "client_ref") != message.reference) continue;
        const DeliveryState state = state_of(text_in(*record, "status"));
        out.sent = SendAnswer{.state = state == DeliveryState::none ? DeliveryState::sent : state,
                              .id = record_id(*record),
                              .detail = error_detail(text_in(*record, "error_code"),
                                                     text_in(*record, "error_code_description"))};
        return out;
      }
    out.next = next_page(line, *page);
    return out;
  }
  Duration settling_time() const override { return minutes(15); }

  Headers media_headers(const Line& line, std::string_view url) const override {
    // Media are kept in regions: api-us-1.nexmo.com and the like.
    const std::string_view host = url.substr(0, url.find('/', std::string_view("https://").size()));
    const bool theirs = host.starts_with("https://api-") && host.ends_with(".nexmo.com") &&
                        is_below(url, host) && host.find_first_of("@:?#\\", 8) == host.npos;
    if (!theirs && !is_below(url, base_url(line, kApi))) return {};
    return {{"authorization", authorization(line)}};
  }
};

}  // namespace

const Adapter& vonage_adapter() {
  static const Vonage adapter;
  return adapter;
}

}  // namespace deskwire::sms
