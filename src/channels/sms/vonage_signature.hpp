// SPDX-License-Identifier: Apache-2.0
// How Vonage signs its requests: those of the Messages API carry a JSON Web Token with the hash of
// the body, those of the older SMS API a parameter `sig` over all the others.
#pragma once
#include <expected>
#include <span>
#include <string>

#include "channels/sms/gateway.hpp"
#include "http/form.hpp"

namespace deskwire::sms {

/// Vonage repeats a hook for a day and does not say whether it signs anew. Older copies are known
/// by their ids anyway.
inline constexpr Duration kVonageMaxAge = hours(24);

[[nodiscard]] std::expected<void, Forged> verify_vonage(const HookRequest& request,
                                                        std::span<const std::string> secrets,
                                                        Instant now);
/// The parameters of an SMS API request, which comes as a query, a form or a flat JSON object.
[[nodiscard]] std::expected<Params, std::string> vonage_params(const HookRequest& request);

}  // namespace deskwire::sms
