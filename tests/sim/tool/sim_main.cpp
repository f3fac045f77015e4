// SPDX-License-Identifier: Apache-2.0
// deskwire_sim: runs many seeds of the simulator and prints what failed, with the last commands.
//   deskwire_sim [--seeds N] [--first S] [--threads T] [--commands N] [--plant routing|offers|ack]
//                [--trace LINES]
//   deskwire_sim --crowds N [--first S]: crowds instead (simulate/crowd.hpp)
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include "sim/runner.hpp"
#include "simulate/crowd.hpp"

namespace {

using namespace deskwire::sim;

constexpr std::size_t kFailuresShown = 3;

int usage() {
  std::fputs(
      "usage: deskwire_sim [--seeds N] [--first S] [--threads T] [--commands N]\n"
      "                    [--plant none|routing|offers|ack] [--trace LINES]\n"
      "       deskwire_sim --crowds N [--first S]\n",
      stderr);
  return 64;
}

template <class Number>
bool parse(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

struct Asked {
  RunSettings runs;
  std::uint64_t crowds = 0;
};

bool parse_option(std::string_view name, std::string_view value, Asked& asked) {
  RunSettings& settings = asked.runs;
  if (name == "--crowds") return parse(value, asked.crowds);
  if (name == "--seeds") return parse(value, settings.seeds);
  if (name == "--first") return parse(value, settings.first_seed);
  if (name == "--threads") return parse(value, settings.threads) && settings.threads <= 64;
  if (name == "--commands") return parse(value, settings.commands);
  if (name == "--trace") return parse(value, settings.trace_lines);
  if (name != "--plant") return false;
  const auto plant = parse_plant(value);
  if (plant) settings.plant = *plant;
  return plant.has_value();
}

void print_failure(const Result& failure, const RunSettings& settings) {
  const Result again = run_seed(failure.seed, settings, settings.trace_lines);
  std::printf("\nseed %llu failed after %zu commands: %s\n",
              static_cast<unsigned long long>(failure.seed), failure.commands,
              failure.failure.c_str());
  for (const std::string& line : again.trace) std::printf("  %s\n", line.c_str());
  if (again.failure != failure.failure)
    std::printf("  (run again it said: %s)\n", again.failure.c_str());
}

void print_summary(const Summary& summary, double seconds) {
  std::printf(
      "%llu seeds, %llu commands, %llu crashes, %llu messages promised, %.1f years lived, "
      "%.1f s, %.0f commands/s\n",
      static_cast<unsigned long long>(summary.seeds),
      static_cast<unsigned long long>(summary.commands),
      static_cast<unsigned long long>(summary.crashes),
      static_cast<unsigned long long>(summary.acknowledged),
      static_cast<double>(summary.simulated.ms) / deskwire::days(365).ms, seconds,
      static_cast<double>(summary.commands) / seconds);
  for (const std::string_view name : summary.unseen())
    std::printf("never seen: %.*s\n", static_cast<int>(name.size()), name.data());
}

int run_crowds(std::uint64_t first, std::uint64_t count) {
  std::size_t failed = 0, commands = 0, offers = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const CrowdResult result = run_crowd(seed);
    commands += result.commands;
    offers += result.offers;
    if (result.failure.empty()) continue;
    ++failed;
    std::printf("crowd %llu: %s\n", static_cast<unsigned long long>(seed), result.failure.c_str());
  }
  std::printf("%llu crowds, %zu commands, %zu offers, %zu failed\n",
              static_cast<unsigned long long>(count), commands, offers, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Asked asked;
  const RunSettings& settings = asked.runs;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc || !parse_option(argv[i], argv[i + 1], asked)) return usage();
  }
  if (asked.crowds > 0) return run_crowds(settings.first_seed, asked.crowds);
  const auto begin = std::chrono::steady_clock::now();
  const Summary summary = run_seeds(settings);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  for (std::size_t i = 0; i < summary.failures.size() && i < kFailuresShown; ++i)
    print_failure(summary.failures[i], settings);
  if (!summary.failures.empty()) {
    std::printf("\n%zu seeds failed:", summary.failures.size());
    for (const Result& failure : summary.failures)
      std::printf(" %llu", static_cast<unsigned long long>(failure.seed));
    std::printf("\n");
  }
  print_summary(summary, took.count());
  return summary.failures.empty() && summary.unseen().empty() ? 0 : 1;
}
