// SPDX-License-Identifier: Apache-2.0
#include "http/jwt.hpp"

#include <boost/json/value.hpp>
#include <optional>

#include "auth/signatures.hpp"
#include "http/json.hpp"

namespace deskwire {

namespace json = boost::json;

namespace {

/// Absent is fine, anything that is no sensible NumericDate is not.
std::expected<std::optional<Instant>, JwtRefused> time_in(const json::object& claims,
                                                          std::string_view key) {
  constexpr double kMaxSeconds = 1e12;
  const json::value* value = claims.if_contains(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) return std::unexpected(JwtRefused::malformed);
  const double at = value->to_number<double>();
  if (!(at >= 0 && at <= kMaxSeconds)) return std::unexpected(JwtRefused::malformed);
  return Instant{static_cast<std::int64_t>(at * 1000)};
}

}  // namespace

std::expected<json::object, JwtRefused> read_jwt(std::string_view token,
                                                 std::span<const std::string> secrets,
                                                 Duration max_age, Instant now) {
  const auto opened = open_jwt(token, secrets);
  if (!opened)
    return std::unexpected(opened.error() == JwtFault::malformed ? JwtRefused::malformed
                                                                 : JwtRefused::wrong_signature);
  const auto header = parse_json(opened->header);
  auto claims = parse_json(opened->claims);
  if (!header || !header->is_object() || !claims || !claims->is_object())
    return std::unexpected(JwtRefused::malformed);
  const json::value* algorithm = header->get_object().if_contains("alg");
  if (algorithm == nullptr || *algorithm != "HS256") return std::unexpected(JwtRefused::malformed);
  json::object& said = claims->get_object();
  const auto expires = time_in(said, "exp"), starts = time_in(said, "nbf"),
             issued = time_in(said, "iat");
  if (!expires || !starts || !issued) return std::unexpected(JwtRefused::malformed);
  const bool ended = *expires && **expires + kJwtLeeway <= now;
  const bool early = *starts && **starts - kJwtLeeway > now;
  const bool odd =
      *issued && (**issued - kJwtLeeway > now || now - **issued > max_age + kJwtLeeway);
  if (ended || early || odd) return std::unexpected(JwtRefused::wrong_time);
  return std::move(said);
}

}  // namespace deskwire
