// SPDX-License-Identifier: Apache-2.0
// Runs many seeds on a few threads and adds up what they saw. Bugs can be planted around the
// engine, never in it, to see that the oracle is awake.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "simulate/simulation.hpp"

namespace deskwire::sim {

enum class Plant : std::uint8_t {
  none,
  routing,  ///< The engine believes in a policy without the queues' required skills.
  offers,   ///< The engine believes that messages weigh nothing.
  ack,      ///< Commits answer before they are durable.
};
[[nodiscard]] std::optional<Plant> parse_plant(std::string_view text);

struct RunSettings {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;
  unsigned threads = 2;
  std::size_t commands = 2'000;
  Plant plant = Plant::none;
  std::size_t trace_lines = 60;
};

struct Summary {
  std::uint64_t seeds = 0;
  std::uint64_t commands = 0;
  std::uint64_t crashes = 0;
  std::uint64_t acknowledged = 0;
  Duration simulated;
  EventCounts events{};
  std::vector<Result> failures;  ///< By seed.
  /// Names of event types that never happened.
  [[nodiscard]] std::vector<std::string_view> unseen() const;
};

[[nodiscard]] Summary run_seeds(const RunSettings& settings);
/// One seed, with the trace of its last commands.
[[nodiscard]] Result run_seed(std::uint64_t seed, const RunSettings& settings,
                              std::size_t trace_lines);

}  // namespace deskwire::sim
