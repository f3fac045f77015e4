// SPDX-License-Identifier: Apache-2.0
#include "auth/mail_keys.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

namespace deskwire {
namespace {

constexpr std::size_t kMaxAddressBytes = 320;  // RFC 5321 §4.5.3.1: 64 + 1 + 255.

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_brackets(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '<' && text.back() == '>')
    text = trim(text.substr(1, text.size() - 2));
  return text;
}

bool usable_address(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size() ||
      address.size() > kMaxAddressBytes)
    return false;
  return std::ranges::none_of(address, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '<' || c == '>';
  });
}

/// E.164: a plus and what a telephone can dial.
bool usable_number(std::string_view number) {
  return number.size() >= 8 && number.size() <= 16 && number.front() == '+' &&
         std::ranges::all_of(number.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

struct TokenParts {
  char kind = 0;
  std::uint64_t id = 0;
  std::string_view signature;
};

std::optional<TokenParts> split_token(std::string_view text) {
  TokenParts parts;
  if (text.empty()) return std::nullopt;
  parts.kind = static_cast<char>(text.front() | 0x20);
  if (parts.kind != 't' && parts.kind != 'b') return std::nullopt;
  const char* const end = text.data() + text.size();
  const auto [dot, error] = std::from_chars(text.data() + 1, end, parts.id);
  if (error != std::errc{} || parts.id == 0 || dot == end || *dot != '.') return std::nullopt;
  const std::string_view rest(dot + 1, static_cast<std::size_t>(end - dot - 1));
  if (rest.size() < KeyHasher::kSignatureChars) return std::nullopt;
  if (rest.size() > KeyHasher::kSignatureChars && rest[KeyHasher::kSignatureChars] != '.')
    return std::nullopt;
  parts.signature = rest.substr(0, KeyHasher::kSignatureChars);
  return parts;
}

constexpr std::string_view kTicket = "ticket-token";
constexpr std::string_view kBounce = "bounce-token";

}  // namespace

std::string normalise_email(std::string_view address) {
  std::string out(without_brackets(address));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

IdentityContent email_identity(const KeyHasher& hasher, std::string_view name,
                               std::string_view address) {
  IdentityContent identity{
      .key = {}, .kind = "email", .value = normalise_email(address), .name = std::string(name)};
  if (usable_address(identity.value)) identity.key = hasher.key("email", identity.value);
  return identity;
}

IdentityContent phone_identity(const KeyHasher& hasher, std::string_view name,
                               std::string_view e164) {
  IdentityContent identity{
      .key = {}, .kind = "phone", .value = std::string(e164), .name = std::string(name)};
  if (usable_number(e164)) identity.key = hasher.key("phone", e164);
  return identity;
}

Key message_id_key(const KeyHasher& hasher, std::string_view message_id) {
  return hasher.key("message-id", without_brackets(message_id));
}

Key subject_key(const KeyHasher& hasher, std::string_view normalised_subject) {
  return hasher.key("subject", normalised_subject);
}

std::string draw_message_id(const KeyHasher& hasher, std::string_view domain, TicketId ticket) {
  std::array<std::uint8_t, 16> random{};
  randombytes_buf(random.data(), random.size());
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  if (ticket) id = ticket_token(hasher, ticket) + '.';
  for (const std::uint8_t byte : random) {
    id += kHex[byte >> 4];
    id += kHex[byte & 15];
  }
  id += '@';
  return id.append(domain);
}

std::string ticket_token(const KeyHasher& hasher, TicketId ticket) {
  return "t" + std::to_string(ticket.value) + "." + hasher.sign(kTicket, ticket.value);
}

std::string bounce_token(const KeyHasher& hasher, MessageId message) {
  return "b" + std::to_string(message.value) + "." + hasher.sign(kBounce, message.value);
}

std::optional<MailToken> read_mail_token(const KeyHasher& hasher, std::string_view text) {
  const auto parts = split_token(text);
  if (!parts) return std::nullopt;
  if (!hasher.verify(parts->kind == 't' ? kTicket : kBounce, parts->id, parts->signature))
    return std::nullopt;
  return parts->kind == 't' ? MailToken{.ticket = {parts->id}, .message = {}}
                            : MailToken{.ticket = {}, .message = {parts->id}};
}

bool looks_like_mail_token(std::string_view text) { return split_token(text).has_value(); }

}  // namespace deskwire
