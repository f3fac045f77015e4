// SPDX-License-Identifier: Apache-2.0
#include "channels/chat/visitor.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "auth/mail_keys.hpp"
#include "auth/session_token.hpp"
#include "auth/signatures.hpp"
#include "codec/wire.hpp"
#include "deskwire/base/utf8.hpp"
#include "http/jwt.hpp"

namespace deskwire::chat {

namespace json = boost::json;

namespace {

constexpr std::size_t kIdChars = 22;  ///< 131 bits.
constexpr std::size_t kNameBytes = 200, kEmailBytes = 320, kUserBytes = 200;
/// A page may stay open for a working day before it opens the chat.
constexpr Duration kJwtMaxAge = hours(24);

using Kind = ClaimRefused::Kind;

std::unexpected<ClaimRefused> unexpected(Kind kind, std::string detail) {
  return std::unexpected(ClaimRefused{kind, std::move(detail)});
}

std::string place_of(const Place& place, std::string_view id) {
  return std::to_string(place.id.value).append(":").append(id);
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_id_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool is_mail_address(std::string_view text) {
  // Whether it is usable is what identities ask; the key itself does not matter here.
  static const KeyHasher any{KeyHasher::Secret{}};
  return bool(email_identity(any, {}, text).key);
}

std::string member(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr) return {};
  if (value->is_string()) return std::string(value->get_string());
  // Ids are numbers in many a shop.
  if (value->is_uint64() || value->is_int64()) return json::serialize(*value);
  return {};
}

void take_profile(const json::object& said, Card& card) {
  if (std::string shown = clean_line(member(said, "name")); !shown.empty())
    card.name = utf8_prefix(shown, kNameBytes);
  if (std::string address = member(said, "email");
      address.size() <= kEmailBytes && is_mail_address(address))
    card.email = std::move(address);
}

bool signed_by_site(std::string_view user, std::string_view hash, const Place& place) {
  return std::ranges::any_of(place.identity_secrets, [&](const std::string& secret) {
    return equal_secrets(hex(hmac_sha256(secret, user)), hash);
  });
}

Claims verify_user(const json::object& said, std::string user, Card& card) {
  if (user.empty() || user.size() > kUserBytes || user.find('\0') != std::string::npos)
    return unexpected(Kind::not_proven, "identity: the user's id is missing or too long");
  // Another user in the same browser: what was known belongs to somebody else.
  if (!card.user.empty() && card.user != user)
    return unexpected(Kind::another_user, "this chat belongs to another user");
  card.level = Level::verified;
  card.user = std::move(user);
  const std::string before = card.email;
  take_profile(said, card);
  if (card.email != before) card.email_proven = false;
  return {};
}

Claims read_identity(const json::object& said, const Place& place, Card& card) {
  std::string user = member(said, "id");
  std::string hash = member(said, "hash");
  for (char& c : hash)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  if (!signed_by_site(user, hash, place))
    return unexpected(Kind::not_proven,
                      "identity: the hash is not the hex HMAC-SHA-256 of the id with this chat's "
                      "identity_secret");
  auto verified = verify_user(said, user, card);
  // The hash covers the id alone: an address beside it is only said, unless it is the id.
  if (verified && is_mail_address(user)) {
    card.email = std::move(user);
    card.email_proven = true;
  }
  return verified;
}

Claims read_token_of_site(std::string_view jwt, const Place& place, Instant now, Card& card) {
  const auto claims = read_jwt(jwt, place.identity_secrets, kJwtMaxAge, now);
  if (!claims) {
    switch (claims.error()) {
      case JwtRefused::malformed:
        return unexpected(Kind::not_proven, "jwt: not a token signed with HS256");
      case JwtRefused::wrong_signature:
        return unexpected(Kind::not_proven, "jwt: not signed with this chat's identity_secret");
      case JwtRefused::wrong_time:
        return unexpected(Kind::not_proven,
                          "jwt: expired, not yet valid, or issued more than a day ago");
    }
  }
  std::string user = member(*claims, "sub");
  auto verified = verify_user(*claims, std::move(user), card);
  if (verified && !card.email.empty() && card.email == member(*claims, "email"))
    card.email_proven = true;
  return verified;
}

}  // namespace

std::string_view name(Level level) {
  constexpr auto kNames = std::to_array<std::string_view>({"anonymous", "claimed", "verified"});
  return kNames.at(static_cast<std::size_t>(level));
}

std::string encode_card(const Card& card) {
  return json::serialize(json::object{{"level", name(card.level)},
                                      {"name", card.name},
                                      {"email", card.email},
                                      {"user", card.user},
                                      {"email_proven", card.email_proven}});
}

Card decode_card(std::string_view text) {
  Card out;
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) return out;
  const json::object& said = parsed->get_object();
  out.name = member(said, "name");
  out.email = member(said, "email");
  out.user = member(said, "user");
  const json::value* proven = said.if_contains("email_proven");
  out.email_proven = proven != nullptr && proven->is_bool() && proven->get_bool();
  const std::string level = member(said, "level");
  out.level = level == "verified"  ? Level::verified
              : level == "claimed" ? Level::claimed
                                   : Level::anonymous;
  return out;
}

std::string VisitorKeys::draw_id() { return draw_session_token().substr(0, kIdChars); }

std::string VisitorKeys::token(const Place& place, std::string_view id) const {
  std::string out = "v1.";
  return out.append(id).append(".").append(
      hasher_.sign(std::string("chat visitor ").append(id), place.id.value));
}

std::optional<std::string> VisitorKeys::read_token(const Place& place,
                                                   std::string_view token) const {
  constexpr std::string_view kVersion = "v1.";
  if (!token.starts_with(kVersion)) return std::nullopt;
  token.remove_prefix(kVersion.size());
  if (token.size() != kIdChars + 1 + KeyHasher::kSignatureChars || token[kIdChars] != '.')
    return std::nullopt;
  const std::string id(token.substr(0, kIdChars));
  if (!std::ranges::all_of(id, is_id_char)) return std::nullopt;
  if (!hasher_.verify("chat visitor " + id, place.id.value, token.substr(kIdChars + 1)))
    return std::nullopt;
  return id;
}

Key VisitorKeys::conversation(const Place& place, std::string_view id) const {
  return hasher_.key("chat conversation", place_of(place, id));
}

Key VisitorKeys::message(const Place& place, std::string_view id,
                         std::string_view client_id) const {
  return hasher_.key("chat message", place_of(place, id).append(":").append(client_id));
}

void VisitorKeys::identify(ReceiveMessage& message, const Place& place, std::string_view id,
                           const Card& card) const {
  const std::string visitor = place_of(place, id);
  IdentityContent chat{hasher_.key("chat", visitor), "chat", visitor, card.name};
  message.sender_authenticated = card.level == Level::verified;
  if (card.level != Level::verified) {
    message.sender = std::move(chat);
    return;
  }
  message.sender = {hasher_.key("external", card.user), "external", card.user, card.name};
  message.sender_is_external = true;
  if (card.email_proven) message.also.push_back(email_identity(hasher_, card.name, card.email));
  // What they said here before they logged in is theirs too.
  message.also.push_back(std::move(chat));
}

std::string VisitorKeys::upload(std::string_view id, std::uint64_t number) const {
  return std::to_string(number) + "." + hasher_.sign("chat upload " + std::string(id), number);
}

std::optional<std::uint64_t> VisitorKeys::read_upload(std::string_view id,
                                                      std::string_view text) const {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto number = read_number(text.substr(0, dot));
  if (!number || !hasher_.verify("chat upload " + std::string(id), *number, text.substr(dot + 1)))
    return std::nullopt;
  return number;
}

std::string VisitorKeys::file(MessageId message, std::uint32_t n) const {
  return std::to_string(message.value) + "." + std::to_string(n) + "." +
         hasher_.sign("chat file " + std::to_string(n), message.value);
}

std::optional<VisitorKeys::File> VisitorKeys::read_file(std::string_view text) const {
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto message = read_number(text.substr(0, first));
  const auto n = read_number(text.substr(first + 1, second - first - 1));
  if (!message || !n || *n > 0xffff) return std::nullopt;
  if (!hasher_.verify("chat file " + std::to_string(*n), *message, text.substr(second + 1)))
    return std::nullopt;
  return File{MessageId{*message}, static_cast<std::uint32_t>(*n)};
}

std::string record_key(const Place& place, std::string_view id) { return place_of(place, id); }

Claims read_claims(const json::object& params, const Place& place, Instant now, Card& card) {
  if (const json::value* jwt = params.if_contains("jwt"); jwt && jwt->is_string())
    return read_token_of_site(jwt->get_string(), place, now, card);
  if (const json::value* identity = params.if_contains("identity");
      identity && !identity->is_null()) {
    if (!identity->is_object()) return unexpected(Kind::invalid, "identity: expected an object");
    return read_identity(identity->get_object(), place, card);
  }
  const std::string address = member(params, "email");
  if (!address.empty() && (address.size() > kEmailBytes || !is_mail_address(address)))
    return unexpected(Kind::invalid, "email: this is not a mail address");
  // What the site has proven is not overwritten by what is merely said.
  if (card.level == Level::verified) return {};
  take_profile(params, card);
  if (!card.empty()) card.level = Level::claimed;
  return {};
}

}  // namespace deskwire::chat
