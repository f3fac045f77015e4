// SPDX-License-Identifier: Apache-2.0
#include "client/public_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace deskwire {
namespace {

struct Block {
  IpBytes start;
  unsigned bits;
};

bool is_in(const IpBytes& address, const Block& block) {
  for (unsigned i = 0; i < block.bits; i += 8) {
    const unsigned left = std::min(8u, block.bits - i);
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - left));
    if ((address[i / 8] & mask) != (block.start[i / 8] & mask)) return false;
  }
  return true;
}

constexpr Block v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, 0}, 96 + bits};
}

constexpr Block v6(std::uint16_t a, std::uint16_t b, std::uint16_t c, unsigned bits) {
  const auto high = [](std::uint16_t part) { return static_cast<std::uint8_t>(part >> 8); };
  const auto low = [](std::uint16_t part) { return static_cast<std::uint8_t>(part); };
  return {{high(a), low(a), high(b), low(b), high(c), low(c)}, bits};
}

constexpr Block kMapped = v4(0, 0, 0, 0);
constexpr Block kNat64 = v6(0x64, 0xff9b, 0, 96);
constexpr Block k6to4 = v6(0x2002, 0, 0, 16);
constexpr Block kGlobal = v6(0x2000, 0, 0, 3);

constexpr auto kClosed4 = std::to_array<Block>({
    v4(0, 0, 0, 8),       // this network
    v4(10, 0, 0, 8),      // private
    v4(100, 64, 0, 10),   // shared by a provider's customers (RFC 6598)
    v4(127, 0, 0, 8),     // loopback
    v4(169, 254, 0, 16),  // link-local; where clouds keep their secrets
    v4(172, 16, 0, 12),   // private
    v4(192, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 24),    // documentation
    v4(192, 88, 99, 24),  // relays of 6to4
    v4(192, 168, 0, 16),  // private
    v4(198, 18, 0, 15),   // benchmarks
    v4(198, 51, 100, 24), v4(203, 0, 113, 24), v4(224, 0, 0, 4),  // multicast
    v4(240, 0, 0, 4),                                             // reserved, and broadcast
});

constexpr auto kClosed6 = std::to_array<Block>({
    v6(0x2001, 0, 0, 23),      // protocol assignments, Teredo among them
    v6(0x2001, 0xdb8, 0, 32),  // documentation
    v6(0x3fff, 0, 0, 20),
});

bool is_in_any(const IpBytes& address, std::span<const Block> blocks) {
  return std::ranges::any_of(blocks, [&](const Block& block) { return is_in(address, block); });
}

/// The IPv4 address that stands at `at`.
IpBytes embedded(const IpBytes& address, std::size_t at) {
  IpBytes out = kMapped.start;
  std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(at), 4, out.begin() + 12);
  return out;
}

}  // namespace

bool is_public_address(const IpBytes& address) {
  if (is_in(address, kMapped)) return !is_in_any(address, kClosed4);
  if (is_in(address, kNat64)) return is_public_address(embedded(address, 12));
  if (is_in(address, k6to4)) return is_public_address(embedded(address, 2));
  return is_in(address, kGlobal) && !is_in_any(address, kClosed6);
}

bool is_public_address(const sockaddr& address) {
  IpBytes bytes = kMapped.start;
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(bytes.data() + 12, &in.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  } else {
    return false;
  }
  return is_public_address(bytes);
}

bool is_public_address(const std::string& text) {
  IpBytes bytes = kMapped.start;
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + 12) != 1 &&
      inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1)
    return false;
  return is_public_address(bytes);
}

}  // namespace deskwire
