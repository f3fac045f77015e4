// SPDX-License-Identifier: Apache-2.0
// What agents do with a ticket besides writing: wait, snooze, resolve, hand over, take,
// re-prioritise, tag.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Outcome decide(Desk& desk, const SetPending& command);
[[nodiscard]] Outcome decide(Desk& desk, const SetOnHold& command);
[[nodiscard]] Outcome decide(Desk& desk, const ResolveTicket& command);
[[nodiscard]] Outcome decide(Desk& desk, const TransferTicket& command);
[[nodiscard]] Outcome decide(Desk& desk, const SetPriority& command);
[[nodiscard]] Outcome decide(Desk& desk, const ClaimTicket& command);
[[nodiscard]] Outcome decide(Desk& desk, const SnoozeTicket& command);
[[nodiscard]] Outcome decide(Desk& desk, const UnsnoozeTicket& command);
[[nodiscard]] Outcome decide(Desk& desk, const TagTicket& command);

}  // namespace deskwire
