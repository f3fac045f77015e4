// SPDX-License-Identifier: Apache-2.0
#include "http/message.hpp"

#include <algorithm>
#include <ranges>

namespace deskwire {
namespace {

constexpr std::size_t kMaxSegments = 16;
constexpr std::size_t kMaxQueryValues = 32;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Percent-decodes; controls are refused whether they came encoded or not.
std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    out += c;
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Calls `each` for every part between separators, until it answers false.
template <class Each>
bool split(std::string_view text, char separator, Each each) {
  for (;;) {
    const auto end = text.find(separator);
    if (!each(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

bool parse_path(std::string_view text, std::vector<std::string>& out) {
  if (text == "/") return true;
  return split(text.substr(1), '/', [&](std::string_view part) {
    auto segment = decode(part, false);
    if (!segment || *segment == "." || *segment == ".." || out.size() == kMaxSegments) return false;
    out.push_back(std::move(*segment));
    return true;
  });
}

bool parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& out) {
  return split(text, '&', [&](std::string_view part) {
    if (part.empty()) return true;
    const auto equals = part.find('=');
    auto key = decode(part.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : decode(part.substr(equals + 1), true);
    if (!key || !value || out.size() == kMaxQueryValues) return false;
    out.emplace_back(std::move(*key), std::move(*value));
    return true;
  });
}

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::size_t HttpRequest::header_count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count(headers, name, [](const auto& h) { return std::string_view(h.first); }));
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
  for (const auto& [key, value] : query | std::views::reverse)
    if (key == name) return value;
  return std::nullopt;
}

std::optional<std::string_view> HttpRequest::cookie(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : headers) {
    if (key != "cookie") continue;
    split(value, ';', [&](std::string_view part) {
      part = trimmed(part);
      const auto equals = part.find('=');
      if (equals == std::string_view::npos || part.substr(0, equals) != name) return true;
      found = part.substr(equals + 1);
      return false;
    });
    if (found) break;
  }
  return found;
}

HttpResponse& HttpResponse::set(std::string_view name, std::string value) {
  for (auto& [key, old] : headers) {
    if (key != name) continue;
    old = std::move(value);
    return *this;
  }
  headers.emplace_back(name, std::move(value));
  return *this;
}

HttpResponse json_response(std::uint16_t status, std::string body) {
  HttpResponse out{.status = status, .headers = {}, .body = std::move(body)};
  out.set("content-type", "application/json");
  return out;
}

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

std::optional<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  Target out;
  if (!parse_path(target.substr(0, question), out.path)) return std::nullopt;
  if (question != std::string_view::npos && !parse_query(target.substr(question + 1), out.query))
    return std::nullopt;
  return out;
}

}  // namespace deskwire
