// SPDX-License-Identifier: Apache-2.0
#include "http/twilio_signature.hpp"

#include <algorithm>
#include <tuple>

#include "auth/digest.hpp"
#include "auth/session_token.hpp"
#include "auth/signatures.hpp"
#include "http/form.hpp"

namespace deskwire {
namespace {

/// Each base URL without its port, and with the one it has or its scheme's: Twilio signs either.
std::vector<std::string> bases(std::span<const std::string> public_urls) {
  std::vector<std::string> out;
  for (const std::string_view url : public_urls) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) continue;
    const auto path = std::min(url.find('/', scheme + 3), url.size());
    const std::string_view authority = url.substr(scheme + 3, path - scheme - 3);
    // A colon inside brackets belongs to an IPv6 address.
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string_view::npos && !authority.ends_with(']');
    const std::string start(url.substr(0, scheme + 3)), rest(url.substr(path));
    const std::string host(authority.substr(0, has_port ? colon : authority.size()));
    const std::string own = url.starts_with("http://") ? ":80" : ":443";
    const std::string port = has_port ? std::string(authority.substr(colon)) : own;
    out.push_back(start + host + rest);
    out.push_back(start + host + port + rest);
  }
  return out;
}

/// What follows the URL in the signed text: names and values in order, a repeated pair once.
std::string sorted_fields(Params fields) {
  const auto both = [](const Param& each) { return std::tie(each.name, each.value); };
  std::ranges::sort(fields, {}, both);
  const auto repeated = std::ranges::unique(fields, {}, both);
  fields.erase(repeated.begin(), repeated.end());
  std::string out;
  for (const Param& each : fields) out.append(each.name).append(each.value);
  return out;
}

/// A body that neither is a form nor has its hash in the URL is covered by nothing.
std::expected<std::string, TwilioFault> signed_fields(const TwilioRequest& request) {
  const auto query = parse_form(query_of(request.target));
  if (!query) return std::unexpected(TwilioFault::malformed);
  const bool hashed = has_param(*query, "bodySHA256");
  if (hashed && !equal_secrets(param(*query, "bodySHA256"), sha256_hex(request.body)))
    return std::unexpected(TwilioFault::wrong_signature);
  if (is_form(request.headers)) {
    auto fields = parse_form(request.body);
    if (!fields) return std::unexpected(TwilioFault::malformed);
    return sorted_fields(std::move(*fields));
  }
  if (!request.body.empty() && !hashed) return std::unexpected(TwilioFault::wrong_signature);
  return std::string();
}

}  // namespace

std::expected<void, TwilioFault> verify_twilio(const TwilioRequest& request,
                                               std::span<const std::string> secrets) {
  const std::string_view given = only_header(request.headers, "x-twilio-signature");
  if (given.empty()) return std::unexpected(TwilioFault::no_signature);
  const auto fields = signed_fields(request);
  if (!fields) return std::unexpected(fields.error());
  bool found = false;
  for (const std::string& base : bases(request.public_urls)) {
    const std::string text = base + std::string(request.target) + *fields;
    for (const std::string& secret : secrets)
      found |= !secret.empty() && equal_secrets(base64(hmac_sha1(secret, text)), given);
  }
  if (!found) return std::unexpected(TwilioFault::wrong_signature);
  return {};
}

}  // namespace deskwire
