// SPDX-License-Identifier: Apache-2.0
// Judges a desk. Each event is checked against the oracle's model before it is folded into it;
// scans over every ticket and agent, and the comparison with the engine's own rows, come now and
// then. The first thing that is wrong is kept in words.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "deskwire/engine/engine.hpp"
#include "deskwire/port/store.hpp"
#include "simulate/model.hpp"
#include "simulate/senders.hpp"

namespace deskwire::sim {

/// Events seen, by their number in the variant.
using EventCounts = std::array<std::uint64_t, std::variant_size_v<Event>>;

class Oracle {
 public:
  using Policies = std::map<std::uint64_t, PolicyPtr>;
  explicit Oracle(const Policies& policies) : policies_(policies) {}

  /// A process starts: the model is built anew from what is durable. `first` was in force before
  /// the journal began.
  void restart(Reader& reader, const PolicyPtr& first);
  void on_applied(const Command& command, const Applied& applied, Instant now, bool late,
                  const Senders& senders);
  void on_refused(const Applied& applied, const Engine& engine);

  /// Naive scans; right after a Tick at `now`, when nothing is due any more.
  void check_quiet(const Engine& engine, Instant now);
  /// The journal folded over nothing, and an engine started on the rows in the store, against the
  /// engine at work. Everything must be durable.
  void check_durable(const Engine& engine, const PolicyPtr& policy, Store& store);

  void fail(const std::string& what);
  [[nodiscard]] bool failed() const { return !failure_.empty(); }
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const EventCounts& counts() const { return counts_; }

 private:
  // Before an event is folded.
  void check(const Event& event, Instant now);
  void check_offer(const Offer& offer, Instant now);
  void check_best_ticket(const TicketView& ticket, const AgentView& agent, Instant now);
  void check_choice(const TicketView& ticket, const AgentView& agent, Instant now);
  void check_expiry(const OfferExpired& event, Instant now);
  void check_breach(const SlaBreached& event, Instant now);
  void check_warning(const SlaWarned& event, Instant now);
  void check_reply(const Message& reply);
  void check_visible(const Message& message, bool shown);
  void check_send(const SendStarted& event, Instant now);
  void check_delivery(const DeliveryRecorded& event);
  void check_withdrawal(const MessageWithdrawn& event);
  void check_awake(const Command& command);
  void check_waking(const TicketWoken& event, Instant now);
  // Around a mail.
  void check_mail(const ReceiveMessage& mail, const Applied& applied, const Senders& senders);
  void check_placement(const Mail& mail, const Applied& applied, TicketId expected);
  void check_participant(const ReceiveMessage& mail, const Applied& applied);
  void check_routing(const ReceiveMessage& mail, const Applied& applied);
  // Scans.
  void check_nobody_waits(Instant now);
  void check_clocks(Instant now);
  void check_snoozes(const Engine& engine, Instant now);
  void check_loads(const Engine& engine);

  const Policies& policies_;
  std::unique_ptr<Model> model_;
  std::string failure_;
  EventCounts counts_{};
  std::uint64_t seq_ = 0;
  /// Timers are due that no Tick has fired: what they will free is not offered yet.
  bool late_ = false;
};

/// Why `agent` may not be offered `ticket` now, by the true policy; empty if they may.
[[nodiscard]] std::string_view why_not(const Model& model, const TicketView& ticket,
                                       const AgentView& agent, Instant now);
/// "ticket 7".
[[nodiscard]] std::string named(TicketId id);
[[nodiscard]] std::string named(AgentId id);

}  // namespace deskwire::sim
