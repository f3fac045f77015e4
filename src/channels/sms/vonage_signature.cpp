// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/vonage_signature.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "auth/digest.hpp"
#include "auth/session_token.hpp"
#include "auth/signatures.hpp"
#include "channels/sms/fields.hpp"
#include "channels/sms/jwt.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

std::string md5(std::string_view text) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
                 EVP_md5(), nullptr) != 1)
    return {};
  out.resize(size);
  return out;
}

/// The account's setting decides which; the length of what came tells it. Empty: none of them.
std::string sign(std::string_view text, std::string_view secret, std::size_t hex_digits) {
  switch (hex_digits) {
    case 32:
      return hex(md5(std::string(text).append(secret)));
    case 40:
      return hex(hmac_sha1(secret, text));
    case 64:
      return hex(hmac_sha256(secret, text));
    case 128:
      return hex(hmac_sha512(secret, text));
    default:
      return {};
  }
}

/// "&name=value" of the sorted parameters but `sig`, separators inside of values made harmless.
std::string signed_params(Params params) {
  std::ranges::sort(params, {}, &Param::name);
  std::string out;
  for (Param& each : params) {
    if (each.name == "sig") continue;
    std::ranges::replace(each.value, '&', '_');
    std::ranges::replace(each.value, '=', '_');
    out.append("&").append(each.name).append("=").append(each.value);
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

std::optional<Instant> read_seconds(std::string_view text) {
  constexpr std::size_t kMaxDigits = 12;
  std::uint64_t at = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (ec != std::errc{} || end != text.data() + text.size() || text.size() > kMaxDigits)
    return std::nullopt;
  return Instant{static_cast<std::int64_t>(at) * 1000};
}

/// Without a time among the parameters a copy could be played back for ever.
std::expected<void, Forged> verify_params(const Params& params,
                                          std::span<const std::string> secrets, Instant now) {
  const std::string given = lower(param(params, "sig"));
  if (given.empty()) return std::unexpected(Forged::no_signature);
  const auto at = read_seconds(param(params, "timestamp"));
  if (!at) return std::unexpected(Forged::malformed);
  // A separator in a name would let two parameters pass for one.
  const auto is_odd = [](const Param& each) {
    return each.name.find_first_of("&=") != std::string::npos;
  };
  if (std::ranges::any_of(params, is_odd)) return std::unexpected(Forged::malformed);
  const std::string text = signed_params(params);
  bool found = false;
  for (const std::string& secret : secrets) {
    const std::string wanted = secret.empty() ? std::string() : sign(text, secret, given.size());
    found |= !wanted.empty() && equal_secrets(wanted, given);
  }
  if (!found) return std::unexpected(Forged::wrong_signature);
  if (now - *at > kVonageMaxAge || *at - now > kWebhookTolerance)
    return std::unexpected(Forged::too_old);
  return {};
}

/// The token vouches for the body only, so nothing may stand anywhere else.
std::expected<void, Forged> verify_token(const HookRequest& request, std::string_view token,
                                         std::span<const std::string> secrets, Instant now) {
  if (request.method == "GET") return std::unexpected(Forged::malformed);
  const auto claims = verify_jwt(token, secrets, kVonageMaxAge, now);
  if (!claims) return std::unexpected(claims.error());
  const bool covered =
      equal_secrets(lower(text_in(*claims, "payload_hash")), sha256_hex(request.body));
  if (claims->contains("payload_hash") ? covered : request.body.empty()) return {};
  return std::unexpected(Forged::wrong_signature);
}

}  // namespace

std::expected<Params, std::string> vonage_params(const HookRequest& request) {
  if (request.method == "GET") return parse_form(query_of(request.target));
  if (is_form(request.headers)) return parse_form(request.body);
  const auto body = parse_object(request.body);
  if (!body) return std::unexpected(body.error());
  if (body->size() > kMaxParams) return std::unexpected("the object has too many members");
  Params out;
  for (const auto& member : *body)
    out.push_back({.name = std::string(member.key()), .value = text_in(*body, member.key())});
  return out;
}

std::expected<void, Forged> verify_vonage(const HookRequest& request,
                                          std::span<const std::string> secrets, Instant now) {
  const std::string_view authorization = only_header(request.headers, "authorization");
  if (const auto token = bearer_token(authorization); !token.empty())
    return verify_token(request, token, secrets, now);
  const auto params = vonage_params(request);
  if (!params) return std::unexpected(Forged::no_signature);
  return verify_params(*params, secrets, now);
}

}  // namespace deskwire::sms
