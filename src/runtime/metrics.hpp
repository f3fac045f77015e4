// SPDX-License-Identifier: Apache-2.0
// What the daemon counts about itself, and its text for Prometheus. Typed handles are made once, so
// that counting is an atomic addition. Other rooms add their own families to `registry()`. Labels
// hold configured names and closed sets, never people.
#pragma once
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "deskwire/domain/commands.hpp"
#include "deskwire/port/batch.hpp"

namespace deskwire {

class Metrics {
 public:
  /// What became of a command.
  enum class Outcome : std::uint8_t { done, duplicate, refused, busy, failed };
  /// Bounded queues whose depth is shown.
  enum class Depth : std::uint8_t { interactive, intake, batch, storage, read, parse, hash };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void command(const CommandBody& body, Outcome outcome) { count(body.index(), outcome); }
  void count(std::size_t command_kind, Outcome outcome);
  /// From the submit of an inbound message to the moment its sender may be answered.
  void acknowledged(Channel channel, std::chrono::nanoseconds took);
  void committed(const Batch& batch, std::chrono::nanoseconds took);
  void sent(Channel channel, DeliveryState outcome);
  /// A request to a signed entrance was not believed. Both words are from closed sets.
  void hook_refused(std::string_view entrance, std::string_view reason);

  /// A question to the search index: how long it took, and whether everything was looked at.
  void searched(bool complete, std::chrono::nanoseconds took);
  /// How far the search index is behind: journal rows, and tickets not yet read at all.
  void search_lag(std::uint64_t rows, std::uint64_t tickets);
  void search_rebuilt() { search_rebuilds_->Increment(); }

  void depth(Depth queue, std::size_t n);
  void free_bytes(std::uint64_t n);
  /// Replaces the numbers of all queues.
  void waiting(const std::vector<std::pair<std::string, std::size_t>>& by_queue);

  /// Called before each rendering, to bring gauges up to date. Lives as long as the metrics.
  void before_render(std::function<void()> refresh);
  /// The text format that Prometheus scrapes (text/plain; version=0.0.4). Loop thread.
  [[nodiscard]] std::string render();

  [[nodiscard]] prometheus::Registry& registry() { return registry_; }

 private:
  static constexpr std::size_t kKinds = std::variant_size_v<CommandBody>;
  using Counter = prometheus::Counter;
  using Histogram = prometheus::Histogram;

  void add_commands();
  void add_commits();
  void add_offers();
  void add_channels();
  void add_search();
  void add_gauges();
  void count_offers(const Batch& batch);

  prometheus::Registry registry_;
  std::array<std::array<Counter*, 5>, kKinds> commands_{};
  std::array<Counter*, 6> offers_{};                ///< By OfferEnd; `pending` counts those made.
  std::array<std::array<Counter*, 7>, 4> sends_{};  ///< By Channel, DeliveryState.
  std::array<Histogram*, 4> acknowledged_{};        ///< By Channel.
  prometheus::Family<Counter>* hooks_refused_ = nullptr;
  Histogram* commit_seconds_ = nullptr;
  Histogram* commit_commands_ = nullptr;
  Counter* events_ = nullptr;
  std::array<Histogram*, 2> search_seconds_{};  ///< By completeness.
  prometheus::Gauge* search_rows_ = nullptr;
  prometheus::Gauge* search_tickets_ = nullptr;
  Counter* search_rebuilds_ = nullptr;
  std::array<prometheus::Gauge*, 7> depths_{};
  prometheus::Gauge* free_bytes_ = nullptr;
  prometheus::Family<prometheus::Gauge>* waiting_ = nullptr;
  std::vector<prometheus::Gauge*> waiting_gauges_;
  std::vector<std::function<void()>> refresh_;
};

}  // namespace deskwire
