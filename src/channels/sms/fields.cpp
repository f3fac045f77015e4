// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/fields.hpp"

#include <algorithm>
#include <boost/json/value.hpp>

#include "auth/signatures.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/json.hpp"
#include "http/origin.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxIdBytes = 200;
constexpr std::size_t kMaxNumberBytes = 100;  ///< Names of senders and addresses of bridges too.
constexpr std::size_t kMaxUrlBytes = 4096;
/// The shortest run of digits that may be somebody's number.
constexpr std::size_t kPhoneDigits = 7;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Replaces runs of digits, with what people put between them, that are long enough for a phone.
std::string without_numbers(std::string_view text) {
  constexpr std::string_view kBetween = "+-() ./";
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i, digits = 0, last = i;
    while (end < text.size() &&
           (is_digit(text[end]) || kBetween.find(text[end]) != std::string_view::npos)) {
      if (is_digit(text[end])) ++digits, last = end + 1;
      ++end;
    }
    if (digits >= kPhoneDigits) {
      // What stands before and behind the number itself is kept.
      std::size_t begin = i;
      while (text[begin] != '+' && !is_digit(text[begin])) ++begin;
      out.append(text.substr(i, begin - i)).append("…").append(text.substr(last, end - last));
    } else {
      end = std::max(end, i + 1);
      out += text.substr(i, end - i);
    }
    i = end;
  }
  return out;
}

std::vector<MediaLink> checked_media(std::vector<MediaLink> media) {
  std::vector<MediaLink> out;
  for (MediaLink& link : media) {
    if (out.size() == kMaxMedia) break;
    if (link.url.empty() || link.url.size() > kMaxUrlBytes || clean_line(link.url) != link.url)
      continue;
    link.type = utf8_prefix(clean_line(link.type), kMaxNumberBytes);
    out.push_back(std::move(link));
  }
  return out;
}

}  // namespace

std::span<const std::string> hook_secrets(const Line& line) {
  return line.hook_secrets.empty() ? line.secrets : line.hook_secrets;
}

std::expected<json::object, std::string> parse_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value) return std::unexpected(value.error());
  if (!value->is_object()) return std::unexpected("not a JSON object");
  return std::move(value->get_object());
}

std::string text_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (const json::string* text = value->if_string()) return {text->data(), text->size()};
  return value->is_number() || value->is_bool() ? json::serialize(*value) : std::string();
}

const json::object* object_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

const json::array* array_in(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

std::expected<InboundText, std::string> checked(InboundText text) {
  if (text.id.size() > kMaxIdBytes || text.from.size() > kMaxNumberBytes ||
      text.to.size() > kMaxNumberBytes)
    return std::unexpected("the message has an absurdly long id, sender or recipient");
  text.id = clean_line(text.id);
  text.from = clean_line(text.from);
  text.to = clean_line(text.to);
  if (text.id.empty()) return std::unexpected("the message has no id");
  if (text.from.empty()) return std::unexpected("the message has no sender");
  if (text.to.empty()) return std::unexpected("the message has no recipient");
  text.text = utf8_prefix(clean_text(text.text), kMaxTextBytes);
  text.account = utf8_prefix(clean_line(text.account), kMaxIdBytes);
  text.media = checked_media(std::move(text.media));
  return text;
}

std::expected<Receipt, std::string> checked(Receipt receipt) {
  if (receipt.id.size() > kMaxIdBytes || receipt.token.size() > kMaxIdBytes)
    return std::unexpected("the receipt has an absurdly long id");
  receipt.id = clean_line(receipt.id);
  receipt.token = clean_line(receipt.token);
  if (receipt.id.empty() && receipt.token.empty())
    return std::unexpected("the receipt says nothing of which message it is");
  return receipt;
}

std::string error_detail(std::string_view code, std::string_view text) {
  std::string out = clean_line(utf8_prefix(code, kMaxDetailBytes / 2));
  const std::string rest = without_numbers(clean_line(utf8_prefix(text, kMaxDetailBytes * 4)));
  if (!out.empty() && !rest.empty()) out += ' ';
  out += rest;
  return std::string(utf8_prefix(out, kMaxDetailBytes));
}

std::string with_plus(std::string_view number) {
  // Short codes have at most six digits, E.164 at most fifteen and no leading zero.
  const bool international = number.size() > 6 && number.size() <= 15 && number.front() != '0' &&
                             std::ranges::all_of(number, is_digit);
  return (international ? "+" : "") + std::string(number);
}

std::string without_plus(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return std::string(number);
}

bool same_text(std::string_view a, std::string_view b) {
  const auto core = [](std::string_view text) {
    std::string out;
    for (const char c : text)
      if (is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) out += c;
    return out;
  };
  return a == b || (!core(a).empty() && core(a) == core(b));
}

std::string base_url(const Line& line, std::string_view own) {
  return line.api_base.empty() ? std::string(own) : line.api_base;
}

std::string basic_auth(std::string_view user, std::string_view password) {
  return "Basic " + base64(std::string(user).append(":").append(password));
}

std::string_view first_secret(const Line& line) {
  return line.secrets.empty() ? std::string_view{} : line.secrets.front();
}

bool is_below(std::string_view url, std::string_view base) {
  const auto is_plain = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
  const std::string origin = origin_of(url);
  return !origin.empty() && url.size() <= kMaxUrlBytes && std::ranges::all_of(url, is_plain) &&
         origin == origin_of(base);
}

SendAnswer judge(const ApiAnswer& answer) {
  const auto verdict = [](DeliveryState state, std::string detail) {
    return SendAnswer{.state = state, .id = {}, .detail = std::move(detail)};
  };
  if (!answer.reached) return verdict(DeliveryState::queued, "the provider could not be reached");
  const unsigned status = answer.status;
  if (status == 0) return verdict(DeliveryState::unknown, "the connection broke before an answer");
  if (status >= 200 && status < 300) return verdict(DeliveryState::sent, {});
  const std::string detail = "HTTP " + std::to_string(status);
  switch (status) {
    case 401:  // Someone has to mend the account; the message can wait for it.
    case 402:
    case 408:  // The request did not arrive whole.
    case 425:
    case 429:
    case 503:
      return verdict(DeliveryState::queued, detail);
    default:
      return verdict(status >= 300 && status < 500 ? DeliveryState::failed : DeliveryState::unknown,
                     detail);
  }
}

std::expected<json::object, std::string> read_object(const ApiAnswer& answer) {
  const SendAnswer verdict = judge(answer);
  if (verdict.state != DeliveryState::sent) return std::unexpected(verdict.detail);
  return parse_object(answer.body);
}

}  // namespace deskwire::sms
