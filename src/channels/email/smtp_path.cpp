// SPDX-License-Identifier: Apache-2.0
#include "channels/email/smtp_path.hpp"

#include <algorithm>
#include <optional>

#include "deskwire/base/utf8.hpp"

namespace deskwire::email {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, upper, upper);
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
}

/// Length of the path up to `stop` outside quotes; nothing when a quote stays open or `stop` never
/// comes.
std::optional<std::size_t> path_length(std::string_view text, char stop, bool end_is_fine) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      quoted = !quoted;
    else if (quoted && text[i] == '\\')
      ++i;
    else if (!quoted && text[i] == stop)
      return i;
  }
  return end_is_fine && !quoted ? std::optional(text.size()) : std::nullopt;
}

/// "@relay,@other:user@host" → "user@host"; RFC 5321 §4.1.1.3 says to ignore source routes.
std::string_view without_route(std::string_view path) {
  if (!path.starts_with('@')) return path;
  const auto colon = path.find(':');
  return colon == std::string_view::npos ? path : path.substr(colon + 1);
}

bool is_quoted_local(std::string_view local) {
  if (local.size() < 3 || local.front() != '"') return false;
  const auto end = path_length(local, '\0', true);
  return end.has_value() && local.back() == '"';
}

bool is_dot_local(std::string_view local) {
  constexpr std::string_view kSpecial = "()<>[]:;@\\,\" ";
  return !local.empty() &&
         std::ranges::none_of(local, [&](char c) { return kSpecial.contains(c); });
}

bool is_domain(std::string_view domain) {
  if (domain.starts_with('[')) return domain.size() > 2 && domain.ends_with(']');
  if (domain.empty() || domain.size() > 255 || domain.front() == '.' || domain.front() == '-')
    return false;
  if (domain.contains("..")) return false;
  return std::ranges::all_of(domain, [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= 0x80 || (u >= '0' && u <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z') ||
           c == '-' || c == '.' || c == '_';
  });
}

/// Local part alone ("postmaster") or local@domain.
bool is_address(std::string_view address) {
  const auto at = address.rfind('@');
  const auto local = address.substr(0, at);
  if (!is_dot_local(local) && !is_quoted_local(local)) return false;
  return at == std::string_view::npos || is_domain(address.substr(at + 1));
}

bool is_parameter_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= '0' && c <= '9') || (upper(c) >= 'A' && upper(c) <= 'Z') || c == '-';
  });
}

/// " SIZE=12 BODY=8BITMIME"; nothing when a word is no parameter.
std::optional<std::vector<SmtpParameter>> parse_parameters(std::string_view text) {
  std::vector<SmtpParameter> out;
  for (skip_spaces(text); !text.empty(); skip_spaces(text)) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals);
    if (!is_parameter_key(key)) return std::nullopt;
    out.push_back({ascii_upper(key),
                   equals == std::string_view::npos ? "" : std::string(word.substr(equals + 1))});
  }
  return out;
}

}  // namespace

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), upper);
  return out;
}

std::expected<SmtpPathArgument, SmtpPathError> parse_path_argument(std::string_view keyword,
                                                                   std::string_view argument) {
  if (argument.size() < keyword.size() || !same_word(argument.substr(0, keyword.size()), keyword)) {
    return std::unexpected(SmtpPathError::syntax);
  }
  argument.remove_prefix(keyword.size());
  skip_spaces(argument);
  if (argument.empty()) return std::unexpected(SmtpPathError::syntax);
  const bool bracketed = argument.starts_with('<');
  if (bracketed) argument.remove_prefix(1);
  const auto length = path_length(argument, bracketed ? '>' : ' ', !bracketed);
  if (!length) return std::unexpected(SmtpPathError::syntax);
  if (*length > kMaxPathBytes) return std::unexpected(SmtpPathError::too_long);
  const auto address = without_route(argument.substr(0, *length));
  auto rest = argument.substr(*length + (bracketed ? 1 : 0));
  if (!rest.empty() && rest.front() != ' ') return std::unexpected(SmtpPathError::syntax);
  auto parameters = parse_parameters(rest);
  if (!parameters) return std::unexpected(SmtpPathError::syntax);
  const bool null_path = address.empty() && bracketed;
  if (!null_path && (!is_utf8(address) || !is_address(address)))
    return std::unexpected(SmtpPathError::bad_address);
  return SmtpPathArgument{std::string(address), std::move(*parameters), is_ascii(address)};
}

}  // namespace deskwire::email
