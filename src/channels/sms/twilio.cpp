// SPDX-License-Identifier: Apache-2.0
// Twilio: Programmable Messaging, API version 2010-04-01. It keeps no reference of ours with a
// message, so a look-up has to recognise the message by its recipient, time and text.
#include <algorithm>
#include <charconv>

#include "channels/sms/adapters.hpp"
#include "channels/sms/fields.hpp"
#include "channels/sms/times.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/form.hpp"
#include "http/twilio_signature.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

constexpr std::string_view kApi = "https://api.twilio.com";
constexpr std::string_view kVersion = "/2010-04-01";
constexpr std::string_view kPageSize = "100";
/// How far Twilio's clock may be behind ours before a message of ours is taken for an older one.
constexpr Duration kClockSlack = minutes(2);

Forged forged(TwilioFault fault) {
  switch (fault) {
    case TwilioFault::no_signature:
      return Forged::no_signature;
    case TwilioFault::wrong_signature:
      return Forged::wrong_signature;
    case TwilioFault::malformed:
      return Forged::malformed;
  }
  return Forged::malformed;
}

std::expected<Params, std::string> fields_of(const HookRequest& request) {
  if (request.method == "GET") return parse_form(query_of(request.target));
  if (!is_form(request.headers)) return std::unexpected("the hook is not a form");
  return parse_form(request.body);
}

/// Every state in which Twilio has the message is `sent`, those before its own "sent" too.
DeliveryState state_of(std::string_view status) {
  for (const std::string_view taken : {"accepted", "scheduled", "queued", "sending", "sent"})
    if (status == taken) return DeliveryState::sent;
  for (const std::string_view there : {"delivered", "read", "partially_delivered"})
    if (status == there) return DeliveryState::delivered;
  for (const std::string_view lost : {"undelivered", "failed", "canceled"})
    if (status == lost) return DeliveryState::failed;
  return DeliveryState::none;
}

bool is_inbound(std::string_view status) {
  return status.empty() || status == "received" || status == "receiving";
}

std::string_view first_of(const Params& fields, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const auto value = param(fields, name); !value.empty()) return value;
  return {};
}

unsigned read_count(std::string_view text) {
  unsigned count = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), count);
  return ec == std::errc{} && end == text.data() + text.size() ? count : 0;
}

Keyword keyword_of(std::string_view type) {
  if (type == "STOP") return Keyword::stop;
  if (type == "START") return Keyword::start;
  return type == "HELP" ? Keyword::help : Keyword::none;
}

std::expected<InboundText, std::string> read_inbound(const Params& fields) {
  InboundText text{.id = std::string(first_of(fields, {"MessageSid", "SmsMessageSid", "SmsSid"})),
                   .from = std::string(param(fields, "From")),
                   .to = std::string(param(fields, "To")),
                   .text = std::string(param(fields, "Body")),
                   .sent_at = {},
                   .media = {},
                   .keyword = keyword_of(param(fields, "OptOutType")),
                   .account = std::string(param(fields, "AccountSid")),
                   .unlisted_media = 0};
  const unsigned count = std::min<unsigned>(read_count(param(fields, "NumMedia")), kMaxMedia);
  for (unsigned i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    text.media.push_back({.url = std::string(param(fields, "MediaUrl" + n)),
                          .type = std::string(param(fields, "MediaContentType" + n))});
  }
  return checked(std::move(text));
}

std::string account_path(const Line& line) {
  return std::string(kVersion) + "/Accounts/" + percent_encode(line.account);
}

ApiCall call(const Line& line, std::string method, std::string_view path) {
  const std::string_view user = line.key.empty() ? line.account : line.key;
  return {.method = std::move(method),
          .url = base_url(line, kApi).append(path),
          .headers = {{"authorization", basic_auth(user, first_secret(line))},
                      {"accept", "application/json"}},
          .body = {}};
}

/// The call for the next page, unless it would leave the API.
std::optional<ApiCall> next_page(const Line& line, const json::object& page) {
  const std::string path = text_in(page, "next_page_uri");
  if (!path.starts_with('/') || !is_below(base_url(line, kApi) + path, base_url(line, kApi)))
    return std::nullopt;
  return call(line, "GET", path);
}

std::optional<Instant> created_at(const json::object& message) {
  if (const auto at = read_mail_time(text_in(message, "date_sent"))) return at;
  return read_mail_time(text_in(message, "date_created"));
}

/// Twilio's times have no milliseconds. One that cannot be read is not held against a message.
bool is_since(const json::object& message, Instant since) {
  const auto at = created_at(message);
  return !at || at->ms >= since.ms / 1000 * 1000;
}

std::expected<InboundText, std::string> read_listed(const json::object& message) {
  return checked(InboundText{.id = text_in(message, "sid"),
                             .from = text_in(message, "from"),
                             .to = text_in(message, "to"),
                             .text = text_in(message, "body"),
                             .sent_at = created_at(message).value_or(Instant{}),
                             .media = {},
                             .keyword = Keyword::none,
                             .account = text_in(message, "account_sid"),
                             .unlisted_media = read_count(text_in(message, "num_media"))});
}

/// Calls `each` for the messages of a page that are not older than `since`, newest first; the next
/// page, unless this one reached further back already.
template <class Each>
std::optional<ApiCall> read_page(const Line& line, const json::object& page, Instant since,
                                 Each each) {
  const json::array* messages = array_in(page, "messages");
  if (messages == nullptr) return std::nullopt;
  bool reached_back = messages->empty();
  std::size_t count = 0;
  for (const json::value& value : *messages) {
    const json::object* message = value.if_object();
    if (message == nullptr || ++count > kMaxBatch) continue;
    if (is_since(*message, since))
      each(*message);
    else
      reached_back = true;
  }
  return reached_back ? std::nullopt : next_page(line, page);
}

/// Whether a listed message is the one we wanted to send.
bool is_same(const json::object& message, const Outgoing& wanted) {
  const std::string id = text_in(message, "sid");
  return !id.empty() && text_in(message, "direction").starts_with("outbound") &&
         text_in(message, "to") == wanted.to && same_text(text_in(message, "body"), wanted.text) &&
         std::ranges::find(wanted.other_ids, id) == wanted.other_ids.end();
}

class Twilio final : public Adapter {
 public:
  std::string_view name() const override { return "twilio"; }

  std::expected<void, Forged> verify(const HookRequest& request, const Line& line,
                                     Instant /*now*/) const override {
    const auto verdict = verify_twilio({.target = request.target,
                                        .public_urls = request.public_urls,
                                        .headers = request.headers,
                                        .body = request.body},
                                       hook_secrets(line));
    if (verdict) return {};
    return std::unexpected(forged(verdict.error()));
  }

  std::expected<Hook, std::string> parse(const HookRequest& request) const override {
    const auto fields = fields_of(request);
    if (!fields) return std::unexpected(fields.error());
    Hook out;
    const std::string_view status = first_of(*fields, {"MessageStatus", "SmsStatus"});
    if (is_inbound(status)) {
      auto text = read_inbound(*fields);
      if (!text) return std::unexpected(text.error());
      out.texts.push_back(std::move(*text));
      return out;
    }
    auto receipt = checked(Receipt{
        .id = std::string(first_of(*fields, {"MessageSid", "SmsSid"})),
        .token = query_param(request.target, "m"),
        .state = state_of(status),
        .detail = error_detail(param(*fields, "ErrorCode"), param(*fields, "ErrorMessage"))});
    if (!receipt) return std::unexpected(receipt.error());
    if (receipt->state != DeliveryState::none) out.receipts.push_back(std::move(*receipt));
    return out;
  }

  std::string recipient_account(const HookRequest& request) const override {
    constexpr std::size_t kMaxSid = 64;
    const auto fields = fields_of(request);
    const std::string_view sid = fields ? param(*fields, "AccountSid") : std::string_view{};
    return sid.size() <= kMaxSid ? clean_line(sid) : std::string();
  }

  Reply reply() const override {
    return {.status = 200, .type = "text/xml", .body = "<Response/>"};
  }

  ApiCall send(const Line& line, const Outgoing& message, Instant /*now*/) const override {
    Params form{{.name = "To", .value = message.to}};
    if (line.messaging_service.empty())
      form.push_back({.name = "From", .value = line.number});
    else
      form.push_back({.name = "MessagingServiceSid", .value = line.messaging_service});
    if (!message.text.empty()) form.push_back({.name = "Body", .value = message.text});
    if (!message.status_url.empty())
      form.push_back({.name = "StatusCallback", .value = message.status_url});
    for (const std::string& url : message.media_urls)
      form.push_back({.name = "MediaUrl", .value = url});
    ApiCall out = call(line, "POST", account_path(line) + "/Messages.json");
    out.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    out.body = write_form(form);
    return out;
  }

  SendAnswer read_send(const ApiAnswer& answer) const override {
    SendAnswer out = judge(answer);
    const auto body = parse_object(answer.body);
    if (!body) return out;
    if (out.state == DeliveryState::sent)
      out.id = text_in(*body, "sid");
    else if (const auto code = text_in(*body, "code"); !code.empty())
      out.detail = error_detail(code, text_in(*body, "message"));
    return out;
  }

  std::optional<ApiCall> list(const Line& line, Instant since, Instant /*now*/) const override {
    return call(line, "GET",
                account_path(line) + "/Messages.json?" +
                    write_form({{.name = "To", .value = line.number},
                                {.name = "DateSent>", .value = date_of(since)},
                                {.name = "PageSize", .value = std::string(kPageSize)}}));
  }

  std::expected<Listed, std::string> read_list(const Line& line, const ApiAnswer& answer,
                                               Instant since, Instant /*now*/) const override {
    const auto page = read_object(answer);
    if (!page) return std::unexpected(page.error());
    Listed out;
    out.next = read_page(line, *page, since, [&](const json::object& message) {
      if (text_in(message, "direction") != "inbound") return;
      if (auto text = read_listed(message)) out.texts.push_back(std::move(*text));
    });
    return out;
  }

  std::optional<ApiCall> list_media(const Line& line, const InboundText& text) const override {
    if (text.unlisted_media == 0) return std::nullopt;
    return call(line, "GET",
                account_path(line) + "/Messages/" + percent_encode(text.id) + "/Media.json");
  }

  std::expected<std::vector<MediaLink>, std::string> read_media(
      const Line& line, const ApiAnswer& answer) const override {
    const auto page = read_object(answer);
    if (!page) return std::unexpected(page.error());
    std::vector<MediaLink> out;
    const json::array* media = array_in(*page, "media_list");
    for (const json::value& value : media != nullptr ? *media : json::array{}) {
      const json::object* each = value.if_object();
      if (each == nullptr || out.size() == kMaxMedia) continue;
      // The description of the file ends in .json, the file itself is beside it.
      std::string path = text_in(*each, "uri");
      if (path.ends_with(".json")) path.resize(path.size() - std::string_view(".json").size());
      const std::string url = base_url(line, kApi) + path;
      if (path.starts_with('/') && is_below(url, base_url(line, kApi)))
        out.push_back({.url = url, .type = clean_line(text_in(*each, "content_type"))});
    }
    return out;
  }

  /// Newest first and without a time: one that waits at Twilio has no DateSent yet.
  std::optional<ApiCall> look_up(const Line& line, const Outgoing& message, Instant /*since*/,
                                 Instant /*now*/) const override {
    Params query{{.name = "To", .value = message.to}};
    if (line.messaging_service.empty()) query.push_back({.name = "From", .value = line.number});
    query.push_back({.name = "PageSize", .value = std::string(kPageSize)});
    return call(line, "GET", account_path(line) + "/Messages.json?" + write_form(query));
  }

  std::expected<Found, std::string> read_look_up(const Line& line, const Outgoing& message,
                                                 const ApiAnswer& answer,
                                                 Instant since) const override {
    const auto page = read_object(answer);
    if (!page) return std::unexpected(page.error());
    Found out;
    out.next = read_page(line, *page, since - kClockSlack, [&](const json::object& each) {
      if (!is_same(each, message)) return;
      const DeliveryState state = state_of(text_in(each, "status"));
      out.sent = SendAnswer{
          .state = state == DeliveryState::none ? DeliveryState::sent : state,
          .id = text_in(each, "sid"),
          .detail = error_detail(text_in(each, "error_code"), text_in(each, "error_message"))};
    });
    if (out.sent) out.next.reset();
    return out;
  }

  Headers media_headers(const Line& line, std::string_view url) const override {
    if (!is_below(url, base_url(line, kApi))) return {};
    return {call(line, "GET", {}).headers.front()};
  }
};

}  // namespace

const Adapter& twilio_adapter() {
  static const Twilio adapter;
  return adapter;
}

}  // namespace deskwire::sms
