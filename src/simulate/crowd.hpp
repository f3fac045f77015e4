// SPDX-License-Identifier: Apache-2.0
// Crowds: worlds of up to 200 tickets and 40 agents without disks, faults or mail, in which every
// offer of the engine is compared with the one that a look at every ticket and every agent gives.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace deskwire::sim {

struct CrowdResult {
  std::string failure;  ///< Empty: every decision was the same.
  std::size_t commands = 0, offers = 0;
};

/// The same seed is the same world. `blind` looks past skills, to see that a difference is found.
[[nodiscard]] CrowdResult run_crowd(std::uint64_t seed, bool blind = false);

}  // namespace deskwire::sim
