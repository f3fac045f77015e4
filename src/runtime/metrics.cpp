// SPDX-License-Identifier: Apache-2.0
#include "runtime/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <utility>

#include "deskwire/port/assembler.hpp"

namespace deskwire {
namespace {

constexpr auto kOutcomes =
    std::to_array<std::string_view>({"done", "duplicate", "refused", "busy", "failed"});
constexpr auto kDepths = std::to_array<std::string_view>(
    {"interactive", "intake", "batch", "storage", "read", "parse", "hash"});

/// Seconds; commits and acknowledgements on a disk that keeps its promises start at about half a
/// millisecond.
const prometheus::Histogram::BucketBoundaries kSeconds{
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 10};

double in_seconds(std::chrono::nanoseconds d) { return std::chrono::duration<double>(d).count(); }

/// The name of the N-th alternative without an instance of it.
template <std::size_t... I>
auto command_names(std::index_sequence<I...>) {
  return std::array{std::string(command_name(CommandBody(std::in_place_index<I>)))...};
}

}  // namespace

Metrics::Metrics() {
  add_commands();
  add_commits();
  add_offers();
  add_channels();
  add_search();
  add_gauges();
}

Metrics::~Metrics() = default;

void Metrics::add_commands() {
  auto& family = prometheus::BuildCounter()
                     .Name("deskwire_commands_total")
                     .Help("Commands by kind and what became of them.")
                     .Register(registry_);
  const auto names = command_names(std::make_index_sequence<kKinds>{});
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    for (std::size_t o = 0; o < kOutcomes.size(); ++o)
      commands_[kind][o] =
          &family.Add({{"command", names[kind]}, {"outcome", std::string(kOutcomes[o])}});
}

void Metrics::add_commits() {
  commit_seconds_ = &prometheus::BuildHistogram()
                         .Name("deskwire_commit_seconds")
                         .Help("Duration of durable transactions.")
                         .Register(registry_)
                         .Add({}, kSeconds);
  commit_commands_ =
      &prometheus::BuildHistogram()
           .Name("deskwire_commit_commands")
           .Help("Journaled commands in one durable transaction.")
           .Register(registry_)
           .Add({}, prometheus::Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256});
  events_ = &prometheus::BuildCounter()
                 .Name("deskwire_events_total")
                 .Help("Events made durable.")
                 .Register(registry_)
                 .Add({});
}

void Metrics::add_offers() {
  auto& family = prometheus::BuildCounter()
                     .Name("deskwire_offers_total")
                     .Help("Offers made, and ended by how they ended.")
                     .Register(registry_);
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    const auto end = static_cast<OfferEnd>(i);
    offers_[i] = &family.Add({{"end", end == OfferEnd::pending ? "made" : std::string(name(end))}});
  }
}

void Metrics::add_channels() {
  auto& acks = prometheus::BuildHistogram()
                   .Name("deskwire_acknowledge_seconds")
                   .Help("From a whole inbound message to its durable acknowledgement.")
                   .Register(registry_);
  auto& sends = prometheus::BuildCounter()
                    .Name("deskwire_sends_total")
                    .Help("Attempts to send, by channel and outcome (queued: will be tried again).")
                    .Register(registry_);
  for (std::size_t c = 0; c < acknowledged_.size(); ++c) {
    const std::string channel(name(static_cast<Channel>(c)));
    acknowledged_[c] = &acks.Add({{"channel", channel}}, kSeconds);
    for (std::size_t s = 0; s < sends_[c].size(); ++s)
      sends_[c][s] = &sends.Add(
          {{"channel", channel}, {"outcome", std::string(name(static_cast<DeliveryState>(s)))}});
  }
  hooks_refused_ = &prometheus::BuildCounter()
                        .Name("deskwire_hooks_refused_total")
                        .Help("Requests to signed entrances that were not believed.")
                        .Register(registry_);
}

void Metrics::hook_refused(std::string_view entrance, std::string_view reason) {
  hooks_refused_->Add({{"entrance", std::string(entrance)}, {"reason", std::string(reason)}})
      .Increment();
}

void Metrics::add_search() {
  auto& seconds = prometheus::BuildHistogram()
                      .Name("deskwire_search_seconds")
                      .Help("Duration of searches; not complete: the time was up.")
                      .Register(registry_);
  search_seconds_ = {&seconds.Add({{"complete", "false"}}, kSeconds),
                     &seconds.Add({{"complete", "true"}}, kSeconds)};
  search_rows_ = &prometheus::BuildGauge()
                      .Name("deskwire_search_lag_rows")
                      .Help("Journal rows that the search index has not seen yet.")
                      .Register(registry_)
                      .Add({});
  search_tickets_ = &prometheus::BuildGauge()
                         .Name("deskwire_search_unread_tickets")
                         .Help("Tickets that a search index made anew has not read yet.")
                         .Register(registry_)
                         .Add({});
  search_rebuilds_ = &prometheus::BuildCounter()
                          .Name("deskwire_search_rebuilds_total")
                          .Help("Times the search index was made anew.")
                          .Register(registry_)
                          .Add({});
}

void Metrics::searched(bool complete, std::chrono::nanoseconds took) {
  search_seconds_[complete ? 1 : 0]->Observe(in_seconds(took));
}

void Metrics::search_lag(std::uint64_t rows, std::uint64_t tickets) {
  search_rows_->Set(static_cast<double>(rows));
  search_tickets_->Set(static_cast<double>(tickets));
}

void Metrics::add_gauges() {
  auto& depths = prometheus::BuildGauge()
                     .Name("deskwire_queue_depth")
                     .Help("What waits in bounded queues.")
                     .Register(registry_);
  for (std::size_t i = 0; i < depths_.size(); ++i)
    depths_[i] = &depths.Add({{"queue", std::string(kDepths[i])}});
  free_bytes_ = &prometheus::BuildGauge()
                     .Name("deskwire_free_bytes")
                     .Help("Free space where the data is.")
                     .Register(registry_)
                     .Add({});
  waiting_ = &prometheus::BuildGauge()
                  .Name("deskwire_waiting_tickets")
                  .Help("Tickets that wait in a queue.")
                  .Register(registry_);
}

void Metrics::count(std::size_t command_kind, Outcome outcome) {
  commands_[command_kind][static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::acknowledged(Channel channel, std::chrono::nanoseconds took) {
  acknowledged_[static_cast<std::size_t>(channel)]->Observe(in_seconds(took));
}

void Metrics::committed(const Batch& batch, std::chrono::nanoseconds took) {
  commit_seconds_->Observe(in_seconds(took));
  commit_commands_->Observe(static_cast<double>(batch.journal.size()));
  count_offers(batch);
}

void Metrics::count_offers(const Batch& batch) {
  std::size_t events = 0;
  const auto count_end = [this](OfferEnd end) {
    offers_[static_cast<std::size_t>(end)]->Increment();
  };
  for (const JournalEntry& entry : batch.journal) {
    events += entry.events.size();
    for (const Event& event : entry.events) {
      if (std::holds_alternative<OfferMade>(event))
        count_end(OfferEnd::pending);
      else if (std::holds_alternative<OfferAccepted>(event))
        count_end(OfferEnd::accepted);
      else if (std::holds_alternative<OfferDeclined>(event))
        count_end(OfferEnd::declined);
      else if (std::holds_alternative<OfferRescinded>(event))
        count_end(OfferEnd::rescinded);
      else if (const auto* expired = std::get_if<OfferExpired>(&event))
        count_end(expired->end);
    }
  }
  events_->Increment(static_cast<double>(events));
}

void Metrics::sent(Channel channel, DeliveryState outcome) {
  sends_[static_cast<std::size_t>(channel)][static_cast<std::size_t>(outcome)]->Increment();
}

void Metrics::depth(Depth queue, std::size_t n) {
  depths_[static_cast<std::size_t>(queue)]->Set(static_cast<double>(n));
}

void Metrics::free_bytes(std::uint64_t n) { free_bytes_->Set(static_cast<double>(n)); }

void Metrics::waiting(const std::vector<std::pair<std::string, std::size_t>>& by_queue) {
  // A queue that a new policy dropped must not stay behind with its last number.
  for (prometheus::Gauge* gauge : waiting_gauges_) waiting_->Remove(gauge);
  waiting_gauges_.clear();
  for (const auto& [queue, n] : by_queue) {
    waiting_gauges_.push_back(&waiting_->Add({{"queue", queue}}));
    waiting_gauges_.back()->Set(static_cast<double>(n));
  }
}

void Metrics::before_render(std::function<void()> refresh) {
  refresh_.push_back(std::move(refresh));
}

std::string Metrics::render() {
  for (const auto& refresh : refresh_) refresh();
  return prometheus::TextSerializer{}.Serialize(registry_.Collect());
}

}  // namespace deskwire
