// SPDX-License-Identifier: Apache-2.0
// Taking back a held reply.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

/// The clock is as if it had not been written; so are the ticket's place and snooze, unless
/// somebody has worked on it since.
[[nodiscard]] Outcome decide(Desk& desk, const WithdrawMessage& command);

}  // namespace deskwire
