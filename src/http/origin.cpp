// SPDX-License-Identifier: Apache-2.0
#include "http/origin.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ranges>
#include <stdexcept>

namespace deskwire {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '"'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
std::string_view host_part(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

bool is_address_or_localhost(std::string_view host) {
  return host == "localhost" || parse_address(host).has_value();
}

bool is_v4(const AddressBytes& a) {
  constexpr AddressBytes kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
  return std::memcmp(a.data(), kPrefix.data(), 12) == 0;
}

std::string print(const AddressBytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (is_v4(bytes))
    inet_ntop(AF_INET, bytes.data() + 12, out.data(), out.size());
  else
    inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return out.data();
}

}  // namespace

std::string origin_of(std::string_view url) {
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const std::string scheme = lower(url.substr(0, scheme_end));
  std::string_view rest = url.substr(scheme_end + 3);
  std::string authority = lower(rest.substr(0, rest.find_first_of("/?#")));
  if (authority.empty() || authority.find('@') != std::string::npos) return {};
  const std::string_view own_port = scheme == "https" ? ":443" : scheme == "http" ? ":80" : "";
  if (!own_port.empty() && authority.ends_with(own_port))
    authority.resize(authority.size() - own_port.size());
  return scheme + "://" + authority;
}

OriginPolicy::OriginPolicy(std::string_view public_url, const std::vector<std::string>& listed) {
  if (auto origin = origin_of(public_url); !origin.empty()) origins_.push_back(std::move(origin));
  for (const std::string& url : listed)
    if (auto origin = origin_of(url); !origin.empty()) origins_.push_back(std::move(origin));
  public_is_https_ = public_url.starts_with("https://");
}

bool OriginPolicy::ours(std::string_view origin, const HttpRequest& request) const {
  const std::string normal = origin_of(origin);
  if (normal.empty()) return false;
  if (std::ranges::find(origins_, normal) != origins_.end()) return true;
  const std::string_view host = request.header("host");
  if (host.empty() || !is_address_or_localhost(host_part(host))) return false;
  return normal == origin_of((request.secure ? "https://" : "http://") + std::string(host));
}

bool OriginPolicy::may_change(const HttpRequest& request, std::string_view cookie_name) const {
  const std::string_view origin = request.header("origin");
  if (!origin.empty()) return ours(origin, request);
  return !request.cookie(cookie_name).has_value();
}

std::optional<AddressBytes> parse_address(std::string_view text) {
  const std::string zero_ended(text.substr(0, text.find('%')));
  AddressBytes out{};
  if (inet_pton(AF_INET6, zero_ended.c_str(), out.data()) == 1) return out;
  out[10] = out[11] = 0xff;
  if (inet_pton(AF_INET, zero_ended.c_str(), out.data() + 12) == 1) return out;
  return std::nullopt;
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& blocks) {
  for (const std::string& text : blocks) {
    const auto slash = text.find('/');
    const auto address = parse_address(std::string_view(text).substr(0, slash));
    if (!address) throw std::invalid_argument("not an address or block: " + text);
    const unsigned offset = is_v4(*address) ? 96 : 0;
    unsigned bits = 128 - offset;
    if (slash != std::string::npos) {
      const char* end = text.data() + text.size();
      const auto [rest, ec] = std::from_chars(text.data() + slash + 1, end, bits);
      if (ec != std::errc() || rest != end || bits > 128 - offset)
        throw std::invalid_argument("not an address or block: " + text);
    }
    blocks_.push_back({*address, bits + offset});
  }
}

bool TrustedProxies::trusts(std::string_view text) const {
  const auto address = parse_address(text);
  if (!address) return false;
  return std::ranges::any_of(blocks_, [&](const Block& block) {
    const unsigned whole = block.bits / 8, rest = block.bits % 8;
    if (std::memcmp(address->data(), block.address.data(), whole) != 0) return false;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff << (8 - rest));
    return (((*address)[whole] ^ block.address[whole]) & mask) == 0;
  });
}

std::string TrustedProxies::client(const std::string& peer, const HttpRequest& request) const {
  std::string current = peer;
  if (blocks_.empty()) return current;
  // Each trusted proxy appended who it heard from; walk back to the first one that nobody vouches
  // for.
  for (const auto& [key, value] : request.headers | std::views::reverse) {
    if (key != "x-forwarded-for") continue;
    std::string_view list = value;
    while (!list.empty()) {
      if (!trusts(current)) return current;
      const auto comma = list.rfind(',');
      const auto entry = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
      list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
      const auto address = parse_address(entry);
      if (!address) return current;
      current = print(*address);
    }
  }
  return current;
}

std::string client_network(std::string_view text) {
  auto address = parse_address(text);
  if (!address) return std::string(text);
  if (is_v4(*address)) return print(*address);
  std::fill(address->begin() + 8, address->end(), std::uint8_t{0});
  return print(*address) + "/64";
}

}  // namespace deskwire
