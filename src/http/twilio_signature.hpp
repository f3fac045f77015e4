// SPDX-License-Identifier: Apache-2.0
// How Twilio signs its requests (twilio.com/docs/usage/security): HMAC-SHA-1 over the URL as Twilio
// knows it, followed by the sorted fields of a form; other bodies are covered by their hash in the
// URL.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace deskwire {

/// All views must outlive the call.
struct TwilioRequest {
  std::string_view target;  ///< Path and query exactly as sent.
  /// Bases under which Twilio may know us, without a trailing slash: "https://desk.example.com".
  std::span<const std::string> public_urls;
  const Headers& headers;
  std::string_view body;
};

enum class TwilioFault : std::uint8_t { no_signature, wrong_signature, malformed };
inline constexpr auto kTwilioFaultNames =
    std::to_array<std::string_view>({"no_signature", "wrong_signature", "malformed"});
[[nodiscard]] constexpr std::string_view name(TwilioFault fault) {
  return kTwilioFaultNames[static_cast<std::size_t>(fault)];
}

/// Tries every base URL, with and without its port, with every secret.
[[nodiscard]] std::expected<void, TwilioFault> verify_twilio(const TwilioRequest& request,
                                                             std::span<const std::string> secrets);

}  // namespace deskwire
