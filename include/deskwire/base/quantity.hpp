// SPDX-License-Identifier: Apache-2.0
// Durations and sizes as people write them (90s, 15m, 8h, 2d, 1h30m; 512, 64KiB, 10MiB, 2GiB): one
// reader for the configuration and for the workflow's language, and the way back for messages.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire {

/// Units d, h, m, s, ms, each at most once and from the largest down; nullopt if malformed or
/// longer than 100 years.
std::optional<Duration> parse_duration(std::string_view text);
/// The shortest form that parse_duration reads back: "1h30m", "0s".
std::string format_duration(Duration d);

/// Bytes, or a number with KiB, MiB or GiB; nullopt if malformed or 2^53 and more.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// The largest unit that divides: "10MiB", "1500".
std::string format_size(std::uint64_t bytes);

}  // namespace deskwire
