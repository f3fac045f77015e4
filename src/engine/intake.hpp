// SPDX-License-Identifier: Apache-2.0
// A message came in: is it a duplicate, which ticket is it about, who wrote it, and what follows.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Outcome decide(Desk& desk, const ReceiveMessage& command);

}  // namespace deskwire
