// SPDX-License-Identifier: Apache-2.0
// What every part of the engine works on: the state, the policy in force, and the one command that
// is being decided. Parts look things up first, then `emit`; after the first emit nothing is
// refused.
#pragma once
#include <array>
#include <cstdint>
#include <expected>
#include <unordered_map>
#include <vector>

#include "deskwire/domain/transitions.hpp"
#include "deskwire/engine/engine.hpp"
#include "deskwire/engine/state.hpp"
#include "engine/recent.hpp"

namespace deskwire {

/// A command was decided, or is refused. Also "done" when `asks()` says that rows are missing.
using Outcome = Result<void>;

struct KindKey {
  KeyKind kind = KeyKind::thread;
  Key key;
  friend bool operator==(const KindKey&, const KindKey&) = default;
};
struct KindKeyHash {
  std::size_t operator()(const KindKey& k) const noexcept {
    return std::hash<Key>{}(k.key) ^ (static_cast<std::size_t>(k.kind) << 1);
  }
};

class Desk {
 public:
  Desk(PolicyPtr policy, Snapshot snapshot);

  State state;
  Instant now;

  // --- policy
  [[nodiscard]] const Policy& policy() const { return *policy_; }
  [[nodiscard]] const PolicyPtr& policy_ptr() const { return policy_; }
  void replace_policy(PolicyPtr policy);
  [[nodiscard]] const Queue* queue(QueueId id) const;
  [[nodiscard]] std::uint16_t weight_of(Channel channel) const;

  // --- one command
  void begin(const Command& command, const Loaded& loaded, Instant at, Applied& out);
  void finish();
  [[nodiscard]] bool emitted() const { return !out_->events.empty(); }
  void emit(Event event);
  void keep_message(const Message& message);
  void keep_key(const KeyRow& row);
  void keep_identity(const IdentityContent& identity, CustomerId customer);
  [[nodiscard]] Receipt& receipt() { return out_->receipt; }
  [[nodiscard]] const Actor& actor() const { return *actor_; }
  [[nodiscard]] std::uint64_t seq() const { return seq_ + 1; }  ///< Of the command being decided.

  TicketId new_ticket() { return {next_ticket_++}; }
  MessageId new_message() { return {next_message_++}; }
  OfferId new_offer() { return {next_offer_++}; }
  CustomerId new_customer() { return {next_customer_++}; }
  [[nodiscard]] bool offer_existed(OfferId id) const { return id && id.value < next_offer_; }

  // --- look-ups; null means "is not there" unless asks() has become true
  [[nodiscard]] bool asks() const { return !missing_.empty(); }
  [[nodiscard]] Needs take_missing() { return std::exchange(missing_, {}); }
  [[nodiscard]] const KeyRow* find_key(KeyKind kind, Key key);
  [[nodiscard]] const Ticket* find_ticket(TicketId id);
  [[nodiscard]] const Customer* find_customer(CustomerId id);
  [[nodiscard]] const Message* find_message(MessageId id);
  [[nodiscard]] bool remembers(MessageId id) const { return messages_.find(id) != nullptr; }
  /// Brings a row that the store gave into the state, so that events can change it.
  void admit(const Ticket& ticket);
  void admit(const Customer& customer);

  // --- the offers this step owes, made by `match_pending` before the command ends
  std::vector<TicketId> unmatched_tickets;
  std::vector<AgentId> freed_agents;

  // --- life of rows
  void settle(std::uint64_t as_of);
  void sealed();
  [[nodiscard]] Snapshot counters() const;
  [[nodiscard]] std::uint64_t head_seq() const { return seq_; }
  /// The agent and ticket of an offer accepted lately: accepting twice answers the same.
  struct Accepted {
    AgentId agent;
    TicketId ticket;
  };
  [[nodiscard]] const Accepted* accepted_lately(OfferId id) const;

 private:
  void index_policy();
  void note_ended(const Event& event);
  void note_fading();

  PolicyPtr policy_;
  std::unordered_map<QueueId, const Queue*> queues_;

  std::uint64_t seq_ = 0;
  std::uint64_t next_ticket_ = 1, next_message_ = 1, next_offer_ = 1, next_customer_ = 1;
  Instant last_journaled_;

  const Actor* actor_ = nullptr;
  const Loaded* loaded_ = nullptr;
  Applied* out_ = nullptr;
  Needs missing_;

  Recent<KindKey, KeyRow, KindKeyHash> keys_;
  Recent<MessageId, Message> messages_;
  Recent<TicketId, char> fading_tickets_;      ///< Closed; gone from memory once surely stored.
  Recent<CustomerId, char> fading_customers_;  ///< Without an open ticket.
  std::vector<OfferId> ended_offers_;          ///< Since the last seal.
  static constexpr std::size_t kAcceptedKept = 4096;
  std::unordered_map<OfferId, Accepted> accepted_;
  std::deque<OfferId> accepted_order_;
};

}  // namespace deskwire
