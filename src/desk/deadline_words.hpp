// SPDX-License-Identifier: Apache-2.0
// A deadline as a person would count it: the promise, the open hours one after the other, the sum.
#pragma once
#include <string>
#include <vector>

#include "deskwire/domain/entities.hpp"
#include "deskwire/domain/policy.hpp"

namespace deskwire::words {

/// A sentence or a stretch of open time each, in the calendar's own zone (UTC without one). The
/// stretches are told while the clock runs, and only as far as they lead to the deadline that the
/// ticket has: one that an older policy set is told without them.
[[nodiscard]] std::vector<std::string> derivation(const Clock& clock, const Policy& policy);

}  // namespace deskwire::words
