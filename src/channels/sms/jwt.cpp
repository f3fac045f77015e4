// SPDX-License-Identifier: Apache-2.0
#include "channels/sms/jwt.hpp"

#include "http/jwt.hpp"

namespace deskwire::sms {

namespace json = boost::json;

std::expected<json::object, Forged> verify_jwt(std::string_view token,
                                               std::span<const std::string> secrets,
                                               Duration max_age, Instant now) {
  auto claims = read_jwt(token, secrets, max_age, now);
  if (claims) return std::move(*claims);
  switch (claims.error()) {
    case JwtRefused::malformed:
      return std::unexpected(Forged::malformed);
    case JwtRefused::wrong_signature:
      return std::unexpected(Forged::wrong_signature);
    case JwtRefused::wrong_time:
      return std::unexpected(Forged::too_old);
  }
  return std::unexpected(Forged::malformed);
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
