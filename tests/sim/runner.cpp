// SPDX-License-Identifier: Apache-2.0
#include "sim/runner.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "codec/event_codec.hpp"
#include "sim/memory_disk.hpp"

namespace deskwire::sim {
namespace {

PolicyPtr without_queue_skills(const PolicyPtr& policy) {
  auto changed = std::make_shared<Policy>(*policy);
  for (Queue& queue : changed->queues) queue.required.clear();
  return changed;
}

PolicyPtr weightless(const PolicyPtr& policy) {
  auto changed = std::make_shared<Policy>(*policy);
  changed->weight_percent = {};
  return changed;
}

Daemon::PolicyLens lens_of(Plant plant) {
  if (plant == Plant::routing) return without_queue_skills;
  if (plant == Plant::offers) return weightless;
  return {};
}

void add(Summary& summary, Result result) {
  ++summary.seeds;
  summary.commands += result.commands;
  summary.crashes += result.crashes;
  summary.acknowledged += result.acknowledged;
  summary.simulated = summary.simulated + result.simulated;
  for (std::size_t i = 0; i < result.events.size(); ++i) summary.events[i] += result.events[i];
  if (!result.failure.empty()) summary.failures.push_back(std::move(result));
}

}  // namespace

std::optional<Plant> parse_plant(std::string_view text) {
  if (text == "none") return Plant::none;
  if (text == "routing") return Plant::routing;
  if (text == "offers") return Plant::offers;
  if (text == "ack") return Plant::ack;
  return std::nullopt;
}

std::vector<std::string_view> Summary::unseen() const {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i] == 0) names.push_back(event_name(i));
  }
  return names;
}

Result run_seed(std::uint64_t seed, const RunSettings& settings, std::size_t trace_lines) {
  MemoryDisk disk(settings.plant != Plant::ack);
  Settings one;
  one.seed = seed;
  one.commands = settings.commands;
  one.lens = lens_of(settings.plant);
  one.trace_lines = trace_lines;
  return simulate(one, disk);
}

Summary run_seeds(const RunSettings& settings) {
  Summary summary;
  std::mutex mutex;
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    for (;;) {
      const std::uint64_t n = next.fetch_add(1);
      if (n >= settings.seeds) return;
      Result result = run_seed(settings.first_seed + n, settings, 0);
      const std::scoped_lock lock(mutex);
      add(summary, std::move(result));
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < std::max(1U, settings.threads); ++i) threads.emplace_back(work);
  }
  std::ranges::sort(summary.failures, {}, &Result::seed);
  return summary;
}

}  // namespace deskwire::sim
