// SPDX-License-Identifier: Apache-2.0
// What became of a message of ours: the outbox's reports and other servers' bounces.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Outcome decide(Desk& desk, const StartSend& command);
[[nodiscard]] Outcome decide(Desk& desk, const RecordDelivery& command);
[[nodiscard]] Outcome decide(Desk& desk, const HurryDelivery& command);
[[nodiscard]] Outcome decide(Desk& desk, const AttachMedia& command);
/// A bounce about `message`: permanent ones fail it, delays only leave their words on it.
void record_bounce(Desk& desk, const Message& message, const BounceReport& report);

}  // namespace deskwire
