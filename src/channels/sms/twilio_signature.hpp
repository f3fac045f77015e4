// SPDX-License-Identifier: Apache-2.0
// How Twilio signs its requests (twilio.com/docs/usage/security): HMAC-SHA-1 over the URL as Twilio
// knows it, followed by the sorted fields of a form; other bodies are covered by their hash in the
// URL.
#pragma once
#include <expected>
#include <span>
#include <string>

#include "channels/sms/gateway.hpp"

namespace deskwire::sms {

/// Tries every base URL, with and without its port, with every secret.
[[nodiscard]] std::expected<void, Forged> verify_twilio(const HookRequest& request,
                                                        std::span<const std::string> secrets);

}  // namespace deskwire::sms
