// SPDX-License-Identifier: Apache-2.0
#include "config/zone.hpp"

#include <date/tz.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "deskwire/base/nearest_name.hpp"

namespace deskwire::config {
namespace {

/// The last line of the zone file. `name` was found by the library, so it is a path inside the zone
/// folder.
std::string last_line(const std::string& name) {
  for (const char* folder :
       {"/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/"}) {
    std::ifstream in(folder + name, std::ios::binary);
    if (!in) continue;
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!bytes.ends_with('\n')) return {};
    bytes.pop_back();
    return bytes.substr(bytes.rfind('\n') + 1);
  }
  return {};
}

bool is_plain_name(const std::string& name) {
  // The library opens the file of that name: nothing may lead out of its folder.
  return !name.empty() && name.size() <= 64 && name.front() != '/' &&
         name.find("..") == std::string::npos && name.find('\0') == std::string::npos;
}

}  // namespace

std::optional<Zone> Zone::find(const std::string& name) {
  if (!is_plain_name(name)) return std::nullopt;
  try {
    Zone zone;
    zone.zone_ = date::locate_zone(name);
    zone.rule_ = ZoneRule::parse(last_line(name));
    return zone;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string Zone::nearest(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  return std::string(nearest_name(name, names));
}

std::int64_t Zone::to_utc(std::int64_t local_s) const {
  const auto& zone = *static_cast<const date::time_zone*>(zone_);
  const auto info = zone.get_info(date::local_seconds{std::chrono::seconds{local_s}});
  // The library knows only the listed transitions: an era that never ends goes on by the rule.
  const bool listed = info.result != date::local_info::unique ||
                      info.first.end < date::sys_days{date::year{3000} / 1 / 1};
  if (listed || !rule_) return local_s - info.first.offset.count();
  return local_s - rule_->offset_at(local_s);
}

}  // namespace deskwire::config
