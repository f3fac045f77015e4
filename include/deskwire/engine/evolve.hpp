// SPDX-License-Identifier: Apache-2.0
// The one fold: applies an event to the state. It computes no policy, so folding the journal of a
// desk over an empty state gives the rows of today, whatever the policy says by now.
#pragma once
#include "deskwire/domain/events.hpp"
#include "deskwire/engine/state.hpp"

namespace deskwire {

/// Applies `event`. An event about a row that is not there (evicted after it ended) changes
/// nothing.
void evolve(State& state, const Event& event);

}  // namespace deskwire
