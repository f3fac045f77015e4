// SPDX-License-Identifier: Apache-2.0
// Which rows an event changes, so that the committer writes those and no others.
#pragma once
#include "deskwire/domain/events.hpp"
#include "deskwire/engine/engine.hpp"
#include "deskwire/engine/state.hpp"

namespace deskwire {

/// Adds the rows that `evolve(state, event)` will change; called before it, because an event that
/// moves a ticket also changes the agent who had it until then.
void note_touched(const State& state, const Event& event, Touched& touched);

}  // namespace deskwire
