// SPDX-License-Identifier: Apache-2.0
// The simulator in the tests: a moderate number of seeds, and proof that the oracle is awake. What
// takes longer is deskwire_sim's business.
#include <catch2/catch.hpp>
#include <string>

#include "sim/runner.hpp"

namespace deskwire::sim {
namespace {

/// All failures in words, with their seeds, for the report of a failing test.
std::string told(const Summary& summary) {
  std::string all;
  for (const Result& failure : summary.failures)
    all += "seed " + std::to_string(failure.seed) + ": " + failure.failure + "\n";
  return all;
}

Summary run(std::uint64_t first, std::uint64_t seeds, Plant plant) {
  RunSettings settings;
  settings.first_seed = first;
  settings.seeds = seeds;
  settings.plant = plant;
  return run_seeds(settings);
}

/// Whether any failure says this.
bool caught(const Summary& summary, const std::string& words) {
  for (const Result& failure : summary.failures) {
    if (failure.failure.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a desk keeps its promises through crashes, whatever people do") {
  const Summary summary = run(1, 24, Plant::none);
  INFO(told(summary));
  CHECK(summary.failures.empty());
  CHECK(summary.seeds == 24);
  CHECK(summary.commands >= 24 * 2'000);
  CHECK(summary.crashes >= 24 * 3);
  CHECK(summary.acknowledged > 0);
}

TEST_CASE("seeds that found a defect of the engine once stay clean") {
  for (const std::uint64_t seed : {11, 51, 106, 1362, 1455, 3250, 4330, 4675}) {
    const Summary summary = run(seed, 1, Plant::none);
    INFO(told(summary));
    CHECK(summary.failures.empty());
  }
}

TEST_CASE("the simulated office lives through every kind of event") {
  const Summary summary = run(1, 24, Plant::none);
  CHECK(summary.unseen() == std::vector<std::string_view>{});
}

TEST_CASE("the same seed is the same life") {
  const Result once = run_seed(7, RunSettings(), 60);
  const Result again = run_seed(7, RunSettings(), 60);
  CHECK(once.events == again.events);
  CHECK(once.trace == again.trace);
  CHECK(once.simulated == again.simulated);
}

TEST_CASE("a planted routing bug is caught: required skills are forgotten") {
  const Summary summary = run(1, 4, Plant::routing);
  INFO(told(summary));
  CHECK(summary.failures.size() == 4);
  CHECK(caught(summary, "lacks a skill"));
}

TEST_CASE("a planted offer bug is caught: what messages weigh is forgotten") {
  const Summary summary = run(1, 4, Plant::offers);
  INFO(told(summary));
  CHECK(summary.failures.size() == 4);
  CHECK(caught(summary, "is beyond capacity"));
}

TEST_CASE("a planted durability bug is caught: acknowledged before the commit") {
  const Summary summary = run(1, 4, Plant::ack);
  INFO(told(summary));
  CHECK(summary.failures.size() == 4);
  CHECK(caught(summary, "acknowledged"));
}

}  // namespace deskwire::sim
