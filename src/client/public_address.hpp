// SPDX-License-Identifier: Apache-2.0
// Which addresses belong to the public Internet. Whoever may name a URL to us must not reach
// through us what only we can reach.
#pragma once
#include <array>
#include <cstdint>
#include <string>

struct sockaddr;

namespace deskwire {

/// An IPv4 address as ::ffff:a.b.c.d.
using IpBytes = std::array<std::uint8_t, 16>;

/// False for loopback, private, link-local, shared (CGNAT), multicast, unspecified, reserved and
/// documentation addresses (RFC 6890 and the IANA registries), also inside of the v4-mapped, NAT64
/// and 6to4 forms.
[[nodiscard]] bool is_public_address(const IpBytes& address);
/// False for what is neither IPv4 nor IPv6.
[[nodiscard]] bool is_public_address(const sockaddr& address);
/// Of the text form without a zone; false for what is none.
[[nodiscard]] bool is_public_address(const std::string& text);

}  // namespace deskwire
