// SPDX-License-Identifier: Apache-2.0
// Commands and events in words, for whoever looks at a failing seed.
#pragma once
#include <string>

#include "deskwire/domain/events.hpp"
#include "deskwire/engine/engine.hpp"

namespace deskwire::sim {

/// One line: when, what was asked, what came of it.
[[nodiscard]] std::string describe(const Command& command, const Applied& applied, Instant now);

}  // namespace deskwire::sim
