// SPDX-License-Identifier: Apache-2.0
// The oracle's own idea of the desk: a fold of the journal into small views, written without a look
// at the engine's. It is slow and plain on purpose, and it believes the policy that was decided,
// not the one the engine was given. Everything is kept by dense id, so every walk has the same
// order.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "deskwire/domain/events.hpp"
#include "deskwire/domain/policy.hpp"
#include "simulate/answer_book.hpp"
#include "simulate/naive_clock.hpp"

namespace deskwire::sim {

struct TicketView {
  TicketId id;  ///< Zero: never opened.
  TicketState state = TicketState::queued;
  QueueId queue;
  Channel channel = Channel::email;
  Priority priority = Priority::normal;
  CustomerId customer;
  TicketId linked_to;
  RuleId rule;
  SlaId sla;
  Instant created_at, queued_at, state_since;
  std::int64_t rank = 0;
  std::vector<SkillLevel> required;
  AgentId agent;  ///< Whose it is or was last.
  /// What it costs its agent while assigned, by the true policy.
  std::uint32_t weight_percent = 0;
  bool weighed = false;  ///< By the offer that was just accepted.
  AgentId preferred;
  Instant preferred_until;
  OfferId offer;
  std::vector<Exclusion> exclusions;
  std::array<NaiveClock, count_of<Metric>()> clocks;
  AnswerBook answers;     ///< That the first of them may follow.
  Instant snoozed_until;  ///< Zero: it is not.
  std::set<std::string> tags;
  std::uint32_t last_seq = 0;
  std::vector<Key> participants;  ///< Who may write here without showing a token.
  TicketId conversation;          ///< Its first ticket.
};

/// Keeps what the engine may not: `Agent` as last put, and what happened to them since.
struct AgentView {
  AgentId id;  ///< Zero: never put.
  Agent row;   ///< As last put; presence and the like are below.
  Presence presence = Presence::offline;
  bool connected = false;
  Instant grace_until;
  Instant idle_since, last_offer_at;
  std::uint32_t missed_in_row = 0;
};

struct OfferView {
  OfferId id;
  TicketId ticket;
  AgentId agent;
  Instant expires_at;
  std::uint32_t weight_percent = 0;  ///< By the true policy.
  bool live = false;
};

struct OutboxView {
  MessageId message;
  TicketId ticket;
  Instant next_attempt_at;
  Instant held_until;  ///< Zero: it is not, or no longer.
  AgentId author;
  bool sending = false;
};

class Model {
 public:
  /// Policies by version, as they were decided; the first is in force from the start.
  explicit Model(const std::map<std::uint64_t, PolicyPtr>& policies) : policies_(policies) {}

  void apply(const Event& event);
  void set_policy(std::uint64_t version) { policy_ = policies_.at(version); }

  [[nodiscard]] const Policy& policy() const { return *policy_; }
  [[nodiscard]] const PolicyPtr& policy_ptr() const { return policy_; }
  [[nodiscard]] const std::vector<TicketView>& tickets() const { return tickets_; }
  [[nodiscard]] const std::vector<AgentView>& agents() const { return agents_; }
  [[nodiscard]] const std::vector<TicketId>& open_tickets() const { return open_; }
  [[nodiscard]] const std::vector<OfferId>& live_offers() const { return live_offers_; }
  [[nodiscard]] const std::vector<OutboxView>& outbox() const { return outbox_; }
  [[nodiscard]] const std::vector<MessageId>& outbound() const { return outbound_; }
  [[nodiscard]] const TicketView* ticket(TicketId id) const;
  [[nodiscard]] const AgentView* agent(AgentId id) const;
  [[nodiscard]] const OfferView* offer(OfferId id) const;
  [[nodiscard]] const OutboxView* outbox_item(MessageId id) const;
  [[nodiscard]] bool withdrawn(MessageId id) const { return withdrawn_.contains(id); }
  [[nodiscard]] bool opted_out(Key person) const { return opted_out_.contains(person); }
  /// The last message that the visitor of this chat has seen; zero on other channels.
  [[nodiscard]] std::uint32_t visible_seq(const TicketView& ticket) const;
  /// Live assignments and live offers, added up from scratch.
  [[nodiscard]] std::uint32_t load_percent(AgentId agent) const;
  /// The target that the true policy grants this ticket; zero for none.
  [[nodiscard]] Duration granted(const TicketView& ticket, Metric metric) const;
  /// The rank that a waiting ticket should have.
  [[nodiscard]] std::int64_t rank(const TicketView& ticket) const;

 private:
  const std::map<std::uint64_t, PolicyPtr>& policies_;
  PolicyPtr policy_;
  std::vector<TicketView> tickets_;  ///< By id.
  std::vector<AgentView> agents_;    ///< By id.
  std::vector<OfferView> offers_;    ///< By id.
  std::vector<TicketId> open_;       ///< Not closed, by opening.
  std::vector<OfferId> live_offers_;
  std::vector<OutboxView> outbox_;
  std::vector<MessageId> outbound_;  ///< Every reply ever, for bounces.
  std::unordered_map<MessageId, Instant> replied_at_;
  std::set<MessageId> withdrawn_;
  std::set<Key> opted_out_;                              ///< Of text messages.
  std::unordered_map<TicketId, std::uint32_t> visible_;  ///< By conversation.
  friend struct ModelFold;
};

}  // namespace deskwire::sim
