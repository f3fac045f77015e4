// SPDX-License-Identifier: Apache-2.0
// The forms in which providers write times, beside RFC 3339 (codec/wire.hpp).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "deskwire/base/instant.hpp"

namespace deskwire::sms {

/// "Thu, 24 Aug 2023 05:01:45 +0000" (RFC 5322 §3.3, with a numeric zone only).
[[nodiscard]] std::optional<Instant> read_mail_time(std::string_view text);
/// RFC 3339, and its looser relatives: a blank for the T, no zone for UTC, "+0000" without a colon.
[[nodiscard]] std::optional<Instant> read_loose_time(std::string_view text);
/// "2026-03-01", in UTC.
[[nodiscard]] std::string date_of(Instant at);

}  // namespace deskwire::sms
