// SPDX-License-Identifier: Apache-2.0
// Which web origins are ours, and which address a request really came from. Both decide on
// security, so they are pure and small.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace deskwire {

/// `scheme://host[:port]` of a URL in lower case without the scheme's own port; empty if it is
/// none.
[[nodiscard]] std::string origin_of(std::string_view url);

class OriginPolicy {
 public:
  OriginPolicy(std::string_view public_url, const std::vector<std::string>& listed);

  /// Ours: the public URL's, a listed one, or the very address that the request was sent to when
  /// that is an IP address or "localhost" (a name could be another site's that points here).
  [[nodiscard]] bool ours(std::string_view origin, const HttpRequest& request) const;
  /// True if a browser may change something with this request: no Origin without a cookie, else one
  /// of ours.
  [[nodiscard]] bool may_change(const HttpRequest& request, std::string_view cookie_name) const;
  [[nodiscard]] bool public_is_https() const { return public_is_https_; }

 private:
  std::vector<std::string> origins_;
  bool public_is_https_ = false;
};

/// An IPv4 address as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;
[[nodiscard]] std::optional<AddressBytes> parse_address(std::string_view text);

class TrustedProxies {
 public:
  /// Addresses or CIDR blocks. Throws std::invalid_argument for anything else.
  explicit TrustedProxies(const std::vector<std::string>& blocks);

  [[nodiscard]] bool trusts(std::string_view address) const;
  /// The last address of X-Forwarded-For that is not a trusted proxy's; `peer` itself if `peer` is
  /// not trusted.
  [[nodiscard]] std::string client(const std::string& peer, const HttpRequest& request) const;

 private:
  struct Block {
    AddressBytes address;
    unsigned bits;
  };
  std::vector<Block> blocks_;
};

/// What rate limits count: an IPv4 address, or the /64 an IPv6 address is in.
[[nodiscard]] std::string client_network(std::string_view address);

}  // namespace deskwire
