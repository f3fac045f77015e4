// SPDX-License-Identifier: Apache-2.0
#include "http/form.hpp"

#include <algorithm>

namespace deskwire {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  // Most fields of most hooks are plain.
  const std::size_t plain = std::min(text.find_first_of("%+"), text.size());
  std::string out;
  out.reserve(text.size());
  out.append(text, 0, plain);
  for (std::size_t i = plain; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool has_type(const Headers& headers, std::string_view wanted) {
  std::string_view type = only_header(headers, "content-type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return std::ranges::equal(type, wanted, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
}

}  // namespace

std::expected<Params, std::string> parse_form(std::string_view text) {
  Params out;
  out.reserve(std::min<std::size_t>(kMaxParams, 1 + std::ranges::count(text, '&')));
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (part.empty()) continue;
    if (out.size() == kMaxParams) return std::unexpected("the form has too many fields");
    const auto equals = part.find('=');
    auto name = decode(part.substr(0, equals));
    auto value =
        decode(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1));
    if (!name || !value) return std::unexpected("the form has a broken percent escape");
    out.push_back({.name = std::move(*name), .value = std::move(*value)});
  }
  return out;
}

std::string_view query_of(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  return question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
}

std::string_view param(const Params& params, std::string_view name) {
  const auto found = std::ranges::find(params, name, &Param::name);
  return found == params.end() ? std::string_view{} : found->value;
}

bool has_param(const Params& params, std::string_view name) {
  return std::ranges::find(params, name, &Param::name) != params.end();
}

std::string query_param(std::string_view target, std::string_view name) {
  const auto params = parse_form(query_of(target));
  return params ? std::string(param(*params, name)) : std::string();
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

std::string write_form(const Params& params) {
  std::string out;
  for (const Param& each : params) {
    if (!out.empty()) out += '&';
    out.append(percent_encode(each.name)).append("=").append(percent_encode(each.value));
  }
  return out;
}

std::string_view only_header(const Headers& headers, std::string_view name) {
  std::string_view found;
  bool seen = false;
  for (const auto& [key, value] : headers) {
    if (key != name) continue;
    if (seen) return {};
    seen = true;
    found = value;
  }
  return found;
}

bool is_form(const Headers& headers) {
  return has_type(headers, "application/x-www-form-urlencoded");
}
bool is_json(const Headers& headers) { return has_type(headers, "application/json"); }

}  // namespace deskwire
