// SPDX-License-Identifier: Apache-2.0
// What a browser says of itself, in words for the person who uses it. Never a proof of anything.
#pragma once
#include <string>
#include <string_view>

namespace deskwire::text {

/// "Firefox on Linux" of a User-Agent field (RFC 9110 §10.1.5); of another program its first
/// product, at most 40 characters of ASCII; empty if it says nothing.
[[nodiscard]] std::string device_of(std::string_view user_agent);

}  // namespace deskwire::text
