// SPDX-License-Identifier: Apache-2.0
// What happens without anyone's doing: time passes, the clock steps, the daemon restarts, the
// policy is replaced.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Outcome decide(Desk& desk, const Tick& command);
[[nodiscard]] Outcome decide(Desk& desk, const ClockStepped& command);
[[nodiscard]] Outcome decide(Desk& desk, const Restarted& command);
[[nodiscard]] Outcome decide(Desk& desk, const ReplacePolicy& command);

}  // namespace deskwire
