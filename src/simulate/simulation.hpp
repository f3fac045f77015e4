// SPDX-License-Identifier: Apache-2.0
// One seed: an office, its customers and its staff live through months in front of a desk that
// crashes now and then, while the oracle looks on.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/daemon.hpp"
#include "simulate/disk.hpp"
#include "simulate/oracle.hpp"

namespace deskwire::sim {

struct Settings {
  std::uint64_t seed = 1;
  std::size_t commands = 2'000;  ///< At least this many.
  unsigned crashes = 4;          ///< Beside the orderly restart at the end.
  Daemon::PolicyLens lens;       ///< Empty: the engine sees the policy as it is.
  std::size_t trace_lines = 0;   ///< How many of the last commands to describe.
};

struct Result {
  std::uint64_t seed = 0;
  std::string failure;  ///< Empty: the desk kept all its promises.
  std::size_t commands = 0;
  unsigned crashes = 0;
  std::size_t acknowledged = 0;  ///< Messages promised to be kept.
  Duration simulated;
  EventCounts events{};
  std::vector<std::string> trace;  ///< The last commands, with `trace_lines`.
};

[[nodiscard]] Result simulate(const Settings& settings, Disk& disk);

}  // namespace deskwire::sim
