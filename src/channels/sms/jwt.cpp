// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/jwt.hpp"

#include <boost/json/value.hpp>
#include <cmath>

#include "auth/signatures.hpp"
#include "channels/sms/fields.hpp"

namespace deskwire::sms {

namespace json = boost::json;

namespace {

/// Absent is fine, anything that is no sensible NumericDate is not.
std::expected<std::optional<Instant>, Forged> time_in(const json::object& claims,
                                                      std::string_view key) {
  constexpr double kMaxSeconds = 1e12;
  const json::value* value = claims.if_contains(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return std::unexpected(Forged::malformed);
  const double at = value->to_number<double>();
  if (!(at >= 0 && at <= kMaxSeconds)) return std::unexpected(Forged::malformed);
  return Instant{static_cast<std::int64_t>(at * 1000)};
}

}  // namespace

std::expected<json::object, Forged> verify_jwt(std::string_view token,
                                               std::span<const std::string> secrets,
                                               Duration max_age, Instant now) {
  const auto opened = open_jwt(token, secrets);
  if (!opened)
    return std::unexpected(opened.error() == JwtFault::malformed ? Forged::malformed
                                                                 : Forged::wrong_signature);
  const auto header = parse_object(opened->header);
  auto claims = parse_object(opened->claims);
  if (!header || !claims) return std::unexpected(Forged::malformed);
  const json::value* algorithm = header->if_contains("alg");
  if (algorithm == nullptr || *algorithm != "HS256") return std::unexpected(Forged::malformed);
  const auto expires = time_in(*claims, "exp"), starts = time_in(*claims, "nbf"),
             issued = time_in(*claims, "iat");
  if (!expires || !starts || !issued) return std::unexpected(Forged::malformed);
  const bool ended = *expires && **expires + kJwtLeeway <= now;
  const bool early = *starts && **starts - kJwtLeeway > now;
  const bool odd =
      *issued && (**issued - kJwtLeeway > now || now - **issued > max_age + kJwtLeeway);
  if (ended || early || odd) return std::unexpected(Forged::too_old);
  return std::move(*claims);
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i)
    if ((authorization[i] | 0x20) != (kScheme[i] | 0x20)) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

}  // namespace deskwire::sms
