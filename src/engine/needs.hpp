// SPDX-License-Identifier: Apache-2.0
// The look-ups a command begins with, for the loader that reads ahead of the engine.
#pragma once
#include "engine/desk.hpp"

namespace deskwire {

[[nodiscard]] Needs needs_of(const Desk& desk, const Command& command);

}  // namespace deskwire
