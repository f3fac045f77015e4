// SPDX-License-Identifier: Apache-2.0
// Holidays from an iCalendar file (RFC 5545): the days of its all-day events, recurring ones
// expanded.
#pragma once
#include <expected>
#include <set>
#include <string>

#include "config/calendar_spec.hpp"

namespace deskwire::config {

/// Words for a message on failure. Cancelled events do not count; an event with a time of day is
/// refused, since a holiday closes whole days.
std::expected<std::set<Date>, std::string> holidays_of(const std::string& icalendar, int first_year,
                                                       int last_year);

}  // namespace deskwire::config
