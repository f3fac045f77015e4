// SPDX-License-Identifier: Apache-2.0
#include "auth/phone_keys.hpp"

#include <charconv>

#include "auth/mail_keys.hpp"

namespace deskwire {
namespace {

constexpr std::string_view kDelivery = "sms";

}  // namespace

IdentityContent phone_identity(const KeyHasher& hasher, std::string_view e164) {
  return phone_identity(hasher, {}, e164);
}

IdentityContent sender_identity(const KeyHasher& hasher, std::string_view sender) {
  return {.key = hasher.key("sender", sender),
          .kind = "sender",
          .value = std::string(sender),
          .name = {}};
}

IdentityContent number_identity(const KeyHasher& hasher, std::string_view number) {
  return number.starts_with('+') ? phone_identity(hasher, number) : sender_identity(hasher, number);
}

Key sms_conversation_key(const KeyHasher& hasher, std::string_view ours, std::string_view theirs) {
  return hasher.key("sms conversation", std::string(ours).append(":").append(theirs));
}

std::string message_reference(MessageId message) { return "m" + std::to_string(message.value); }

std::string delivery_token(const KeyHasher& hasher, MessageId message) {
  return message_reference(message) + "." + hasher.sign(kDelivery, message.value);
}

MessageId read_delivery_token(const KeyHasher& hasher, std::string_view token, bool bare_too) {
  if (!token.starts_with('m')) return {};
  MessageId id;
  const char* const end = token.data() + token.size();
  const auto [rest, error] = std::from_chars(token.data() + 1, end, id.value);
  if (error != std::errc{}) return {};
  if (rest == end) return bare_too ? id : MessageId{};
  const std::string_view signature(rest + 1, static_cast<std::size_t>(end - rest - 1));
  return *rest == '.' && hasher.verify(kDelivery, id.value, signature) ? id : MessageId{};
}

}  // namespace deskwire
